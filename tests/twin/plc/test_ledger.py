"""The ledger: numbered, never altered, agreeing with the snapshot after a kill at any moment."""

import json
from pathlib import Path

import pytest

from autosilo.twin.plc import ledger
from autosilo.twin.plc.ledger import LedgerFile
from autosilo.twin.plc.memory import Memory
from twin.plc.box import Box, vin


def memory(first: int, last: int) -> Memory:
    """Events ``first`` … ``last`` wait in the snapshot."""
    lines = [{"n": n, "event": "took"} for n in range(first, last + 1)]
    return Memory(lifts={}, stations={}, ledger_unflushed=lines, ledger_next=last + 1)


def numbers(file: LedgerFile, after: int = 0, limit: int = 10**6) -> list[int]:
    return [line["n"] for line in file.read(after, limit)]


def test_a_move_is_told_with_the_job_that_did_it(tmp_path: Path) -> None:
    box = Box(tmp_path, {"L1.B0401": 1})
    box.move("L1.B0401", "L1.D1")
    key = {"unit": "L1", "epoch": 1, "seq": 1}
    assert box.ledger() == [
        {"n": 1, "event": "began", "kind": 2, **key},
        {"n": 2, "event": "took", "place": "L1.B0401", "vin": vin(1), **key},
        {"n": 3, "event": "put", "place": "L1.D1", "vin": vin(1), **key},
        {"n": 4, "event": "ended", "state": 5, "fault": 0, **key},
    ]
    box.open_gate("L1.D1")
    box.plc.world.depart("L1.D1", vin(1))
    box.until(lambda: not box.places)
    box.tick()
    assert [line["event"] for line in box.ledger()[4:]] == ["began", "gate_opened", "ended", "departed"]


@pytest.mark.parametrize("lost", range(0, 60, 7))
def test_a_kill_while_it_is_written_costs_nothing(tmp_path: Path, lost: int) -> None:
    """The snapshot is written first; the file's last bytes may be missing, in the middle of a line."""
    file = LedgerFile(tmp_path)
    file.append(memory(1, 5))
    content = file.path.read_bytes()
    file.path.write_bytes(content[: len(content) - lost])
    again = LedgerFile(tmp_path)
    again.append(memory(1, 6))
    assert numbers(again) == [1, 2, 3, 4, 5, 6]


def test_what_is_on_the_disk_needs_no_second_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "FLUSH_EVENTS", 4)
    file, snapshot = LedgerFile(tmp_path), memory(1, 3)
    assert not file.append(snapshot)
    assert len(snapshot.ledger_unflushed) == 3
    snapshot = memory(1, 4)
    assert file.append(snapshot)
    assert snapshot.ledger_unflushed == []


def test_it_rotates_and_is_read_across_its_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "FLUSH_EVENTS", 1)
    monkeypatch.setattr(ledger, "ROTATE_BYTES", 200)
    monkeypatch.setattr(ledger, "KEPT_FILES", 3)
    file = LedgerFile(tmp_path)
    for n in range(1, 101):
        file.append(memory(n, n))
    kept = numbers(file)
    assert kept == list(range(kept[0], 101)), "without a gap"
    assert 20 < len(kept) < 60, "the oldest are gone"
    assert numbers(file, after=90) == list(range(91, 101))
    assert numbers(file, after=kept[0], limit=5) == list(range(kept[0] + 1, kept[0] + 6))
    assert numbers(file, after=100) == []
    again = LedgerFile(tmp_path)
    again.append(memory(100, 101))
    assert numbers(again, after=98) == [99, 100, 101]


def test_it_goes_on_after_a_kill_right_behind_a_rotation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "FLUSH_EVENTS", 1)
    monkeypatch.setattr(ledger, "ROTATE_BYTES", 1)
    LedgerFile(tmp_path).append(memory(1, 7))
    again = LedgerFile(tmp_path)
    again.append(memory(1, 8))
    assert numbers(again) == list(range(1, 9))


def test_a_line_that_is_being_written_is_left_for_the_next_reader(tmp_path: Path) -> None:
    file = LedgerFile(tmp_path)
    file.append(memory(1, 2))
    with file.path.open("a") as half:
        half.write(json.dumps({"n": 3})[:-1])
    assert numbers(file) == [1, 2]
