"""A face under a hand, and whole ones from every side."""

import numpy as np

from autosilo.vision.faces import Face, FaceEngine, Problem
from autosilo.vision.samples.actor import Actor
from autosilo.vision.samples.turned import View

VIEWS = (View(), View(yaw=15), View(pitch=10), View(size=1.2))


def half_hidden(picture: np.ndarray, face: Face) -> np.ndarray:
    """A hand over one half of the face."""
    hidden = np.array(picture)
    left, top = int(face.left + face.width * 0.5), int(face.top)
    hidden[top : int(top + face.height), left : int(face.left + face.width * 1.1)] = (190, 140, 110)
    return hidden


def test_half_a_face_is_mostly_found_to_be_covered_and_a_whole_one_never(faces: FaceEngine, samples_dir) -> None:
    found = []
    for name in ("obama", "obama3", "biden"):
        actor = Actor((samples_dir / f"{name}.jpg").read_bytes(), faces)
        for view in VIEWS:
            picture = actor.seen(view)
            whole = faces.look(picture)
            assert Problem.COVERED not in whole.quality.problems, (name, view)
            found.append(Problem.COVERED in faces.look(half_hidden(picture, whole.faces[0])).quality.problems)
    assert sum(found) >= len(found) / 2
