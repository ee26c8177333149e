"""Faults on demand: what the PLC does, what it says, and that the way back is there when the fault has gone."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from autosilo.twin.plc import faults
from autosilo.twin.plc.fault_orders import ORDER
from autosilo.twin.plc.faults import CannotBreak
from autosilo.twin.plc.hands import CannotDo, abandon, carry
from autosilo.twin.plc.memory import Step
from autosilo.wire.mailbox import MAX_UINT32, Fault, GateState, JobState, Kind, Mode, Reject, UnitState
from twin.plc.box import Box, vin

HELD = (JobState.INTERRUPTED, Fault.SENSOR_MISMATCH)


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path, {"L1.B0401": 1, "L1.B0201": 2}, shutter_s=4.0, depth=2)


def until_step(box: Box, step: Step, unit: str = "L1") -> None:
    box.until(lambda: (job := box.job(unit)) is not None and job.step is step)


def goes_on(box: Box) -> None:
    assert box.say(Kind.RESUME) is Reject.NONE
    assert box.done() == (JobState.ENDED, Fault.NONE)
    assert box.violations == {}


# --- sensors ---


def test_a_stuck_sensor_is_what_the_plc_believes_and_the_world_knows_better(box: Box) -> None:
    box.fault("sensor_stuck", "L1.B0401", value=False)
    assert not box.plc.sensors.occupied("L1.B0401")
    assert box.say(Kind.MOVE, "L1.B0401", "L1.D1") is Reject.SOURCE_EMPTY
    box.fault("sensor_stuck", "L1.B0402", value=True)
    assert box.say(Kind.MOVE, "L1.B0201", "L1.B0402") is Reject.DESTINATION_TAKEN
    assert box.places == {"L1.B0401": vin(1), "L1.B0201": vin(2)}


@pytest.mark.parametrize(
    ("at", "value", "when", "reject"),
    [
        ("L1.B0401", True, Step.TAKE, Reject.CARRIAGE_LOADED),  # taken, and still seen in its place
        ("L1", False, Step.TAKE, Reject.SOURCE_EMPTY),  # taken, and not seen on the carriage
        ("L1.D1", False, Step.PUT, Reject.SOURCE_EMPTY),  # put down, and not seen there
        ("L1", True, Step.PUT, Reject.DESTINATION_TAKEN),  # put down, and still seen on the carriage
    ],
)
def test_sensors_that_contradict_a_transfer_hold_the_job(
    box: Box, at: str, value: bool, when: Step, reject: Reject
) -> None:
    box.begin("L1.B0401", "L1.D1")
    until_step(box, when)
    box.fault("sensor_stuck", at, value=value)
    assert box.done() == HELD
    assert box.plc.units["L1"].state is UnitState.HELD
    assert box.say(Kind.RESUME) is reject
    box.fault("sensor_stuck", at, there=False)
    goes_on(box)
    assert box.places["L1.D1"] == vin(1)


def test_a_destination_that_is_seen_to_be_taken_on_the_way_is_not_entered(box: Box) -> None:
    box.begin("L1.B0401", "L1.D1")
    until_step(box, Step.TO_DESTINATION)
    box.fault("sensor_stuck", "L1.D1", value=True)
    assert box.done() == HELD
    assert box.lift().load == vin(1)
    box.fault("sensor_stuck", "L1.D1", there=False)
    goes_on(box)


def test_a_car_that_is_seen_where_there_is_none_is_not_taken(box: Box) -> None:
    box.fault("sensor_stuck", "L1.B0301", value=True)
    box.begin("L1.B0301", "L1.D1")
    assert box.done() == HELD
    assert box.lift().load is None
    box.fault("sensor_stuck", "L1.B0301", there=False)
    assert box.say(Kind.RESUME) is Reject.SOURCE_EMPTY, "there is nothing that it could go on with"
    with pytest.raises(CannotDo, match="lift_in_auto"):
        abandon(box.plc.world, box.plc.units["L1"])
    box.mode(Mode.MANUAL)
    abandon(box.plc.world, box.plc.units["L1"])
    box.mode(Mode.AUTO)
    assert box.done() == (JobState.ABORTED, Fault.SENSOR_MISMATCH)
    box.move("L1.B0401", "L1.D1")
    assert box.violations == {}


# --- machine and people ---


@pytest.mark.parametrize("step", list(Step)[:8])
@pytest.mark.parametrize(
    ("kind", "fault"),
    [
        ("person", Fault.PERSON_IN_ZONE),
        ("emergency_stop", Fault.EMERGENCY_STOP),
        ("drive_fault", Fault.DRIVE_FAULT),
        ("mode", Fault.MODE_CHANGED),
        ("power", Fault.POWER_LOSS),
    ],
)
def test_whatever_interrupts_a_move_at_whatever_step_it_goes_on_when_told(
    tmp_path: Path, kind: str, fault: Fault, step: Step
) -> None:
    box = Box(tmp_path, {"L1.I1": 1}, shutter_s=4.0)
    box.begin("L1.I1", "L1.D2")
    until_step(box, step)
    box.tick(15)
    match kind:
        case "power":
            box.cycle_power()
        case "mode":
            box.mode(Mode.MANUAL)
        case _:
            box.fault(kind, "L1")
    box.tick(2)
    assert (job := box.job()) is not None
    assert (job.state, job.fault) == (JobState.INTERRUPTED, fault)
    box.tick(250)
    where = (box.lift().x, box.lift().y, box.plc.world.moving())
    box.tick(250)
    assert where == (box.lift().x, box.lift().y, False)
    assert box.plc.units["L1"].state in (UnitState.HELD, UnitState.ABORTED, UnitState.STOPPED, UnitState.SUSPENDED)
    if kind == "mode":
        assert box.say(Kind.RESUME) is Reject.NOT_AUTO
        box.mode(Mode.AUTO)
    elif kind != "power":
        assert box.say(Kind.RESUME) is not Reject.NONE
        box.fault(kind, "L1", there=False)
    box.tick(250)
    assert not box.runs(), "not by itself"
    goes_on(box)
    assert box.places == {"L1.D2": vin(1)}
    assert [line["event"] for line in box.ledger() if line["event"] in ("took", "put")] == ["took", "put"]


def test_a_person_in_an_airlock_does_not_stop_the_lift(box: Box) -> None:
    box.begin("L1.B0401", "L1.D1")
    box.fault("person", "L1.D2")
    assert box.done() == (JobState.ENDED, Fault.NONE)
    assert box.say(Kind.MOVE, "L1.B0201", "L1.D2") is Reject.ZONE_NOT_CLEAR


def test_a_shutter_does_not_open_on_a_person(box: Box) -> None:
    box.begin("L1.B0401", "L1.D1")
    until_step(box, Step.TO_DESTINATION)
    box.fault("person", "L1.D1")
    assert box.done() == (JobState.INTERRUPTED, Fault.PERSON_IN_ZONE)
    assert box.plc.world.station("L1.D1").shutters["L1"].shut
    box.fault("person", "L1.D1", there=False)
    goes_on(box)


@pytest.mark.parametrize("step", [Step.TAKE_SHUT, Step.PUT_SHUT])
def test_a_blocked_shutter_opens_again(tmp_path: Path, step: Step) -> None:
    box = Box(tmp_path, {"L1.I1": 1}, shutter_s=4.0)
    box.begin("L1.I1", "L1.D1")
    until_step(box, step)
    station = "L1.I1" if step is Step.TAKE_SHUT else "L1.D1"
    box.tick(20)
    box.fault("shutter_blocked", station)
    assert box.done() == (JobState.INTERRUPTED, Fault.SHUTTER_BLOCKED)
    box.tick(200)
    assert box.plc.sensors.shutter(station) is GateState.OPEN
    assert box.say(Kind.RESUME) is Reject.SHUTTER_NOT_SHUT
    box.fault("shutter_blocked", station, there=False)
    goes_on(box)
    assert box.places == {"L1.D1": vin(1)}


def test_a_shutter_that_opens_again_stops_in_an_emergency(box: Box) -> None:
    box.begin("L1.B0401", "L1.D1")
    until_step(box, Step.PUT_SHUT)
    box.tick(100)
    box.fault("shutter_blocked", "L1.D1")
    box.tick(10)
    box.fault("emergency_stop", "L1")
    box.tick(200)
    assert 0 < box.plc.world.station("L1.D1").shutters["L1"].opened < 1
    assert box.violations == {}


def test_a_shutter_of_a_shared_station_stops_with_its_owner(tmp_path: Path) -> None:
    box = Box(tmp_path, {"L2.B0401": 2}, lifts=("L1", "L2"), shared=True, shutter_s=4.0)
    box.begin("L2.B0401", "L1.D1", unit="L2")
    until_step(box, Step.PUT_SHUT, "L2")
    box.tick(100)
    box.fault("shutter_blocked", "L1.D1")
    box.tick(10)
    box.mode(Mode.MANUAL)
    box.tick(200)
    assert 0 < box.plc.world.station("L1.D1").shutters["L2"].opened < 1
    assert box.violations == {}


def test_a_carriage_that_still_brakes_takes_no_new_job(box: Box) -> None:
    box.begin("L1.B0401", "L1.D1")
    box.tick(100)
    box.mode(Mode.MANUAL)
    box.tick()
    abandon(box.plc.world, box.plc.units["L1"])
    box.mode(Mode.AUTO)
    assert box.plc.lifts["L1"].carriage.moving
    assert box.say(Kind.MOVE, "L1.B0401", "L1.D1") is Reject.BUSY
    box.until(lambda: not box.plc.lifts["L1"].carriage.moving)
    box.move("L1.B0401", "L1.D1")


def test_an_emergency_stops_a_gate_that_opens_again(box: Box) -> None:
    box.open_gate("L1.D1")
    assert box.say(Kind.SHUT_GATE, "L1.D1") is Reject.NONE
    box.tick(100)
    box.fault("gate_blocked", "L1.D1")
    assert box.done("L1.D1") == (JobState.ABORTED, Fault.GATE_BLOCKED)
    box.fault("emergency_stop", "L1")
    box.tick(200)
    assert not box.plc.world.station("L1.D1").gate.moving
    assert box.violations == {}


def test_a_gate_s_drive_is_its_own(box: Box) -> None:
    box.fault("drive_fault", "L1.D1")
    assert box.say(Kind.OPEN_GATE, "L1.D1") is Reject.DRIVE_FAULT
    assert box.plc.units["L1.D1"].state is UnitState.HELD
    box.move("L1.B0401", "L1.D2")
    box.fault("drive_fault", "L1.D1", there=False)
    box.fault("drive_fault", "L1")
    box.open_gate("L1.D1")


# --- stations ---


def test_a_gate_stays_shut_while_a_lift_serves_its_station(box: Box) -> None:
    box.begin("L1.B0401", "L1.D1")
    assert box.say(Kind.OPEN_GATE, "L1.D1") is Reject.STATION_IN_USE
    box.open_gate("L1.D2")
    assert box.done() == (JobState.ENDED, Fault.NONE)
    assert box.say(Kind.MOVE, "L1.B0201", "L1.D2") is Reject.GATE_NOT_SHUT
    assert box.say(Kind.SHUT_GATE, "L1.D2") is Reject.NONE
    assert box.say(Kind.MOVE, "L1.B0201", "L1.D2") is Reject.STATION_IN_USE
    assert box.done("L1.D2") == (JobState.ENDED, Fault.NONE)
    box.move("L1.B0201", "L1.D2")


def test_without_a_shutter_an_open_gate_and_a_running_lift_exclude_each_other(tmp_path: Path) -> None:
    box = Box(tmp_path, {"L1.B0401": 1})
    box.begin("L1.B0401", "L1.D1")
    assert box.say(Kind.OPEN_GATE, "L1.D2") is Reject.STATION_IN_USE
    box.fault("drive_fault", "L1")
    box.tick(2)
    assert box.say(Kind.OPEN_GATE, "L1.D2") is Reject.STATION_IN_USE, "also of an interrupted job"
    box.fault("drive_fault", "L1", there=False)
    goes_on(box)
    box.open_gate("L1.D2")
    assert box.say(Kind.MOVE, "L1.D1", "L1.B0401") is Reject.GATE_NOT_SHUT


def test_a_shared_station_belongs_to_one_lift_at_a_time(tmp_path: Path) -> None:
    box = Box(tmp_path, {"L1.B0401": 1, "L2.B0401": 2}, lifts=("L1", "L2"), shared=True, shutter_s=4.0)
    box.begin("L1.B0401", "L1.D1")
    assert box.say(Kind.MOVE, "L2.B0401", "L1.D1", unit="L2") is Reject.STATION_IN_USE
    box.begin("L2.B0401", "L1.D2", unit="L2")
    assert box.done() == (JobState.ENDED, Fault.NONE)
    assert box.done("L2") == (JobState.ENDED, Fault.NONE)
    assert box.places == {"L1.D1": vin(1), "L1.D2": vin(2)}
    box.move("L1.D2", "L1.B0201")  # the other lift fetches it
    assert box.say(Kind.MOVE, "L2.B0302", "L1.B0201", unit="L2") is Reject.UNKNOWN_PLACE
    assert box.violations == {}


def test_the_owner_s_emergency_stop_holds_in_a_shared_station(tmp_path: Path) -> None:
    box = Box(tmp_path, {"L2.B0401": 2}, lifts=("L1", "L2"), shared=True, shutter_s=4.0)
    box.begin("L2.B0401", "L1.D1", unit="L2")
    until_step(box, Step.PUT, "L2")
    box.fault("emergency_stop", "L1")
    assert box.done("L2") == (JobState.INTERRUPTED, Fault.EMERGENCY_STOP)
    box.fault("emergency_stop", "L1", there=False)
    assert box.say(Kind.RESUME, unit="L2") is Reject.NONE
    assert box.done("L2") == (JobState.ENDED, Fault.NONE)


def test_a_rear_bay_behind_a_car_is_out_of_reach(box: Box) -> None:
    assert box.say(Kind.MOVE, "L1.B0201", "L1.B0401R") is Reject.PATH_BLOCKED
    box.move("L1.B0401", "L1.B0401R")  # back from its own front bay
    box.move("L1.B0201", "L1.B0401")
    assert box.say(Kind.MOVE, "L1.B0401R", "L1.D1") is Reject.PATH_BLOCKED
    box.move("L1.B0401", "L1.B0201")
    box.move("L1.B0401R", "L1.B0401")
    assert box.violations == {}


# --- the mailbox ---


def test_commands_that_are_lost(box: Box) -> None:
    box.fault("mail_lost", "L1", count=2)
    for _ in range(2):
        box.say(Kind.MOVE, "L1.B0401", "L1.D1")
        assert box.job() is None
        assert box.plc.units["L1"].ack_seq == 0
    assert box.say(Kind.MOVE, "L1.B0401", "L1.D1") is Reject.NONE
    assert faults.listed(box.plc.world) == [], "it is used up"


def test_commands_that_come_late(box: Box) -> None:
    box.fault("mail_delayed", "L1", seconds=3.0)
    box.say(Kind.PARK, dst="L1.B0401")
    box.tick(115)
    assert box.job() is None
    box.tick(6)
    assert box.job() is not None


def test_commands_that_come_again(box: Box) -> None:
    box.fault("mail_duplicated", "L1")
    box.begin("L1.B0401", "L1.D1")
    first = box.plc.memory.lifts["L1"].seq
    assert box.done() == (JobState.ENDED, Fault.NONE)
    box.begin("L1.B0201", "L1.D2")
    seen = []
    for _ in range(20):
        box.tick()
        seen.append(box.plc.units["L1"].ack_seq)
    assert first in seen, "the older one is there again"
    assert (seen[-1], box.plc.units["L1"].reject) == (first + 1, Reject.OLD_SEQ), "a copy of it was refused, it was not"
    assert box.done() == (JobState.ENDED, Fault.NONE)
    assert [line["event"] for line in box.ledger() if line["event"] == "took"] == ["took", "took"]
    assert box.violations == {}


def test_a_copy_in_the_same_scan_hides_the_answer_but_not_the_job(box: Box) -> None:
    box.say(Kind.SYNC)
    box.fault("mail_duplicated", "L1", seconds=0)
    assert box.say(Kind.MOVE, "L1.B0401", "L1.D1") is Reject.OLD_SEQ
    assert box.runs(), "what it said is true of the copy only"
    assert box.lift().log[0].seq == box.lift().seq
    assert box.done() == (JobState.ENDED, Fault.NONE)
    assert [line["event"] for line in box.ledger()] == ["began", "took", "put", "ended"]


@pytest.mark.parametrize(("seconds", "reject"), [(70, Reject.EXPIRED), (-70, Reject.NONE)])
def test_a_clock_that_is_wrong(box: Box, seconds: float, reject: Reject) -> None:
    box.fault("clock_wrong", "plc", seconds=seconds)
    assert box.say(Kind.MOVE, "L1.B0401", "L1.D1") is reject


def test_a_number_is_published_after_what_is_said_of_it(box: Box) -> None:
    box.move("L1.B0401", "L1.D1")
    box.plc.faces.values(1)
    box.say(Kind.MOVE, "L1.D1", "L1.B0401")
    order = list(box.plc.faces.values(2))
    assert [name.rpartition(".")[2] for name in order if name.startswith("L1.Status.")][-3:] == [
        "RejectCode",
        "AckEpoch",
        "AckSeq",
    ]
    for first, second in [
        ("L1.Safety.Occupancy", "L1.Status.State"),
        ("L1.D1.Sensors.Occupied", "L1.Status.State"),
        ("L1.Retained.Job00", "L1.Status.State"),
        ("L1.Status.LastDoneState", "L1.Status.LastDoneEpoch"),
        ("L1.Status.LastDoneFault", "L1.Status.LastDoneEpoch"),
        ("L1.Status.LastDoneEpoch", "L1.Status.LastDoneSeq"),
    ]:
        assert order.index(first) < order.index(second)


def test_an_answer_that_is_late(box: Box) -> None:
    box.tick()
    box.plc.faces.values(1)
    box.fault("answer_late", "L1", seconds=3.0)
    box.begin("L1.B0401", "L1.D1")
    shown = box.plc.faces.values(2)
    assert shown["L1.Heartbeat.Plc"] == 2
    assert not [name for name in shown if name.startswith(("L1.Status.", "L1.Retained."))]
    assert "L1.D1.Status.State" in shown
    box.tick(125)
    shown = box.plc.faces.values(3)
    assert shown["L1.Status.AckSeq"] == box.lift().seq
    assert shown["L1.Retained.Job00"] == box.lift().log[0].text()


# --- the car in the intake ---


@pytest.mark.parametrize(
    ("kind", "reject"), [("engine_on", Reject.ENGINE_RUNNING), ("plugged", Reject.CHARGER_PLUGGED)]
)
def test_a_car_that_is_not_ready(tmp_path: Path, kind: str, reject: Reject) -> None:
    box = Box(tmp_path, {"L1.I1": 1}, shutter_s=4.0)
    box.fault(kind, "L1.I1")
    assert faults.listed(box.plc.world) == [{"kind": kind, "at": "L1.I1"}]
    assert box.say(Kind.MOVE, "L1.I1", "L1.B0401") is reject
    box.fault(kind, "L1.I1", there=False)
    box.move("L1.I1", "L1.B0401")


def test_a_plate_that_cannot_be_read(tmp_path: Path) -> None:
    box = Box(tmp_path, {"L1.I1": 1})
    box.fault("unknown_plate", "L1.I1")
    assert box.plc.sensors.plate("L1.I1") == ""
    box.fault("unknown_plate", "L1.I1", plate="京B00001")
    assert box.plc.sensors.plate("L1.I1") == "京B00001"
    box.fault("unknown_plate", "L1.I1", there=False)
    assert box.plc.sensors.plate("L1.I1") == box.plc.memory.cars[vin(1)].plate


# --- orders ---


@pytest.mark.parametrize(
    "order",
    [
        {"kind": "earthquake", "at": "L1"},
        {"kind": "person"},
        {"kind": "mail_delayed", "at": "L1", "seconds": 0},
        {"kind": "mail_lost", "at": "L1", "count": 0},
        {"kind": "person", "at": "L1", "seconds": 3},
        {"kind": "clock_wrong", "at": "L1", "seconds": 3},
    ],
)
def test_an_order_that_makes_no_sense(order: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ORDER.validate_python(order)


@pytest.mark.parametrize(
    ("kind", "at"),
    [
        ("person", "L9"),
        ("emergency_stop", "L1.D1"),
        ("gate_blocked", "L1"),
        ("sensor_stuck", "L1.B9901"),
        ("unknown_plate", "L1.D1"),
        ("plugged", "L1.D1"),
    ],
)
def test_a_part_that_is_not_there(box: Box, kind: str, at: str) -> None:
    with pytest.raises(CannotBreak):
        box.fault(kind, at)


def test_only_an_airlock_has_a_shutter_that_can_be_blocked(tmp_path: Path) -> None:
    with pytest.raises(CannotBreak):
        Box(tmp_path).fault("shutter_blocked", "L1.D1")


def test_all_faults_outlive_a_power_cut_and_can_be_cleared(box: Box) -> None:
    box.fault("sensor_stuck", "L1.B0402", value=True)
    box.fault("mail_lost", "L1.D1", count=3)
    box.fault("plugged", "L1.B0401")
    box.tick()
    box.cycle_power()
    assert faults.listed(box.plc.world) == [
        {"kind": "sensor_stuck", "at": "L1.B0402", "value": True},
        {"kind": "mail_lost", "at": "L1.D1", "count": 3},
        {"kind": "plugged", "at": "L1.B0401"},
    ]
    faults.clear(box.plc.world)
    assert faults.listed(box.plc.world) == []


# --- a technician ---


def test_a_technician_moves_cars_by_hand_but_not_in_auto(box: Box) -> None:
    with pytest.raises(CannotDo, match="lift_in_auto"):
        carry(box.plc.world, vin(1), "L1.B0402")
    box.mode(Mode.MANUAL)
    carry(box.plc.world, vin(1), "L1.B0402")
    carry(box.plc.world, vin(2), "L1")
    with pytest.raises(CannotDo, match="place_taken"):
        carry(box.plc.world, vin(2), "L1.B0402")
    with pytest.raises(CannotDo, match="no_such_car"):
        carry(box.plc.world, vin(3), "L1.B0402")
    with pytest.raises(CannotDo, match="no_such_place"):
        carry(box.plc.world, vin(2), "L1.B0909")
    carry(box.plc.world, vin(2), None)
    box.tick(3)
    assert box.places == {"L1.B0402": vin(1)}
    assert [(line["source"], line["place"]) for line in box.ledger()] == [
        ("L1.B0401", "L1.B0402"),
        ("L1.B0201", "L1"),
        ("L1", ""),
    ]
    assert box.violations == {}


def test_a_running_job_is_not_abandoned(box: Box) -> None:
    box.begin("L1.B0401", "L1.D1")
    assert not box.plc.units["L1"].abandon()
    box.mode(Mode.MANUAL)
    box.tick()
    abandon(box.plc.world, box.plc.units["L1"])
    with pytest.raises(CannotDo, match="no_interrupted_job"):
        abandon(box.plc.world, box.plc.units["L1"])
    assert box.done() == (JobState.ABORTED, Fault.MODE_CHANGED)


def test_after_an_abandoned_job_the_machine_is_whole_again(box: Box) -> None:
    box.begin("L1.B0401", "L1.D1")
    until_step(box, Step.PUT)
    box.mode(Mode.MANUAL)
    box.tick(2)
    abandon(box.plc.world, box.plc.units["L1"])
    carry(box.plc.world, vin(1), "L1.B0401")
    box.mode(Mode.AUTO)
    box.tick(2)
    box.move("L1.B0401", "L1.D1")
    assert box.violations == {}


# --- the key switch ---


def turns(box: Box) -> set[object]:
    """As each unit of the lift shows it."""
    return {unit.status()["ModeChanges"] for name, unit in box.plc.units.items() if name.startswith("L1")}


def test_each_turn_of_the_key_switch_is_counted(box: Box) -> None:
    assert turns(box) == {0}
    for count, mode in enumerate((Mode.MANUAL, Mode.SERVICE, Mode.AUTO), 1):
        box.mode(mode)
        box.mode(mode)
        assert turns(box) == {count}, "to where it stands is no turn"
        box.tick()
        box.cycle_power()
        assert turns(box) == {count}


def test_the_count_of_turns_wraps(box: Box) -> None:
    box.lift().mode_changes = MAX_UINT32
    box.mode(Mode.MANUAL)
    assert turns(box) == {0}


def test_a_key_that_stands_elsewhere_when_the_power_comes_back_is_one_turn(box: Box) -> None:
    box.plc.find_keys({"L1": Mode.MANUAL})
    assert (turns(box), box.lift().mode) == ({1}, Mode.MANUAL)
    box.cycle_power()
    box.plc.find_keys({"L1": Mode.MANUAL})
    assert turns(box) == {1}
