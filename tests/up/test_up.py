"""``autosilo up`` as a person starts it, with the real database and bus: twice, crashed, killed, stopped."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from autosilo.up import account, leash, postgres
from autosilo.up.home import Home, site_names
from autosilo.up.keys import Keys

SOON_S = 40.0
SITES = ("nanjing", "shanghai")
LEFT_OUT = (
    *("bank", "bureau", "market", "texts", "prepare", "cars", "feeds", "worker", "web"),
    *(f"{kind}-{site}" for site in SITES for kind in ("pki", "plc", "site")),
)


class Silo:
    """A home, and the supervisor that runs from it."""

    def __init__(self, folder: Path, *, python: str = sys.executable, user: account.Account | None = None) -> None:
        self.home = Home(folder / "home")
        self.sites = folder / "sites"
        self.sites.mkdir()
        for site in SITES:
            shutil.copy(Path(postgres.__file__).parents[3] / "sites" / f"{site}.toml", self.sites)
        self._python = python
        self._user = user
        self._started: list[subprocess.Popen[bytes]] = []

    def up(self, *more: str, **environment: str) -> subprocess.Popen[bytes]:
        flags = [word for name in LEFT_OUT for word in ("--without", name)]
        where = ["--home", str(self.home.root), "--sites", str(self.sites)]
        argv = [self._python, "-m", "autosilo.cli", "up", *where, *flags, *more]
        if self._user:
            argv = leash.wrap(argv, on_death=signal.SIGKILL, user=self._user.ids)
        source = Path(postgres.__file__).parents[2]
        packages = Path(psycopg.__file__).parents[1]
        kept = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
        programs = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        env = kept | {"PYTHONPATH": f"{source}:{packages}", "PATH": programs, "HOME": "/"} | environment
        process = subprocess.Popen(argv, env=env, cwd="/", stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self._started.append(process)
        return process

    def up_and_ready(self) -> subprocess.Popen[bytes]:
        process = self.up()
        self.until(lambda: process.poll() is not None or (self.status.get("pid") == process.pid and self.is_ready))
        assert process.poll() is None, process.communicate()[0].decode()
        return process

    @property
    def status(self) -> dict[str, Any]:
        try:
            content: dict[str, Any] = json.loads(self.home.status.read_text())
        except FileNotFoundError:
            content = {}
        return content

    @property
    def is_ready(self) -> bool:
        return self.status.get("state") == "ready"

    def pids(self) -> list[int]:
        return [child["pid"] for child in self.status["children"].values()]

    def link(self) -> psycopg.Connection[tuple[Any, ...]]:
        password = Keys(self.home.secrets).get("postgres")
        return psycopg.connect(postgres.url(self.status["ports"]["postgres"], password))

    def until(self, is_so: Callable[[], bool]) -> None:
        deadline = time.monotonic() + SOON_S
        while not is_so():
            assert time.monotonic() < deadline, "took too long"
            time.sleep(0.05)

    def clear(self) -> None:
        for process in self._started:
            if process.poll() is None:
                process.terminate()
                process.wait(SOON_S)
            if process.stdout:
                process.stdout.close()


def processes_of(home: Home) -> list[str]:
    """Command lines, and working data, of every process that has to do with this home."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                if str(home.root) in line:
                    found.append(line)
    return found


@pytest.fixture
def folder(test_cache: Path) -> Iterator[Path]:
    """A folder that other users can pass through, unlike pytest's own."""
    place = Path(tempfile.mkdtemp(prefix="up-", dir=test_cache))
    place.chmod(0o755)
    yield place
    shutil.rmtree(place)


@pytest.fixture
def silo(folder: Path) -> Iterator[Silo]:
    one = Silo(folder)
    yield one
    one.clear()


def test_it_starts_and_a_second_start_says_who_has_it(silo: Silo) -> None:
    first = silo.up_and_ready()
    second = silo.up()
    said = second.communicate(timeout=SOON_S)[0].decode()
    assert second.returncode == 2
    assert "already runs" in said
    assert str(first.pid) in said
    assert silo.is_ready


def test_an_orderly_stop_leaves_no_process(silo: Silo) -> None:
    process = silo.up_and_ready()
    process.send_signal(signal.SIGINT)
    out = process.communicate(timeout=SOON_S)[0].decode()
    assert process.returncode == 0, out
    assert processes_of(silo.home) == []
    assert silo.status["state"] == "stopped"


def test_a_killed_supervisor_leaves_no_orphan_and_no_damage(silo: Silo) -> None:
    process = silo.up_and_ready()
    before = silo.status["ports"]
    with silo.link() as link:
        link.execute("CREATE TABLE kept (word text)")
        link.execute("INSERT INTO kept VALUES ('still here')")
    process.kill()
    process.wait()
    silo.until(lambda: processes_of(silo.home) == [])
    silo.up_and_ready()
    with silo.link() as link:
        assert link.execute("SELECT word FROM kept").fetchall() == [("still here",)]
    assert silo.status["ports"] == before


def test_a_start_right_after_a_kill_takes_over(silo: Silo) -> None:
    silo.up_and_ready().kill()
    silo.up_and_ready()
    with silo.link() as link:
        assert link.execute("SELECT 1").fetchone() == (1,)


def test_a_killed_database_comes_back_with_its_data(silo: Silo) -> None:
    silo.up_and_ready()
    with silo.link() as link:
        link.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    old = silo.status["children"]["postgres"]["pid"]
    os.kill(old, signal.SIGKILL)
    silo.until(lambda: silo.is_ready and silo.status["children"]["postgres"]["restarts"] > 0)
    assert silo.status["children"]["postgres"]["pid"] != old
    with silo.link() as link:
        assert link.execute("SELECT answer FROM kept").fetchone() == (42,)


def test_a_lock_file_whose_number_is_now_another_program_is_cleared(silo: Silo) -> None:
    silo.up_and_ready().send_signal(signal.SIGTERM)
    silo.until(lambda: processes_of(silo.home) == [])
    lock = silo.home.root / "pg" / "data" / "postmaster.pid"
    lock.write_text(f"{os.getpid()}\n{lock.parent}\n1\n1\n\n127.0.0.1\n1 1\nready\n")
    shutil.chown(lock, lock.parent.stat().st_uid, lock.parent.stat().st_gid)
    silo.up_and_ready()


def test_secrets_are_for_their_owner_alone_and_in_no_log_nor_command_line(silo: Silo) -> None:
    silo.up_and_ready()
    assert silo.home.secrets.stat().st_mode & 0o777 == 0o600
    for folder in (silo.home.run, silo.home.logs, silo.home.outbox):
        assert folder.stat().st_mode & 0o777 == 0o700, folder
    words = list(json.loads(silo.home.secrets.read_text()).values())
    texts = [path.read_text() for path in silo.home.logs.glob("*.log")] + processes_of(silo.home)
    texts += [(silo.home.root / "nats" / "nats.conf").read_text(), silo.home.status.read_text()]
    assert len(words) > 4
    assert not [word for word in words for text in texts if word in text]


def test_a_configured_port_in_use_is_named(silo: Silo) -> None:
    silo.up_and_ready()
    busy = str(silo.status["ports"]["nats"])
    other = Silo(silo.home.root.parent / "sites")
    said = other.up(AUTOSILO_PORT_WEB=busy).communicate(timeout=SOON_S)[0].decode()
    assert f"port {busy} (asked for by web) is in use" in said


def test_the_status_goes_to_the_file_that_was_asked_for(silo: Silo, tmp_path: Path) -> None:
    file = tmp_path / "out" / "status.json"
    silo.up("--json-status", str(file))
    silo.until(lambda: file.exists() and json.loads(file.read_text())["state"] == "ready")
    content = json.loads(file.read_text())
    assert content["web"].startswith("http://127.0.0.1:")
    assert set(content["children"]) == {"postgres", "nats"}


def test_without_any_site_it_says_where_it_looked(folder: Path) -> None:
    silo = Silo(folder)
    for file in silo.sites.iterdir():
        file.unlink()
    said = silo.up().communicate(timeout=SOON_S)[0].decode()
    assert str(silo.sites) in said
    assert site_names(silo.sites) == []


def test_mistakes_in_site_files_are_all_told_before_anything_starts(folder: Path) -> None:
    silo = Silo(folder)
    real = (silo.sites / "nanjing.toml").read_text()
    (silo.sites / "nanjing.toml").write_text(real.replace("floors = 10", "floors = 0\nfloor = 10"))
    (silo.sites / "shanghai.toml").write_text("slug = [")
    process = silo.up()
    lines = process.communicate(timeout=SOON_S)[0].decode().splitlines()
    assert process.returncode == 1
    first = next(number for number, line in enumerate(real.splitlines(), 1) if line == "floors = 10")
    where = (f"nanjing.toml:{first}", f"nanjing.toml:{first + 1}", "shanghai.toml")
    told = [f"autosilo: {silo.sites / name}: " for name in where]
    assert len(lines) == 3
    assert all(line.startswith(start) for line, start in zip(lines, told, strict=True))
    assert "tower.floors: " in lines[0]
    assert "tower.floor: " in lines[1]
    assert not silo.home.root.exists()


def test_a_kiosk_that_is_left_out_is_not_among_the_addresses(silo: Silo) -> None:
    silo.up_and_ready()
    assert silo.status["kiosks"] == {}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes somebody else")
def test_under_a_closed_folder_root_keeps_the_database_elsewhere_and_says_so(folder: Path) -> None:
    folder.chmod(0o700)
    silo = Silo(folder)
    cluster = postgres.place(silo.home.root / "pg")
    try:
        process = silo.up_and_ready()
        process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=SOON_S)[0].decode()
        assert "is closed to user nobody" in said
        assert str(postgres.SYSTEM_DIR) in said
        assert cluster.data.is_relative_to(postgres.SYSTEM_DIR)
    finally:
        silo.clear()
        shutil.rmtree(cluster.data.parent)


def _python_for(user: account.Account) -> str | None:
    """A Python of this version that the user can run, since the present one may lie in root's own folder."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    candidates = [sys.executable, f"/usr/bin/{version}", f"/usr/local/bin/{version}"]
    fitting = (path for path in candidates if Path(path).exists() and account.can(user, "-x", Path(path)))
    return next(fitting, None)


@pytest.mark.skipif(os.geteuid() != 0, reason="the other tests already run as an ordinary user")
def test_it_works_as_an_ordinary_user_as_well(folder: Path) -> None:
    user = account.unprivileged()
    assert user is not None
    python = _python_for(user)
    if python is None or not account.can(user, "-r", Path(postgres.__file__)):
        pytest.skip(f"neither a Python nor this checkout is open to {user.name}")
    silo = Silo(folder, python=python, user=user)
    for path in (folder, silo.sites):
        os.chown(path, *user.ids)
    try:
        silo.up_and_ready()
        owner = Path(f"/proc/{silo.status['children']['postgres']['pid']}").stat().st_uid
        assert owner == user.uid
    finally:
        silo.clear()
    assert processes_of(silo.home) == []
