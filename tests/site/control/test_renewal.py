"""Certificates are renewed while both ends run, one end at a time; any other certificate is refused and said."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from autosilo.site.control import Tower
from autosilo.site.control.pki import certificates, main, make_certificate, renew
from autosilo.wire import mailbox
from twin.plc.rig import SLUG, Rig
from twin.plc.watched import make_tower


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    rig = Rig(tmp_path_factory.mktemp("renewal"), {"L1.B0201": 1}, pace=40.0)
    rig.start_plc()
    yield rig
    rig.close()


def serial(rig: Rig, part: str) -> int:
    return certificates(rig.pki)[part].serial_number


async def test_each_end_gets_a_new_certificate_and_the_other_goes_on(rig: Rig) -> None:
    tower = make_tower(rig)
    await tower.start()
    try:
        await tower.until_true(lambda: tower.ready)
        before = serial(rig, "controller")
        renew(rig.home, SLUG, "controller")
        following = serial(rig, "controller.next")
        await tower.until_true(lambda: serial(rig, "controller") == following and tower.ready)
        assert "controller.next" not in certificates(rig.pki), "the old one is dropped once the new one has worked"
        assert following != before
        renew(rig.home, SLUG, "plc")
        following = serial(rig, "plc.next")
        await tower.until_true(lambda: tower.ready)
        rig.kill_plc()
        rig.start_plc()
        await tower.until_true(lambda: serial(rig, "plc") == following and tower.ready)
        assert tower.held is None
    finally:
        await tower.stop()


async def test_a_plc_with_another_certificate_is_refused_and_a_person_is_told(rig: Rig, tmp_path: Path) -> None:
    shutil.copytree(rig.pki, tmp_path / "pki" / SLUG)
    _, stranger = make_certificate("plc", mailbox.plc_uri(SLUG), ExtendedKeyUsageOID.SERVER_AUTH)
    (tmp_path / "pki" / SLUG / "plc.cert.der").write_bytes(stranger)
    shutil.copytree(rig.home / "sites", tmp_path / "sites")
    tower = make_tower(rig)
    tower._running._home = tmp_path
    await tower.start()
    try:
        await tower.until_true(lambda: tower.held is not None)
        assert "not the pinned one" in (tower.held or "")
        assert "not the pinned one" in (tower.trouble or "")
        assert not tower.connected
    finally:
        await tower.stop()


async def test_a_next_certificate_that_the_plc_does_not_know_is_put_aside(rig: Rig, tmp_path: Path) -> None:
    """A real PLC has to be given it first."""
    shutil.copytree(rig.pki, tmp_path / "pki" / SLUG)
    shutil.copytree(rig.home / "sites", tmp_path / "sites")
    renew(tmp_path, SLUG, "controller")
    tower = Tower(config=rig.site, home=tmp_path, plc_url=rig.url)
    watched = make_tower(rig)
    await tower.start()
    try:
        await watched.until_true(lambda: tower.ready)
        assert "controller.next" in certificates(tmp_path / "pki" / SLUG)
    finally:
        await tower.stop()


def test_the_list_shows_fingerprints_and_expiry(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AUTOSILO_HOME", str(rig.home))
    assert main([SLUG, "--rotate", "controller"]) == 0
    capsys.readouterr()
    assert main([SLUG, "--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["controller", "controller.next", "plc"]
    assert all("until 20" in line and line.count(":") == 31 for line in lines)
    assert main(["nowhere", "--list"]) == 0
    assert capsys.readouterr().out == "no certificates\n"
