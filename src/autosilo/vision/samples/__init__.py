"""Sample pictures for tests and the demo: real faces and cars, pinned by hash, fetched on request."""

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from pathlib import Path

from autosilo.vision.donors import Donor, home_dir, is_placed, place, read_lock

__all__ = ["lock", "samples_dir", "set_up"]


@cache
def lock() -> tuple[Donor, ...]:
    """The donors of all sample pictures."""
    return read_lock(files(__package__).joinpath("lock.toml").read_text(encoding="utf-8"))


def samples_dir() -> Path:
    """Where samples are kept: `AUTOSILO_HOME/samples`."""
    return home_dir() / "samples"


def set_up(folder: Path | None = None, say: Callable[[str], None] = print) -> None:
    """Fetch the pictures that are missing or altered. Raises CannotFetch, CannotPlace."""
    folder = folder or samples_dir()
    for donor in lock():
        if all(is_placed(member, folder) for member in donor.members):
            say(f"{donor.package} {donor.version}: already there")
        else:
            place(donor, folder, {}, say)
