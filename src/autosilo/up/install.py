"""``./run`` before anything is installed: make the virtual environment, install into it, then become ``autosilo up``.

Runs under any Python ≥ 3.11 with the standard library alone (``python -I install.py``), so it imports nothing of ours.
Each part is done again only when what goes into it changed; the record of that lies in the environment itself.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NoReturn

CHECKOUT = Path(__file__).resolve().parents[3]
ENVIRONMENT = CHECKOUT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
RECORD = ENVIRONMENT / "autosilo-setup.json"
RUNTIME_LOCK = CHECKOUT / "requirements.lock"
TEST_LOCK = CHECKOUT / "requirements-test.lock"
BUILD_LOCK = CHECKOUT / "requirements-build.lock"
WEIGHTS_LIST = CHECKOUT / "src/autosilo/vision/weights/lock.toml"
OLDEST = (3, 11)


class CannotInstall(Exception):
    """Set-up cannot go on; the message says what to do."""


def main(arguments: Sequence[str]) -> int:
    """``./run``: set up, then hand over to ``autosilo up`` with the other arguments."""
    rest = [word for word in arguments if word != "--setup-only"]
    code = 0
    try:
        set_up(RUNTIME_LOCK, weights=not _asks_for_help(rest))
    except CannotInstall as problem:
        print(f"./run: {problem}", file=sys.stderr)
        code = 1
    else:
        if "--setup-only" not in arguments:
            _become([str(PYTHON), "-m", "autosilo.cli", "up", *rest])
        print("set up; now ./run, or .venv/bin/autosilo --help")
    return code


def set_up(lock: Path, *, weights: bool = True, samples: bool = False) -> None:
    """Bring the environment up to date with ``lock``; quick when nothing changed.

    Raises:
        CannotInstall: a tool is missing or failed.
    """
    with (CHECKOUT / "pyproject.toml").open() as turn:  # two set-ups at once: the second waits
        fcntl.flock(turn, fcntl.LOCK_EX)
        _make_environment()
        record = _Record()
        record.once(f"packages of {lock.name}", [lock], lambda: _install_locked(lock))
        record.once("project", [CHECKOUT / "pyproject.toml", BUILD_LOCK], _install_project)
        record.once("translations", sorted((CHECKOUT / "src").rglob("*.po")), _compile_translations)
        if weights:
            what = "weights and sample pictures" if samples else "weights"
            donors = [WEIGHTS_LIST, *sorted(WEIGHTS_LIST.parent.parent.rglob("*.toml"))]
            folder = _home() / "weights"
            record.once(f"{what} in {_home()}", donors, lambda: _fetch_weights(samples=samples), result=folder)


def _become(command: Sequence[str]) -> NoReturn:
    os.chdir(CHECKOUT)
    os.execv(command[0], list(command))  # noqa: S606  our own interpreter


def _asks_for_help(arguments: Sequence[str]) -> bool:
    return "-h" in arguments or "--help" in arguments


def _home() -> Path:
    return Path(os.environ.get("AUTOSILO_HOME") or CHECKOUT / "var").resolve()


# --- the parts --------------------------------------------------------------------------------


def _make_environment() -> None:
    if _works(PYTHON):
        return
    _say(f"making {ENVIRONMENT.name} with Python {sys.version_info.major}.{sys.version_info.minor}")
    shutil.rmtree(ENVIRONMENT, ignore_errors=True)
    uv = shutil.which("uv")
    if uv:
        run([uv, "venv", "--quiet", "--seed", "--python", sys.executable, str(ENVIRONMENT)])
    else:
        _make_with_venv()


def _make_with_venv() -> None:
    """The standard library's way. Debian keeps a part of it in a package of its own."""
    if not _has_ensurepip():
        package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        if os.geteuid() != 0 or not shutil.which("apt-get"):
            raise CannotInstall(f"this Python cannot make virtual environments; install the package {package}")
        _say(f"installing {package}")
        run(["apt-get", "update", "-qq"])
        run(["apt-get", "install", "-y", "-qq", package])
    run([sys.executable, "-m", "venv", str(ENVIRONMENT)])


def _install_locked(lock: Path) -> None:
    _pip("--require-hashes", "-r", str(lock))


def _install_project() -> None:
    _pip("--require-hashes", "-r", str(BUILD_LOCK))
    _pip("--no-deps", "--no-build-isolation", "--editable", str(CHECKOUT))


def _compile_translations() -> None:
    run([str(PYTHON), "-m", "autosilo.up.translations"])


def _fetch_weights(*, samples: bool) -> None:
    if WEIGHTS_LIST.exists():
        run([str(PYTHON), "-m", "autosilo.cli", "weights", *(["--samples"] if samples else [])])


# --- how ---------------------------------------------------------------------------------------


class _Record:
    """What was installed from which inputs, by their hash."""

    def __init__(self) -> None:
        try:
            self._known: dict[str, str] = json.loads(RECORD.read_text())
        except (FileNotFoundError, ValueError):
            self._known = {}

    def once(self, what: str, inputs: Iterable[Path], do: Callable[[], None], *, result: Path = ENVIRONMENT) -> None:
        """Do it unless it was done with the same inputs and its ``result`` is still there."""
        digest = hashlib.sha256(sys.implementation.cache_tag.encode())
        for path in inputs:
            digest.update(path.read_bytes() if path.exists() else b"absent")
        if self._known.get(what) == digest.hexdigest() and result.exists():
            return
        _say(what)
        do()
        self._known[what] = digest.hexdigest()
        RECORD.write_text(json.dumps(self._known, indent=1))


def _pip(*arguments: str) -> None:
    uv = shutil.which("uv")
    if uv:
        run([uv, "pip", "install", "--quiet", "--python", str(PYTHON), *arguments])
    else:
        run([str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments])


def run(command: Sequence[str]) -> None:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "PIP_ROOT_USER_ACTION": "ignore"}
    try:
        subprocess.run(command, check=True, cwd=CHECKOUT, env=environment)  # noqa: S603  fixed programs, no shell
    except FileNotFoundError:
        raise CannotInstall(f"{command[0]} is not there") from None
    except subprocess.CalledProcessError as failed:
        raise CannotInstall(f"{' '.join(command[:4])} … failed with exit code {failed.returncode}") from None


def _works(python: Path) -> bool:
    """Is there an environment whose Python still runs and is new enough?"""
    test = f"import sys; sys.exit(sys.version_info < {OLDEST})"
    try:
        return subprocess.run([str(python), "-c", test], check=False, capture_output=True).returncode == 0  # noqa: S603
    except OSError:
        return False


def _has_ensurepip() -> bool:
    return (
        subprocess.run([sys.executable, "-c", "import ensurepip, venv"], check=False, capture_output=True).returncode
        == 0
    )


def _say(text: str) -> None:
    print(f"set-up: {text} …", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
