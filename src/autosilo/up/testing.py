"""``./test``: install what the tests need, run them part by part, sum up. Standard library only, like ``install``."""

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autosilo.up import install
else:  # our package needs what is not installed yet; this file's neighbour does not
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    import install

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
BROWSER_PACKAGE = "chromium"
SIDE_BY_SIDE = ["-n", str(max(2, os.cpu_count() or 2)), "--dist", "loadfile"]
"""One file a worker, a database server each."""
ONE_BY_ONE = ("tests/bench", "tests/chaos", "tests/site", "tests/twin", "tests/up")
"""Processes, clocks and patience: a machine that is busy with other tests would be part of what they judge."""
NO_TESTS = 5
"""pytest's exit code when it found nothing to run; here that is a failure."""
NODE_PACKAGES = ("nodejs", "npm")
PEER = install.CHECKOUT / "tests" / "peer" / "plc"
"""The PLC in JavaScript that shares no code with ours."""
SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "autosilo.platform.config.settings.test",
    "AUTOSILO_SECRET_KEY": "only-for-tests",
    "DATABASE_URL": "postgresql://autosilo@127.0.0.1:1/none",
}
"""For tools that load Django's settings and need no database."""
PARTS = ("lint", "unit", "browser")


@dataclass(frozen=True)
class Step:
    """One command of one part."""

    part: str
    name: str
    command: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    name: str
    seconds: float
    problem: str | None


def main(arguments: Sequence[str]) -> int:
    """Exit code 0 only if every step passed."""
    parser = argparse.ArgumentParser(prog="./test", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"some of {', '.join(PARTS)}; default: all")
    parser.add_argument("--quick", action="store_true", help="leave out slow tests, missions and the browser")
    options = parser.parse_args(arguments)
    unknown = set(options.parts) - set(PARTS)
    if unknown:
        parser.error(f"there is no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    parts = options.parts or [part for part in PARTS if not (options.quick and part == "browser")]
    begun = time.monotonic()
    try:
        install.set_up(install.TEST_LOCK, samples=True)
    except install.CannotInstall as problem:
        print(f"./test: {problem}", file=sys.stderr)
        return 1
    outcomes = [Outcome("set-up", time.monotonic() - begun, None)]
    outcomes += [run(step) for step in steps(quick=options.quick) if step.part in parts]
    return _sum_up(outcomes)


def steps(*, quick: bool) -> Iterator[Step]:
    """Everything, in the order in which a mistake is found soonest."""
    tool = install.ENVIRONMENT / "bin"
    python = str(install.PYTHON)
    yield Step("lint", "ruff check", [str(tool / "ruff"), "check", "."])
    yield Step("lint", "ruff format", [str(tool / "ruff"), "format", "--check", "."])
    yield Step("lint", "import contracts", [str(tool / "lint-imports"), "--no-cache"])
    yield Step("lint", "translations", [python, "-m", "autosilo.up.translations", "--check"])
    check = [python, "-W", "ignore::RuntimeWarning", "-m", "autosilo.cli", "manage", "makemigrations", "--check"]
    yield Step("lint", "migrations", [*check, "--dry-run"], SETTINGS)
    yield Step("lint", "types", [str(tool / "mypy")], SETTINGS)
    wanted = "not browser and not mission and not peer" + (" and not slow" if quick else "")
    pytest = [python, "-m", "pytest", "-q", "-m", wanted]
    yield Step("unit", "unit tests", [*pytest, *SIDE_BY_SIDE, *(f"--ignore={one}" for one in ONE_BY_ONE)])
    yield Step("unit", "tests of processes", [*pytest, *ONE_BY_ONE])
    if not quick:
        yield Step("unit", "contract suite", [python, "-m", "pytest", "-q", "-m", "peer"])
    yield Step("browser", "browser and mission tests", [python, "-m", "pytest", "-q", "-m", "browser or mission"])


def run(step: Step) -> Outcome:
    """Run one step; its output is shown as it comes."""
    print(f"\n--- {step.name}", flush=True)
    begun = time.monotonic()
    environment = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "AUTOSILO_HOME")}
    environment |= {"PYTHONUNBUFFERED": "1", **step.env}
    try:
        if step.part == "browser":
            environment["AUTOSILO_CHROMIUM"] = browser()
        if step.name == "contract suite":
            peer()
    except install.CannotInstall as missing:
        return Outcome(step.name, time.monotonic() - begun, str(missing))
    code = subprocess.run(step.command, cwd=install.CHECKOUT, env=environment, check=False).returncode  # noqa: S603
    problem = {0: None, NO_TESTS: "ran no test"}.get(code, f"exit code {code}")
    return Outcome(step.name, time.monotonic() - begun, problem)


def browser() -> str:
    """Path of a Chromium; as root it is installed from Debian's packages if there is none.

    Raises:
        install.CannotInstall: there is none, and this user cannot install it.
    """
    found = _find_browser()
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"installing {BROWSER_PACKAGE} …", flush=True)
        install.run(["apt-get", "update", "-qq"])
        install.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", BROWSER_PACKAGE])
        found = _find_browser()
    if found is None:
        raise install.CannotInstall(f"browser tests need Chromium: sudo apt-get install {BROWSER_PACKAGE}")
    return found


def peer() -> Path:
    """Folder of the peer PLC, its packages installed as locked; as root Node.js is installed if it is missing.

    Raises:
        install.CannotInstall: there is no Node.js, and this user cannot install it.
    """
    missing = [name for name in ("node", "npm") if shutil.which(name) is None]
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"installing {' and '.join(NODE_PACKAGES)} …", flush=True)
        install.run(["apt-get", "update", "-qq"])
        install.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *NODE_PACKAGES])
        missing = [name for name in ("node", "npm") if shutil.which(name) is None]
    if missing:
        words = " ".join(NODE_PACKAGES)
        raise install.CannotInstall(f"the contract suite's peer needs Node.js: sudo apt-get install {words}")
    lock, done = PEER / "package-lock.json", PEER / "node_modules" / ".autosilo-lock"
    if not done.exists() or done.read_bytes() != lock.read_bytes():
        print("installing the peer's packages …", flush=True)
        install.run(["npm", "--prefix", str(PEER), "ci", "--no-progress"])
        done.write_bytes(lock.read_bytes())
    return PEER


def _find_browser() -> str | None:
    given = os.environ.get("AUTOSILO_CHROMIUM")
    return given or next((path for name in BROWSERS if (path := shutil.which(name))), None)


def _sum_up(outcomes: Sequence[Outcome]) -> int:
    print("\n--- summary")
    for outcome in outcomes:
        print(f"  {outcome.seconds:7.1f} s  {outcome.name:<28} {outcome.problem or 'passed'}")
    failed = sum(1 for outcome in outcomes if outcome.problem)
    print(f"steps: {len(outcomes) - failed} passed, {failed} failed", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
