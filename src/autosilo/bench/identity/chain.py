"""One frame of the kiosk's camera: from the bytes of its JPEG to the gate's answer, over bare runs of the models."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from random import Random
from statistics import median
from uuid import uuid4

import numpy as np

from autosilo.bench.report import Figure
from autosilo.vision import samples
from autosilo.vision.faces import FaceEngine
from autosilo.vision.presence.session import GateSession
from autosilo.vision.presence.vision_eye import VisionEye
from autosilo.vision.runtime import open_onnx
from autosilo.vision.samples.actor import Actor
from autosilo.vision.samples.mover import Mover
from autosilo.vision.weights import WeightStore

SIZE = (800, 450)
"""Pixels: what the kiosk's page makes of a camera's 1280 × 720."""
INPUTS = {
    "yunet.onnx": ("input", (1, 3, 384, 640)),
    "sface.onnx": ("data", (1, 3, 112, 112)),
    "minifasnet_v2.onnx": ("image", (1, 3, 80, 80)),
    "minifasnet_v1se.onnx": ("image", (1, 3, 80, 80)),
}
"""What the chain gives to each model for such a frame."""
PHOTO = "obama3.jpg"
ROUNDS, QUICK_ROUNDS = 300, 40
FRAMES = 12
RATIO, FRAME_MS, MEMORY_MB = "<= 1.15", "<= 60", "<= 400"
MEMORY_SCRIPT = "from autosilo.bench.identity.chain import memory_of_a_session; memory_of_a_session()"


def figures_of_chain(*, quick: bool) -> Sequence[Figure]:
    """Both in turn, so that they see the same machine under the same load."""
    frames = _frames()
    chain, bare = _chain(frames), _bare()
    for work in (chain, bare):
        work()
    took: list[tuple[float, float]] = []
    for _ in range(QUICK_ROUNDS if quick else ROUNDS):
        took.append((_timed(chain), _timed(bare)))
    whole, models = (median(column) for column in zip(*took, strict=True))
    return [
        Figure(
            name="JPEG to answer over the bare model runs (ratio of medians)",
            value=round(whole / models, 3),
            unit="",
            target=RATIO,
            baselines={"median of ratios": round(median(one / other for one, other in took), 3)},
        ),
        Figure(
            name="a frame, JPEG to answer, one thread (median)",
            value=round(1000 * whole, 2),
            unit="ms",
            target=FRAME_MS,
            limit=round(1000 * models, 2),
            baselines={"best": round(1000 * min(one for one, _ in took), 2)},
        ),
        Figure(name="memory of a process with one session", value=_memory_mb(), unit="MB", target=MEMORY_MB),
    ]


def _frames() -> list[bytes]:
    folder = samples.samples_dir()
    samples.set_up(folder, say=lambda _line: None)
    actor = Actor((folder / PHOTO).read_bytes(), FaceEngine(), size=SIZE)
    mover = Mover(Random(1))  # noqa: S311  how somebody stands
    return [actor.jpeg(mover.view(0.15 * index)) for index in range(FRAMES)]


def _chain(frames: Sequence[bytes]) -> Callable[[], object]:
    eye = VisionEye()
    template = np.zeros(128, np.float32)
    template[0] = 1
    shown = {"at": 0}

    def one() -> object:
        shown["at"] += 1
        session = GateSession(eye=eye, templates={uuid4(): template}, began_s=0.0)
        return session.feed(eye.look(frames[shown["at"] % len(frames)]), at_s=0.1)

    return one


def _bare() -> Callable[[], object]:
    store, draw = WeightStore(), np.random.default_rng(1)
    runs = []
    for name, (port, shape) in INPUTS.items():
        tensor = (draw.random(shape) * 255).astype(np.float32)
        runs.append((open_onnx(store.read(name)), {port: tensor}))
    return lambda: [model.run(None, given) for model, given in runs]


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _memory_mb() -> float:
    """Peak of a process of its own that does nothing else."""
    done = subprocess.run([sys.executable, "-c", MEMORY_SCRIPT], check=True, capture_output=True, text=True)  # noqa: S603  our own code
    return float(json.loads(done.stdout.splitlines()[-1]))


def memory_of_a_session() -> None:
    """Print the peak memory of this process, in MB, after a session's frames."""
    import resource

    frames = _frames()
    one = _chain(frames)
    for _ in frames:
        one()
    print(json.dumps(round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000, 1)))
