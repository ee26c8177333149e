import asyncio
from datetime import timedelta

import pytest

from autosilo.site.admission import Purpose
from autosilo.site.control.types import EventKind
from autosilo.site.progress import Phase
from autosilo.site.service import CannotBegin
from autosilo.site.visits.states import VisitState
from autosilo.wire.bus import ForgetVisitor, Method
from autosilo.wire.cars import CarState

VIN = "LSVAA4187E2123456"


def phase(box, trial):
    progress = box.service.board.of(trial)
    return progress and progress.phase


def begin(box, trial):
    return box.service.begin(trial, method=Method.FACE, kiosk="k1")


async def collected(box, soon):
    """A visit whose car is out."""
    trial = box.expect().trial
    begin(box, trial)
    await soon(lambda: phase(box, trial) is Phase.GATE_OPEN)
    await box.tower.drive_out(VIN)
    await soon(lambda: phase(box, trial) is Phase.HANDED_OVER)
    return trial


async def test_a_collection_from_recognition_to_the_shut_gate(box, soon) -> None:
    box.cars.heard(
        CarState(
            vin=VIN,
            charge=0.8,
            range_km=400,
            odometer_km=12.5,
            speed_kmh=0,
            locked=True,
            plugged=False,
            where="tower",
            trip_km=0,
        )
    )
    trial = box.expect().trial
    assert begin(box, trial).purpose is Purpose.COLLECT
    await soon(lambda: phase(box, trial) is Phase.GATE_OPEN)
    assert box.visits.find(trial).state is VisitState.COLLECTING
    await soon(lambda: len(box.commands) >= 2)
    assert {(one.kind, one.vin, one.station) for one in box.commands} == {("unlock", VIN, "L1.D1")}
    assert len({one.id for one in box.commands}) == len(box.commands)
    await box.tower.drive_out(VIN)
    await soon(lambda: phase(box, trial) is Phase.HANDED_OVER)
    assert box.kinds() == ["visitor_identified", "car_at_gate", "car_handed_over"]
    last = box.facts()[-1]
    assert (last.odometer_km, last.charge) == (12.5, 0.8)
    assert box.visits.find(trial).state is VisitState.OUT
    told = len(box.commands)
    await asyncio.sleep(0.06)
    assert len(box.commands) == told, "a car that is out is not unlocked any more"


async def test_a_return_from_recognition_to_the_bay(box, soon) -> None:
    trial = await collected(box, soon)
    box.commands.clear()
    assert begin(box, trial).purpose is Purpose.RETURN
    await soon(lambda: box.commands)
    assert (box.commands[0].kind, box.commands[0].station) == ("intake_open", "L1.I1")
    await box.tower.drive_in(VIN)
    await soon(lambda: phase(box, trial) is Phase.TAKEN_IN)
    assert box.kinds()[-2:] == ["visitor_identified", "car_taken_in"]
    assert box.visits.find(trial).state is VisitState.DONE
    assert box.tower.place_of(VIN) == "L1.B0101"


@pytest.mark.parametrize("stage", ["fetching", "gate_open"])
async def test_after_a_kill_the_visit_goes_on_and_nothing_moves_twice(box, make_box, soon, stage) -> None:
    trial = box.expect().trial
    if stage == "fetching":
        box.tower.slow()
    begin(box, trial)
    await soon(lambda: phase(box, trial) is Phase(stage))
    await box.service.stop()  # the process is gone; tower and file stay
    again = make_box(box.path, box.tower)
    await again.start()
    box.tower.may_move.set()
    await soon(lambda: phase(again, trial) is Phase.GATE_OPEN)
    await box.tower.drive_out(VIN)
    await soon(lambda: phase(again, trial) is Phase.HANDED_OVER)
    assert again.kinds() == ["visitor_identified", "car_at_gate", "car_handed_over"]
    assert len(box.tower.moves) == 1
    await again.stop()


async def test_a_kill_right_after_an_abandoned_collection_does_not_fetch_the_car_again(box, make_box, soon) -> None:
    trial = box.expect().trial
    box.tower.slow()
    begin(box, trial)
    await soon(lambda: phase(box, trial) is Phase.FETCHING)
    await box.service.stop()
    box.tower.jobs[f"{trial}:collect"] = "abandoned"  # in the tower's journal, but not yet in the visits' store
    again = make_box(box.path, box.tower)
    await again.start()
    await soon(lambda: phase(again, trial) is Phase.FAILED)
    assert again.visits.find(trial).state is VisitState.EXPECTED
    assert box.tower.moves == []
    await again.stop()


async def test_beginning_twice_is_one_collection(box, soon) -> None:
    trial = box.expect().trial
    box.tower.slow()
    begin(box, trial)
    assert box.service.begin(trial, method=Method.PASS, kiosk="k2").phase is Phase.FETCHING
    assert box.visits.find(trial).kiosk == "k2"
    assert box.kinds() == ["visitor_identified"]


@pytest.mark.parametrize(("hours", "reason"), [(-30, "too_early"), (30, "too_late")])
async def test_outside_its_time_a_car_is_not_fetched(box, hours, reason) -> None:
    now = box.clock.now() - timedelta(hours=hours)
    trial = box.expect(collect_from=now, collect_until=now + timedelta(hours=1)).trial
    with pytest.raises(CannotBegin) as refusal:
        begin(box, trial)
    assert refusal.value.reason == reason
    assert refusal.value.not_now.since == now


async def test_a_late_return_is_taken_in(box, soon) -> None:
    trial = await collected(box, soon)
    box.visits.db.execute("UPDATE visit SET return_until = '2020-01-01T00:00:00.000000+00:00'")
    assert begin(box, trial).purpose is Purpose.RETURN


async def test_a_car_that_is_not_here_calls_a_person(box, soon) -> None:
    box.tower.cars.clear()
    trial = box.expect().trial
    begin(box, trial)
    await soon(lambda: phase(box, trial) is Phase.FAILED)
    assert box.service.board.of(trial).reason == "not_here"
    assert box.kinds() == ["visitor_identified", "help_wanted"]
    assert box.visits.find(trial).state is VisitState.EXPECTED


async def test_a_full_tower_refuses_and_may_be_tried_again(box, soon) -> None:
    trial = await collected(box, soon)
    box.tower.cars = {bay: f"LSVAA4187E200000{n}" for n, bay in enumerate(box.tower.bays)}
    begin(box, trial)
    await soon(lambda: box.visits.find(trial).state is VisitState.OUT)
    assert box.facts()[-1].reason == "no_free_bay"
    box.tower.cars.clear()
    begin(box, trial)
    await soon(lambda: phase(box, trial) is Phase.INTAKE_OPEN)


async def test_a_car_that_is_believed_inside_calls_a_person_by_that_reason(box, soon) -> None:
    trial = await collected(box, soon)
    box.tower.cars["L1.B0103"] = VIN
    begin(box, trial)
    await soon(lambda: box.visits.find(trial).state is VisitState.OUT)
    assert (box.facts()[-1].kind, box.facts()[-1].reason) == ("help_wanted", "already_here")


async def test_a_refused_car_is_let_out_before_another_try(box, soon) -> None:
    trial = await collected(box, soon)
    box.tower.refusal = "plugged_in"
    begin(box, trial)
    await soon(lambda: phase(box, trial) is Phase.INTAKE_OPEN)
    await box.tower.drive_in(VIN)
    await soon(lambda: phase(box, trial) is Phase.REFUSED)
    box.commands.clear()
    await soon(lambda: [one.kind for one in box.commands[:1]] == ["unlock"])
    assert box.visits.find(trial).state is VisitState.RETURNING
    await box.tower.drive_out(VIN)
    await soon(lambda: box.visits.find(trial).state is VisitState.OUT)
    assert box.kinds().count("intake_refused") == 1
    box.tower.refusal = None
    begin(box, trial)
    await soon(lambda: phase(box, trial) is Phase.INTAKE_OPEN)
    await box.tower.drive_in(VIN)
    await soon(lambda: phase(box, trial) is Phase.TAKEN_IN)


async def test_a_visit_called_off_while_the_car_comes_down_ends_in_order(box, soon) -> None:
    trial = box.expect().trial
    box.tower.slow()
    begin(box, trial)
    box.visits.forget(ForgetVisitor(trial=trial, reason="cancelled"), now=box.clock.now())
    assert box.visits.find(trial).state is VisitState.COLLECTING
    box.tower.may_move.set()
    await soon(lambda: phase(box, trial) is Phase.GATE_OPEN)
    await box.tower.drive_out(VIN)
    await soon(lambda: phase(box, trial) is Phase.HANDED_OVER)
    assert box.visits.find(trial).state is VisitState.OUT, "the car is out: it is expected back"


async def test_a_visit_that_is_over_cannot_begin(box) -> None:
    trial = box.expect().trial
    box.visits.forget(ForgetVisitor(trial=trial, reason="cancelled"), now=box.clock.now())
    with pytest.raises(CannotBegin, match="gone"):
        begin(box, trial)


async def test_tower_events_move_the_screen(box, soon) -> None:
    trial = box.expect().trial
    box.tower.slow()
    begin(box, trial)
    box.tower.tell(EventKind.QUEUED, job_key=f"{trial}:collect", vin=VIN)
    assert phase(box, trial) is Phase.QUEUED
    box.tower.tell(EventKind.MOVING, job_key="operator's own job")
    assert phase(box, trial) is Phase.QUEUED
