"""One photo, one thread: the whole look against the bare runs of its networks, taken in turn."""

import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import median

from autosilo.bench.report import Figure
from autosilo.vision.cars import CarEngine

PHOTOS, PHOTOS_QUICK = 60, 10


class _Stopwatch:
    """Wraps a session and sums the time of its runs."""

    def __init__(self, session: object) -> None:
        self._session = session
        self.spent = 0.0
        self.processor = 0.0

    def run(self, *arguments: object) -> object:
        started, processor = time.perf_counter(), time.process_time()
        try:
            return self._session.run(*arguments)  # type: ignore[attr-defined]  # an onnxruntime session
        finally:
            self.spent += time.perf_counter() - started
            self.processor += time.process_time() - processor

    def __getattr__(self, name: str) -> object:
        return getattr(self._session, name)


def figures(engine: CarEngine, paths: Sequence[Path], *, quick: bool) -> Iterable[Figure]:
    """Medians over photos of a car, from the file's bytes to the description."""
    paths = paths[:: max(len(paths) // (PHOTOS_QUICK if quick else PHOTOS), 1)]
    engine.warm()
    watches = engine.wrap_sessions(_Stopwatch)
    wholes, models = [], []
    for path in paths:
        data = path.read_bytes()
        before = sum(watch.spent for watch in watches)
        started = time.perf_counter()
        engine.look(data)
        wholes.append(1000 * (time.perf_counter() - started))
        models.append(1000 * (sum(watch.spent for watch in watches) - before))
    ratios = [whole / bare for whole, bare in zip(wholes, models, strict=True)]
    yield Figure(
        name=f"one photo over its bare model runs, median of {len(paths)}",
        value=round(median(ratios), 3),
        unit="×",
        target="<= 1.15",
        limit=1,
        baselines={"whole in ms": round(median(wholes), 1)},
    )
    processor = 1000 * sum(watch.processor for watch in watches) / len(paths)
    yield Figure(
        name="model time of one photo, median",
        value=round(median(models), 1),
        unit="ms",
        target="<= 160",
        baselines={"processor time, mean": round(processor, 1)},
    )
