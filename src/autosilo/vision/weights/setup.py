"""Have every weight file in place: fetch and convert what is missing or altered, leave the rest alone."""

from collections.abc import Callable
from pathlib import Path

from autosilo.vision.donors import is_placed, place
from autosilo.vision.weights.store import lock, weights_dir


def set_up(folder: Path | None = None, say: Callable[[str], None] = print) -> None:
    """`say` takes progress lines. Raises CannotFetch, CannotPlace."""
    folder = folder or weights_dir()
    for donor in lock():
        if all(is_placed(member, folder) for member in donor.members):
            say(f"{donor.package} {donor.version}: already there")
            continue
        from autosilo.vision.weights.convert import TRANSFORMS  # imports onnx, which a second start does not need

        place(donor, folder, TRANSFORMS, say)
