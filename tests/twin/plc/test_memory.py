"""Retained memory: what is written is read, what is damaged is not guessed."""

from pathlib import Path

import pytest

from autosilo.twin.plc.leaf import Leaf
from autosilo.twin.plc.memory import Car, Job, LiftMemory, Memory, StationMemory, Step, Visit, Witness
from autosilo.twin.plc.slots import Slots
from autosilo.twin.plc.store import LAYOUT, MemoryUnreadable, Store, read_inventory
from autosilo.wire.mailbox import RETAINED_JOBS, Command, Fault, JobState, Kind, Mode

CAR = Car("V", 1, 2, 3, 4, "P")


def full() -> Memory:
    lift = LiftMemory(x=1.5, y=2.5, load="V", epoch=3, seq=9, mode=Mode.SERVICE, mode_changes=7)
    lift.job = Job(Command(3, 9, 5, Kind.MOVE, "a", "b"), Step.TAKE_SHUT, JobState.INTERRUPTED, Fault.POWER_LOSS)
    lift.remember(lift.job)
    station = StationMemory(epoch=4, seq=2, gate=Leaf(0.25, 1.0), shutters={"L1": Leaf(0.5, 0.0)})
    station.job = Job(Command(4, 2, 6, Kind.OPEN_GATE, "L1.D1"), Step.GATE, JobState.RUNNING)
    station.visit = Visit("W", False, 1.0, 2.0, CAR)
    return Memory(
        lifts={"L1": lift},
        stations={"L1.D1": station},
        cars={"V": CAR},
        faults={"person": {"L1": {}}, "mail_delayed": {"L1": {"seconds": 2.0}}},
        violations={"x": 1},
        witnesses={"L1": Witness([(3, 8), (3, 9)], (2, 7))},
        ledger_unflushed=[{"n": 1, "event": "began"}],
    )


def test_it_comes_back_as_it_was(tmp_path: Path) -> None:
    memory = full()
    Store(tmp_path).save(memory)
    assert Store(tmp_path).load() == memory


def test_positions_count_only_with_the_memory_that_they_belong_to(tmp_path: Path) -> None:
    store, memory = Store(tmp_path), full()
    store.save(memory)
    memory.lifts["L1"].y = 7.0
    memory.stations["L1.D1"].shutters["L1"].opened = 0.75
    store.save_positions(memory)
    again = store.load()
    assert again is not None
    assert again == memory
    memory.lifts["L1"].y = 1.0
    store.save(memory)
    again = store.load()
    assert again is not None
    assert again.lifts["L1"].y == 1.0


def test_the_log_keeps_the_newest_and_one_line_a_job() -> None:
    lift = LiftMemory(x=0, y=0)
    for seq in range(1, RETAINED_JOBS + 5):
        for state in (JobState.RUNNING, JobState.ENDED):
            lift.remember(Job(Command(1, seq, seq, Kind.MOVE), Step.TO_SOURCE, state))
    assert [line.seq for line in lift.log] == list(range(RETAINED_JOBS + 4, 4, -1))
    assert {line.state for line in lift.log} == {JobState.ENDED}


@pytest.mark.parametrize("content", [b"", b"{", b"x" * 100_000])
def test_damaged_memory_names_its_file(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "retained.dat").write_bytes(content)
    with pytest.raises(MemoryUnreadable, match=r"retained\.dat"):
        Store(tmp_path).load()


@pytest.mark.parametrize("content", ["[]", "{}", '{"layout": 1}', f'{{"layout": {LAYOUT}, "lifts": 3}}'])
def test_memory_of_another_form_is_not_guessed_at(tmp_path: Path, content: str) -> None:
    Slots(tmp_path / "retained.dat", flush=True).write(content.encode())
    with pytest.raises(MemoryUnreadable, match=r"retained\.dat"):
        Store(tmp_path).load()


def test_the_file_of_an_earlier_twin_is_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "retained.json").write_text("{}")
    with pytest.raises(MemoryUnreadable, match=r"retained\.json"):
        Store(tmp_path).load()


def test_a_first_start_has_no_memory_and_perhaps_no_cars(tmp_path: Path) -> None:
    assert Store(tmp_path).load() is None
    assert read_inventory(tmp_path / "inventory.json") == {}
    (tmp_path / "inventory.json").write_text('{"L1.B0101": {"colour": "red"}}')
    with pytest.raises(MemoryUnreadable, match=r"inventory\.json"):
        read_inventory(tmp_path / "inventory.json")
