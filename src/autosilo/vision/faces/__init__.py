"""Faces: where they are, whose they are, whether they are alive, and whether the picture is good enough to say."""

from autosilo.vision.faces.engine import FaceEngine
from autosilo.vision.faces.pose import pose
from autosilo.vision.faces.templates import CannotUseTemplate, from_bytes, match, mean_of, template_bytes
from autosilo.vision.faces.types import Face, Look, Match, Pose, Problem, Quality

__all__ = [
    "CannotUseTemplate",
    "Face",
    "FaceEngine",
    "Look",
    "Match",
    "Pose",
    "Problem",
    "Quality",
    "from_bytes",
    "match",
    "mean_of",
    "pose",
    "template_bytes",
]
