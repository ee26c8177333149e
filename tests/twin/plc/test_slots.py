"""The file of two slots: whatever is cut off, the newest content that was written to its end is found."""

from pathlib import Path

import pytest

from autosilo.twin.plc.slots import HEADER_BYTES, SMALLEST_SLOT, Slots, SlotsUnreadable


def fresh(path: Path) -> bytes | None:
    return Slots(path, flush=False).read()


@pytest.mark.parametrize("flush", [True, False])
def test_the_newest_is_read(tmp_path: Path, flush: bool) -> None:
    path = tmp_path / "x.dat"
    assert fresh(path) is None
    slots = Slots(path, flush=flush)
    for number in range(5):
        slots.write(b"%d" % number)
        assert fresh(path) == b"%d" % number
    again = Slots(path, flush=flush)
    again.write(b"after a restart")
    assert fresh(path) == b"after a restart"


@pytest.mark.parametrize("written", [0, 1, HEADER_BYTES - 1, HEADER_BYTES, HEADER_BYTES + 4])
@pytest.mark.parametrize("times", [1, 2])
def test_a_write_that_was_cut_off_leaves_the_one_before(tmp_path: Path, written: int, times: int) -> None:
    path = tmp_path / "x.dat"
    slots = Slots(path, flush=False)
    for number in range(times):
        slots.write(b"whole %d" % number)
    before = path.read_bytes()
    slots.write(b"cut off")
    after, half = path.read_bytes(), len(before) // 2
    start = 0 if after[:half] != before[:half] else half
    path.write_bytes(before[:start] + after[start : start + written] + before[start + written :])
    assert fresh(path) == b"whole %d" % (times - 1)


def test_it_grows_and_keeps_what_it_had(tmp_path: Path) -> None:
    path = tmp_path / "x.dat"
    slots = Slots(path, flush=False)
    slots.write(b"small")
    big = b"y" * (3 * SMALLEST_SLOT)
    slots.write(big)
    assert fresh(path) == big
    slots.write(b"small again")
    assert fresh(path) == b"small again"


def test_a_kill_before_the_first_write_leaves_a_first_start(tmp_path: Path) -> None:
    (tmp_path / "x.dat").write_bytes(b" " * 2 * SMALLEST_SLOT)
    assert fresh(tmp_path / "x.dat") is None


def test_two_spoilt_slots_are_an_error(tmp_path: Path) -> None:
    path = tmp_path / "x.dat"
    Slots(path, flush=False).write(b"one")
    path.write_bytes(path.read_bytes().replace(b"one", b"two"))
    with pytest.raises(SlotsUnreadable):
        fresh(path)
