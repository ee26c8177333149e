"""``autosilo bench liveness``: who gets past the gate that should not, and who does not that should."""

from collections.abc import Sequence
from pathlib import Path

from autosilo.bench.command import Conditions
from autosilo.bench.liveness.acted import figures_of_acted
from autosilo.bench.liveness.folder import figures_of_folder
from autosilo.bench.report import Figure
from autosilo.vision.presence.vision_eye import VisionEye


def measure(conditions: Conditions) -> Sequence[Figure]:
    """The clips of ``--clips DIR`` where given, else whole sessions acted by the sample portraits."""
    clips: Path | None = conditions.options.get("clips")
    if clips is not None:
        return figures_of_folder(clips, VisionEye())
    return figures_of_acted(seed=conditions.seed, quick=conditions.quick)
