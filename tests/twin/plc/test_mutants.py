"""Each counter of violations counts: a unit that was broken on purpose makes it count, and a whole one does not."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autosilo.twin.plc import handling, lift_unit
from autosilo.twin.plc.interlocks import Interlocks
from autosilo.twin.plc.leaf import Leaf
from autosilo.twin.plc.ledger import Event
from autosilo.twin.plc.lift_interlocks import LiftInterlocks
from autosilo.twin.plc.memory import Job
from autosilo.twin.plc.sensors import Sensors
from autosilo.twin.plc.station_interlocks import StationInterlocks
from autosilo.twin.plc.unit import Unit
from autosilo.twin.plc.witness import WITNESSED_JOBS
from autosilo.twin.plc.world import World
from autosilo.wire.mailbox import Kind, Mode, Reject
from twin.plc.box import Box, vin

Break = Callable[[type, str, Any], None]


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Break:
    """``broken(Class, "method", answer)``: it always answers so."""
    return lambda owner, name, answer: monkeypatch.setattr(owner, name, lambda *_, **__: answer)


def run_on(box: Box, seconds: float = 200.0) -> None:
    """Until no job runs any more, or the time is over."""
    until = box.now + seconds
    while box.now < until and any(box.runs(unit) for unit in box.plc.units):
        box.tick()


def counted(box: Box) -> set[str]:
    return set(box.violations)


def test_a_car_in_two_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def copies(world: World, lift: str, job: Job) -> None:
        handling.take(world, lift, job)
        world.memory.places[job.command.src] = world.memory.lifts[lift].load or ""

    monkeypatch.setattr(lift_unit, "take", copies)
    box = Box(tmp_path, {"L1.B0401": 1})
    box.begin("L1.B0401", "L1.D1")
    run_on(box)
    assert counted(box) == {"car_not_in_exactly_one_place"}


def test_a_car_that_vanished(tmp_path: Path) -> None:
    box = Box(tmp_path, {"L1.B0401": 1})
    del box.places["L1.B0401"]
    box.plc.world.touch()
    box.tick(5)
    assert box.violations == {"car_not_in_exactly_one_place": 1}


def blind(monkeypatch: pytest.MonkeyPatch, place: str, *, says: bool) -> None:
    """The control program believes that of a place."""
    occupied = Sensors.occupied
    monkeypatch.setattr(Sensors, "occupied", lambda self, at: says if at == place else occupied(self, at))


def test_two_cars_in_one_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    box = Box(tmp_path, {"L1.B0401": 1, "L1.B0402": 2})
    blind(monkeypatch, "L1.B0402", says=False)
    box.begin("L1.B0401", "L1.B0402")
    run_on(box)
    assert counted(box) == {"place_holds_two"}
    assert box.lift().load == vin(1), "nothing is lost all the same"


def test_two_cars_on_one_carriage(tmp_path: Path, broken: Break) -> None:
    box = Box(tmp_path, {"L1.B0401": 1, "L1.B0402": 2})
    box.lift().load = box.places.pop("L1.B0402")
    broken(Sensors, "loaded", False)
    box.begin("L1.B0401", "L1.B0403")
    run_on(box)
    assert counted(box) == {"carriage_holds_two"}


def test_a_car_taken_that_was_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    box = Box(tmp_path)
    blind(monkeypatch, "L1.B0401", says=True)
    box.begin("L1.B0401", "L1.B0403")
    run_on(box)
    assert counted(box) == {"took_nothing"}


def test_a_lift_that_moves_while_an_open_station_s_gate_is_open(tmp_path: Path, broken: Break) -> None:
    box = Box(tmp_path, {"L1.B0401": 1})
    box.open_gate("L1.D1")
    broken(Sensors, "gates_shut", True)
    box.begin("L1.B0401", "L1.B0403")
    run_on(box)
    assert counted(box) == {"gate_open_while_moving"}


def test_gate_and_shutter_open_together(tmp_path: Path, broken: Break) -> None:
    box = Box(tmp_path, {"L1.B0401": 1}, shutter_s=4.0)
    box.open_gate("L1.D1")
    broken(Interlocks, "served", Reject.NONE)
    box.begin("L1.B0401", "L1.D1")
    run_on(box)
    assert counted(box) == {"gate_and_shutter_open"}


def test_a_gate_that_opens_on_a_station_that_a_lift_serves(tmp_path: Path, broken: Break) -> None:
    box = Box(tmp_path, {"L1.B0401": 1}, shutter_s=4.0)
    broken(StationInterlocks, "_parted", Reject.NONE)
    broken(Interlocks, "served", Reject.NONE)
    box.begin("L1.B0401", "L1.D1")
    box.until(lambda: not box.plc.world.station("L1.D1").shutters["L1"].shut)
    assert box.say(Kind.OPEN_GATE, "L1.D1") is Reject.NONE
    run_on(box)
    assert counted(box) == {"gate_and_shutter_open"}


def test_a_shutter_that_is_not_shut_when_the_carriage_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drive = Leaf.drive
    monkeypatch.setattr(Leaf, "drive", lambda leaf, **way: drive(leaf, **way) if way["opened"] else 0.0)
    monkeypatch.setattr(Sensors, "shutters_shut", lambda *_: True)
    box = Box(tmp_path, {"L1.D1": 1}, shutter_s=4.0)
    box.begin("L1.D1", "L1.B0401")
    run_on(box)
    assert counted(box) == {"shutter_open_without_carriage"}


def test_two_lifts_in_one_station(tmp_path: Path, broken: Break) -> None:
    box = Box(tmp_path, {"L1.B0401": 1, "L2.B0401": 2}, lifts=("L1", "L2"), shared=True, shutter_s=4.0)
    broken(LiftInterlocks, "_stations_free", Reject.NONE)
    box.begin("L1.B0401", "L1.D1")
    box.begin("L2.B0401", "L1.D1", unit="L2")
    run_on(box)
    assert "two_lifts_in_station" in counted(box)


@pytest.mark.parametrize("shutter_s", [0.0, 4.0])
@pytest.mark.parametrize("danger", ["person", "emergency_stop", "mode"])
def test_a_lift_that_moves_on_in_spite_of(tmp_path: Path, broken: Break, danger: str, shutter_s: float) -> None:
    box = Box(tmp_path, {"L1.B0401": 1}, shutter_s=shutter_s)
    broken(Interlocks, "near", Reject.NONE)
    box.begin("L1.B0401", "L1.D1")
    box.tick(20)
    box.mode(Mode.SERVICE) if danger == "mode" else box.fault(danger, "L1")
    run_on(box)
    assert counted(box) == {"moved_while_unsafe"}


def test_a_lift_that_moves_in_spite_of_a_person_in_an_open_station(tmp_path: Path, broken: Break) -> None:
    box = Box(tmp_path, {"L1.B0401": 1})
    broken(Interlocks, "near", Reject.NONE)
    box.fault("person", "L1.D2")
    box.begin("L1.B0401", "L1.B0403")
    run_on(box)
    assert counted(box) == {"moved_while_unsafe"}


def test_a_transfer_in_spite_of_a_person_in_the_airlock(tmp_path: Path, broken: Break) -> None:
    box = Box(tmp_path, {"L1.B0401": 1}, shutter_s=4.0)
    broken(Interlocks, "served", Reject.NONE)
    box.begin("L1.B0401", "L1.D1")
    box.fault("person", "L1.D1")
    run_on(box)
    assert counted(box) == {"moved_while_unsafe"}


def test_a_shutter_that_opens_before_the_wrong_column(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    box = Box(tmp_path, {"L1.B0401": 1}, shutter_s=4.0)
    reached = box.plc.world.reached["L1"]
    monkeypatch.setattr(box.plc.lifts["L1"], "_places", reached | {"L1.D1": reached["L1.D2"]})
    box.begin("L1.B0401", "L1.D1")
    run_on(box)
    assert counted(box) == {"shutter_open_without_carriage"}


def test_a_transfer_in_spite_of_the_owner_s_emergency_stop(tmp_path: Path, broken: Break) -> None:
    box = Box(tmp_path, {"L2.B0401": 2}, lifts=("L1", "L2"), shared=True, shutter_s=4.0)
    broken(Interlocks, "served", Reject.NONE)
    box.begin("L2.B0401", "L1.D1", unit="L2")
    box.fault("emergency_stop", "L1")
    run_on(box)
    assert counted(box) == {"moved_while_unsafe"}


@pytest.mark.parametrize("danger", ["emergency_stop", "mode", "person"])
def test_a_gate_that_moves_in_spite_of(tmp_path: Path, broken: Break, danger: str) -> None:
    box = Box(tmp_path)
    box.open_gate("L1.D1")
    broken(StationInterlocks, "motion", Reject.NONE)
    broken(Sensors, "zone_clear", True)
    assert box.say(Kind.SHUT_GATE, "L1.D1") is Reject.NONE
    match danger:
        case "emergency_stop":
            box.fault("emergency_stop", "L1")
        case "mode":
            box.mode(Mode.MANUAL)
        case "person":
            box.fault("person", "L1.D1")
    run_on(box)
    assert counted(box) == {"moved_while_unsafe"}


@pytest.mark.parametrize(
    ("change", "invariant"),
    [
        ({"plugged": True}, {"lifted_plugged_in"}),
        ({"engine_running": True}, {"lifted_switched_on"}),
        ({"length_mm": 5350}, {"lifted_beyond_envelope", "stored_beyond_envelope"}),
        ({"mass_kg": 2600}, {"lifted_beyond_envelope", "stored_beyond_envelope"}),
    ],
)
def test_a_car_that_should_have_been_refused(
    tmp_path: Path, broken: Break, change: dict[str, Any], invariant: set[str]
) -> None:
    box = Box(tmp_path, {"L1.I1": 1})
    for name, value in change.items():
        setattr(box.plc.memory.cars[vin(1)], name, value)
    broken(LiftInterlocks, "_car", Reject.NONE)
    box.begin("L1.I1", "L1.B0401")
    run_on(box)
    assert counted(box) == invariant


def test_a_rear_bay_served_through_an_occupied_front(tmp_path: Path, broken: Break) -> None:
    box = Box(tmp_path, {"L1.B0401": 1, "L1.B0401R": 2}, depth=2)
    broken(LiftInterlocks, "path", Reject.NONE)
    box.begin("L1.B0401R", "L1.B0403")
    run_on(box)
    assert counted(box) == {"rear_through_front"}


@pytest.mark.parametrize("later", [0, 20, WITNESSED_JOBS + 20])
def test_a_number_that_runs_twice(tmp_path: Path, broken: Break, later: int) -> None:
    """Also when it is far beyond the sixteen jobs that the unit itself retains."""
    box = Box(tmp_path)
    broken(Unit, "_old", Reject.NONE)
    again = box.command(Kind.PARK, dst="L1.D1")
    assert box.send(again) is Reject.NONE
    run_on(box)
    for _ in range(later):
        assert box.say(Kind.PARK, dst="L1.D1") is Reject.NONE
        run_on(box)
    assert box.violations == {}
    box.say(Kind.SYNC)  # so that the mailbox shows another one in between
    box.send(again)
    assert counted(box) == {"seq_run_twice"}


def test_a_number_that_comes_too_late(tmp_path: Path, broken: Break) -> None:
    box = Box(tmp_path)
    broken(Unit, "_old", Reject.NONE)
    late = box.command(Kind.PARK, dst="L1.D1")
    assert box.say(Kind.PARK, dst="L1.D2") is Reject.NONE
    run_on(box)
    box.send(late)
    assert counted(box) == {"seq_out_of_order"}


def test_what_a_whole_machine_does_is_no_violation(tmp_path: Path) -> None:
    box = Box(tmp_path, {"L1.B0401": 1, "L1.B0401R": 2}, depth=2, shutter_s=4.0)
    box.move("L1.B0401", "L1.D1")
    box.move("L1.B0401R", "L1.D2")
    box.open_gate("L1.D1")
    box.plc.world.depart("L1.D1", vin(1))
    box.until(lambda: "L1.D1" not in box.places)
    box.until(lambda: box.plc.world.station("L1.D1").visit is None)
    box.shut_gate("L1.D1")
    box.move("L1.D2", "L1.B0401R")
    assert box.violations == {}
    took = [(line["place"], line["vin"]) for line in box.ledger() if line["event"] == Event.TOOK]
    assert took == [("L1.B0401", vin(1)), ("L1.B0401R", vin(2)), ("L1.D2", vin(2))]
