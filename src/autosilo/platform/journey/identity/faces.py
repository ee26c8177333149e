"""What identity asks of vision."""

from collections.abc import Mapping
from typing import Final

import numpy as np

from autosilo.platform.kit.providers import Socket
from autosilo.vision.faces.templates import from_bytes, template_bytes
from autosilo.vision.presence.eye import Embedding, Eye, Hint, Look, Stance

eye: Socket[Eye] = Socket("the eye that sees faces")

POSES: Final[Mapping[str, Stance]] = {
    "look": Stance(),
    "left": Stance(yaw=25),
    "right": Stance(yaw=-25),
    "up": Stance(pitch=18),
    "closer": Stance(size=0.52),
}
LENGTH = 128


class InstantEye:
    """For unit tests: a frame is a text, ``NAME POSE``; a hint's name instead is what keeps it from being used."""

    threshold, doubtful, liveness = 0.5, 0.363, 0.6

    def look(self, jpeg: bytes) -> Look:
        who, _, pose = jpeg.decode("ascii", "replace").partition(" ")
        if who in [hint.value for hint in Hint]:
            return Look(hint=Hint(who))
        if pose not in POSES:
            return Look(hint=Hint.BAD_FRAME)
        turned = pose in ("left", "right", "up")
        return Look(
            hint=Hint.FACE_CAMERA if turned else Hint.GOOD,
            embedding=face_of(who),
            liveness=0.1 if who == "print" else 0.9,
            stance=POSES[pose],
        )

    def similarity(self, one: Embedding, other: Embedding) -> float:
        return float(one @ other)

    def mean(self, embeddings: list[Embedding]) -> Embedding:
        total = np.sum(embeddings, axis=0)
        return np.asarray(total / np.linalg.norm(total), np.float32)

    def read_template(self, content: bytes) -> Embedding:
        return from_bytes(content)

    def write_template(self, embedding: Embedding) -> bytes:
        return template_bytes(embedding)


def face_of(name: str) -> Embedding:
    """The face that belongs to a name in those tests."""
    vector = np.random.default_rng(list(name.encode())).normal(size=LENGTH).astype(np.float32)
    return np.asarray(vector / np.linalg.norm(vector), np.float32)
