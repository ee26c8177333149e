"""The command, as far as it goes without a PLC: what it asks, what it refuses, what it announces."""

from pathlib import Path

import pytest

from autosilo.site.conformance import command
from autosilo.site.conformance.registry import CHECKS, Level, check, choose
from autosilo.site.control.pki import ensure_pki
from twin.plc.rig import free_port

TOWN = Path(__file__).parents[2] / "peer" / "town.toml"


@pytest.fixture
def options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    (tmp_path / "peertown.toml").write_text(TOWN.read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setenv("AUTOSILO_SITES", str(tmp_path))
    monkeypatch.setenv("AUTOSILO_HOME", str(tmp_path))
    ensure_pki(tmp_path, "peertown")
    return ["--site", "peertown", "--endpoint", f"opc.tcp://127.0.0.1:{free_port()}/"]


def test_the_list_needs_no_plc(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--list"]) == 0
    said = capsys.readouterr().out
    assert all(one.id in said for one in CHECKS)


def test_it_says_what_will_move_and_waits_for_a_yes(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(options) == 2
    said = capsys.readouterr().err
    assert "THIS RUN MOVES THE MACHINE" in said
    assert "L1, L2" in said
    assert "L1.D1, L1.D2, L1.I1, L2.I1" in said
    assert "press the emergency stop" in said
    assert "--yes" in said


def test_reading_moves_nothing_and_says_so(
    options: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("autosilo.site.conformance.run.FIRST_CONNECTION_S", 0.2)
    assert command.main([*options, "--read-only"]) == 1
    said = capsys.readouterr().err
    assert "Nothing is written, nothing moves" in said
    assert "no session within" in said


def test_missing_keys_are_named(options: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "pki" / "peertown" / "plc.cert.der").unlink()
    assert command.main([*options, "--read-only"]) == 1
    assert "plc.cert.der is missing" in capsys.readouterr().err


def test_no_check_left_is_a_mistake(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main([*options, "--only", "nonsense"]) == 1
    assert "no check is left" in capsys.readouterr().err


def test_levels_contain_each_other() -> None:
    reading, talking, moving = ({one.id for one in choose(level)} for level in Level)
    assert reading < talking < moving


def test_reading_and_talking_need_no_hand() -> None:
    assert not [one.id for one in choose(Level.NO_MOTION) if one.hands]


def test_patterns_choose() -> None:
    assert {one.topic for one in choose(Level.MOTION, ["power.*", "clock.*"], ["power.gate"])} == {"power", "clock"}
    assert "power.gate" not in {one.id for one in choose(Level.MOTION, ["power.*"], ["power.gate"])}


def test_no_two_checks_have_one_name() -> None:
    with pytest.raises(ValueError, match="two checks"):
        check("clock.agrees", "Command", "again")(choose(Level.MOTION)[0].run)
