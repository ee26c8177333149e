"""The folder that holds all state of one autosilo, and the lock that keeps it to one supervisor."""

import fcntl
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import IO

HOME_VARIABLE = "AUTOSILO_HOME"
SITES_VARIABLE = "AUTOSILO_SITES"


class AlreadyRunning(Exception):
    """Another supervisor holds this home; carries its process number where known."""

    def __init__(self, home: Path, pid: int | None) -> None:
        who = f"process {pid}" if pid else "another process"
        super().__init__(f"autosilo already runs from {home} ({who}); stop it with 'autosilo stop'")
        self.pid = pid


def checkout() -> Path:
    """The folder that holds ``sites/`` and ``src/`` when running from a clone, else the working folder."""
    candidate = Path(__file__).resolve().parents[3]
    return candidate if (candidate / "pyproject.toml").exists() else Path.cwd()


def default_home() -> Path:
    """``AUTOSILO_HOME``, or ``var`` in the checkout."""
    return Path(os.environ.get(HOME_VARIABLE) or checkout() / "var").resolve()


def default_sites() -> Path:
    """``AUTOSILO_SITES``, or ``sites`` in the checkout."""
    return Path(os.environ.get(SITES_VARIABLE) or checkout() / "sites").resolve()


@dataclass(frozen=True)
class Home:
    """Where things lie under the home folder."""

    root: Path

    @property
    def run(self) -> Path:
        return self.root / "run"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def outbox(self) -> Path:
        """Letters to shoppers, where no mail server is given."""
        return self.root / "outbox"

    @property
    def status(self) -> Path:
        return self.run / "status.json"

    @property
    def demo(self) -> Path:
        """Logins of the demo, written by the seed."""
        return self.run / "demo.json"

    @property
    def ports(self) -> Path:
        return self.run / "ports.json"

    @property
    def secrets(self) -> Path:
        return self.root / "secrets.json"

    @property
    def lock(self) -> Path:
        return self.run / "lock"

    def make(self) -> None:
        """Create the folders; closed to others, but as root passable for the unprivileged database user."""
        mode = 0o711 if os.geteuid() == 0 else 0o700
        if not self.root.exists():
            self.root.mkdir(parents=True)
            self.root.chmod(mode)
        for folder in (self.run, self.logs, self.outbox):
            folder.mkdir(exist_ok=True)
            folder.chmod(0o700)

    def claim(self) -> IO[str]:
        """Take the home for this process; keep the returned file open as long as it runs.

        Raises:
            AlreadyRunning: somebody else has it. The kernel drops the lock when its holder dies, however it dies.
        """
        handle = self.lock.open("a+", encoding="utf-8")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid = self.holder()
            handle.close()
            raise AlreadyRunning(self.root, pid) from None
        handle.truncate(0)
        handle.write(json.dumps({"pid": os.getpid()}))
        handle.flush()
        return handle

    def holder(self) -> int | None:
        """Process number of the supervisor that last claimed this home and still lives; None if none does."""
        try:
            pid = int(json.loads(self.lock.read_text(encoding="utf-8"))["pid"])
        except (FileNotFoundError, ValueError, KeyError):
            return None
        return pid if self._is_locked() else None

    def _is_locked(self) -> bool:
        with self.lock.open(encoding="utf-8") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False


def site_names(folder: Path) -> list[str]:
    """Slugs of the sites: the file names of ``*.toml`` in ``folder``, sorted."""
    return sorted(path.stem for path in folder.glob("*.toml"))


def write_atomically(path: Path, text: str, *, mode: int = 0o600) -> None:
    """Replace ``path`` in one step, so that a reader never sees half of it."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write(text)
    draft.replace(path)
