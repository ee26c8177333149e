"""The sheet for the day when all is dead, out of a journal that nobody has open (or somebody has)."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from autosilo.site.control.journal import Journal
from autosilo.site.control.ledger import Ledger
from autosilo.site.paper import HEADS, WORDS, main, read_books, sheet
from autosilo.tower.manual import StepKind
from autosilo.tower.site_file import load_site
from autosilo.wire.mailbox import Kind

SITES = Path(__file__).parents[1] / "tower" / "sites"
REAR, FRONT = "LSVAA4187E2000001", "LSVAA4187E2000002"
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


@pytest.fixture
def journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Journal:
    monkeypatch.setenv("AUTOSILO_HOME", str(tmp_path))
    monkeypatch.setenv("AUTOSILO_SITES", str(SITES))
    journal = Journal(tmp_path / "sites" / "deep" / "journal.db")
    journal.commission({"L1.B0203R": REAR, "L1.B0203": FRONT})
    return journal


def test_every_language_has_every_word() -> None:
    assert set(WORDS["en"]) == set(WORDS["zh-hans"])
    assert set(StepKind) <= set(WORDS["en"])
    assert set(HEADS) == set(WORDS)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_steps_for_one_car_name_places_heights_and_what_is_in_the_way(
    journal: Journal, capsys: pytest.CaptureFixture[str], language: str
) -> None:
    assert main(["deep", "--vin", REAR, "--language", language]) == 0
    text = capsys.readouterr().out
    height = round(load_site("deep", folder=SITES, pace=1).tower.floor_pitch_m * 2 * 1000)
    assert str(height) in text
    assert text.index(FRONT) < text.rindex(REAR)
    assert "[ ]  1." in text
    assert max(len(line) for line in text.splitlines()) <= 92


def test_the_list_of_bays_leaves_room_for_a_pen(journal: Journal, capsys: pytest.CaptureFixture[str]) -> None:
    Ledger(journal).block("L1.B0302", reason="leak", by="li")
    assert main(["deep"]) == 0
    rows = {line.split()[0]: line for line in capsys.readouterr().out.splitlines() if line.startswith("L")}
    assert REAR in rows["L1.B0203R"]
    assert rows["L1.B0202"].endswith("_" * 17)
    assert rows["L1.B0302"].endswith("blocked")


def test_a_move_that_was_under_way_is_said_first(journal: Journal) -> None:
    journal.raise_epoch("L1", above=(0, 0))
    journal.intend(unit="L1", kind=Kind.MOVE, deadline=1, src="L1.B0203", dst="L1.D1", vin=FRONT)
    path = Path(journal.db.execute("PRAGMA database_list").fetchone()["file"])
    text = sheet(load_site("deep", folder=SITES, pace=1), read_books(path), vin=None, language="en", now=NOW)
    assert f"!! A move was under way: {FRONT} from L1.B0203 to L1.D1." in text


def test_what_cannot_be_is_said(journal: Journal, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["deep", "--vin", "LSVAA4187E2999999"]) == 1
    assert "is not in this tower" in capsys.readouterr().err
    assert main(["round"]) == 1
    assert "there is no journal" in capsys.readouterr().err
    assert not (tmp_path / "sites" / "round").exists(), "reading makes nothing"
