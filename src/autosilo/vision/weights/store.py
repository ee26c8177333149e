"""Reading a weight file. What is read is hashed, and what was hashed is what the runtime gets."""

from functools import cache
from importlib.resources import files
from pathlib import Path

from autosilo.vision.donors import Donor, Member, home_dir, read_lock, sha256_of

MEND = "run `autosilo weights` to fetch it again"


class WeightsMissing(Exception):
    """A weight file is not there. The message names it and says what mends it."""


class WeightsAltered(WeightsMissing):
    """A weight file is there, but not with the content that the lock says."""


@cache
def lock() -> tuple[Donor, ...]:
    """The donors of all weight files."""
    return read_lock(files(__package__).joinpath("lock.toml").read_text(encoding="utf-8"))


def weights_dir() -> Path:
    """Where weights are kept: `AUTOSILO_HOME/weights`."""
    return home_dir() / "weights"


class WeightStore:
    """The weight files in one folder."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or weights_dir()

    def read(self, name: str) -> bytes:
        """The verified content of the file `name` of the lock. Raises WeightsMissing, WeightsAltered.

        Hashing costs about 0.6 ms a megabyte, once a process: cheap beside loading the model.
        """
        path = self.folder / name
        try:
            data = path.read_bytes()
        except OSError as error:
            raise WeightsMissing(f"model weights {path} cannot be read ({error.strerror}); {MEND}") from error
        if sha256_of(data) != _member(name).output_sha256:
            raise WeightsAltered(f"model weights {path} are not the ones in the lock file; {MEND}")
        return data

    def problems(self) -> list[str]:
        """One line for each file that is missing or altered; empty when all is well."""
        found = []
        for donor in lock():
            for member in donor.members:
                try:
                    self.read(member.output)
                except WeightsMissing as problem:
                    found.append(str(problem))
        return found


def _member(name: str) -> Member:
    return next(m for donor in lock() for m in donor.members if m.output == name)
