"""Retained memory: what is written is read, what is damaged is not guessed."""

from pathlib import Path

import pytest

from autosilo.twin.plc.memory import Car, Job, LiftMemory, Memory, MemoryUnreadable, Store, Visit, read_inventory
from autosilo.wire.mailbox import RETAINED_JOBS, Command, Fault, JobState, Kind, Mode, Phase

CAR = Car("V", 1, 2, 3, 4, "P")


def full() -> Memory:
    lift = LiftMemory(x=1.5, y=2.5, load="V", epoch=3, seq=9, mode=Mode.SERVICE)
    lift.job = Job(Command(3, 9, 5, Kind.MOVE, "a", "b"), Phase.TAKING, JobState.INTERRUPTED, Fault.POWER_LOSS)
    lift.remember(lift.job)
    return Memory(
        lifts={"L1": lift},
        cars={"V": CAR},
        gates={"L1.D1": 0.25},
        gate_goals={"L1.D1": 1.0},
        visits={"L1.I1": Visit("W", False, 1.0, 2.0, CAR)},
        persons=["L1"],
        violations={"x": 1},
    )


def test_it_comes_back_as_it_was(tmp_path: Path) -> None:
    memory = full()
    Store(tmp_path).save(memory)
    assert Store(tmp_path).load() == memory


def test_positions_count_only_with_the_memory_that_they_belong_to(tmp_path: Path) -> None:
    store, memory = Store(tmp_path), full()
    store.save(memory)
    memory.lifts["L1"].y = 7.0
    store.save_positions(memory)
    again = store.load()
    assert again is not None
    assert again.lifts["L1"].y == 7.0
    memory.lifts["L1"].y = 1.0
    store.save(memory)
    again = store.load()
    assert again is not None
    assert again.lifts["L1"].y == 1.0


def test_the_log_keeps_the_newest_and_one_line_a_job() -> None:
    lift = LiftMemory(x=0, y=0)
    for seq in range(1, RETAINED_JOBS + 5):
        for state in (JobState.RUNNING, JobState.ENDED):
            lift.remember(Job(Command(1, seq, seq, Kind.MOVE), Phase.NONE, state))
    assert [line.seq for line in lift.log] == list(range(RETAINED_JOBS + 4, 4, -1))
    assert {line.state for line in lift.log} == {JobState.ENDED}


@pytest.mark.parametrize("content", ["", "{", "[]", '{"lifts": {}}', '{"lifts": 3, "cars": {}}'])
def test_damaged_memory_names_its_file(tmp_path: Path, content: str) -> None:
    (tmp_path / "retained.json").write_text(content)
    with pytest.raises(MemoryUnreadable, match=r"retained\.json"):
        Store(tmp_path).load()


def test_a_first_start_has_no_memory_and_perhaps_no_cars(tmp_path: Path) -> None:
    assert Store(tmp_path).load() is None
    assert read_inventory(tmp_path / "inventory.json") == {}
    (tmp_path / "inventory.json").write_text('{"L1.B0101": {"colour": "red"}}')
    with pytest.raises(MemoryUnreadable, match=r"inventory\.json"):
        read_inventory(tmp_path / "inventory.json")
