"""Cars that were moved, taken out or brought back by hand, and what becomes of the jobs that wait for them."""

from collections.abc import Callable
from typing import Any

import pytest

from autosilo.site.control import CannotObey, CannotResolve, EventKind, bring_back, collect, requests, technician
from autosilo.site.control.dispatching import Dispatching
from autosilo.site.control.errands import errand
from autosilo.site.control.jobs.move import CannotBegin
from autosilo.site.control.jobs.retrieve import Retrieve
from autosilo.site.control.jobs.store import Store
from autosilo.site.control.journal import JournalledJob
from autosilo.site.control.moves import give_back
from autosilo.site.control.states import Collect, Errand, Purpose, Return
from autosilo.wire.mailbox import GateState, Mode

V1, V2 = "LTST0000000000001", "LTST0000000000002"
BAY, OTHER, THIRD = "L1.B0102", "L1.B0201", "L1.B0202"
DELIVERY, INTAKE = "L1.D1", "L1.I1"
CAR = {"plate": "A1", "length_mm": 4500, "width_mm": 1800, "height_mm": 1500, "mass_kg": 1500}
OPEN = {"gate": GateState.OPEN}

Still = Any
Make = Callable[..., Still]


def job_of(still: Still, purpose: Purpose, state: str, vin: str = V1, **where: str) -> JournalledJob:
    job = still.floor.journal.add_job(job_key=f"t:{purpose}", purpose=purpose, vin=vin, plate="A1", state=state)
    return still.floor.journal.update_job(job.id, state=state, **where)  # type: ignore[no-any-return]


def hurry(still: Still, station: str) -> None:
    """Short waits at this gate."""
    one = still.floor.stations[station]
    one.times = one.times.model_copy(update={"clear_s": 0.02, "collect_patience_s": 0.2})


def begin_walk(still: Still) -> None:
    still.floor.ledger.open_walk("L1", why="the key switch was on Manual", every=True)


def end_walk(still: Still) -> None:
    """Every place of the lift is as the journal has it."""
    floor = still.floor
    still.see("L1")
    for place in (place for place in floor.lifts["L1"].places if place.startswith("L1.")):
        technician.confirm_bay(floor, place, floor.journal.inventory.get(place), by="li")
    technician.finish_reconciliation(floor, "L1", by="li")


def carried(still: Still, vin: str, to: str | None) -> None:
    """Somebody says so in a walk, from its beginning to its end."""
    begin_walk(still)
    source = still.floor.journal.place_of(vin)
    if to is not None:
        technician.confirm_bay(still.floor, to, vin, by="li")
    else:
        technician.confirm_bay(still.floor, source, None, by="li")
    end_walk(still)


def now(still: Still, job: JournalledJob) -> JournalledJob:
    return still.floor.journal.job(job.id)  # type: ignore[no-any-return]


# --- a visit whose car is not at its gate any more ---


@pytest.mark.parametrize(("to", "state"), [(BAY, Collect.QUEUED), (None, Collect.ABANDONED)])
async def test_no_gate_opens_on_a_car_that_was_carried_back(still: Make, to: str | None, state: str) -> None:
    one = still(cars={DELIVERY: V1})
    job = job_of(one, Purpose.COLLECT, Collect.AT_GATE, station=DELIVERY, lift="L1")
    carried(one, V1, to)
    await collect.step(one.floor, Dispatching(one.floor), now(one, job))
    assert now(one, job).state == state
    assert one.floor.journal.place_of(V1) == to
    assert EventKind.LEFT not in one.kinds()
    assert now(one, job).detail == (None if to else "not_here")


async def test_a_gate_that_opened_meanwhile_is_shut_and_nothing_is_handed_over(still: Make) -> None:
    one = still(cars={BAY: V1})
    job = job_of(one, Purpose.COLLECT, Collect.GATE_OPEN, station=DELIVERY, lift="L1")
    await collect.step(one.floor, Dispatching(one.floor), job)
    assert now(one, job).state == Collect.ABANDONING
    hurry(one, DELIVERY)
    await collect.step(one.floor, Dispatching(one.floor), now(one, job))
    assert now(one, job).state == Collect.ABANDONED
    assert dict(one.floor.journal.inventory) == {BAY: V1}
    assert not {EventKind.LEFT, EventKind.HANDED_OVER} & set(one.kinds())


async def test_the_job_waits_while_nobody_has_said_where_the_car_is(still: Make) -> None:
    one = still(cars={DELIVERY: V1})
    job = job_of(one, Purpose.COLLECT, Collect.AT_GATE, station=DELIVERY, lift="L1")
    begin_walk(one)
    technician.confirm_bay(one.floor, DELIVERY, None, by="li")
    technician.confirm_bay(one.floor, DELIVERY, None, by="li")
    one.floor.ledger.open_walk("L2", why="L2", every=False)
    one.floor.ledger.finish(one.floor.ledger.walks["L2"], by="li")
    assert now(one, job).state == Collect.AT_GATE
    technician.confirm_bay(one.floor, BAY, V1, by="li")
    await collect.step(one.floor, Dispatching(one.floor), job)
    assert (now(one, job).state, now(one, job).station) == (Collect.QUEUED, None)


def test_a_car_at_an_open_gate_stands_in_no_bay(still: Make) -> None:
    one = still(cars={DELIVERY: V1})
    job_of(one, Purpose.COLLECT, Collect.GATE_OPEN, station=DELIVERY)
    begin_walk(one)
    for place, vin in ((BAY, V1), (DELIVERY, None)):
        with pytest.raises(CannotObey) as refused:
            technician.confirm_bay(one.floor, place, vin, by="li")
        assert refused.value.reason == "in_use"
    technician.confirm_bay(one.floor, DELIVERY, V1, by="li")
    assert dict(one.floor.journal.inventory) == {DELIVERY: V1}


def test_a_car_whose_return_is_under_way_stands_in_no_bay(still: Make) -> None:
    one = still()
    job = job_of(one, Purpose.RETURN, Return.GATE_OPEN, station=INTAKE)
    begin_walk(one)
    with pytest.raises(CannotObey) as refused:
        technician.confirm_bay(one.floor, OTHER, V1, by="li")
    assert refused.value.reason == "in_use"
    one.see(INTAKE, occupied=True, **OPEN, **CAR)
    bring_back._judge(one.floor, job)
    assert now(one, job).state == Return.ACCEPTED


# --- jobs that wait for a lift ---

WAITING = [
    (Purpose.RETURN, Return.STORING, INTAKE, BAY, Return.STORED),
    (Purpose.RETURN, Return.STORING, INTAKE, None, Return.DISMISSED),
    (Purpose.RETURN, Return.STORING, INTAKE, DELIVERY, Return.STORING),
    (Purpose.COLLECT, Collect.PUTTING_BACK, DELIVERY, BAY, Collect.ABANDONED),
    (Purpose.COLLECT, Collect.PUTTING_BACK, DELIVERY, None, Collect.ABANDONED),
    (Purpose.COLLECT, Collect.QUEUED, OTHER, BAY, Collect.QUEUED),
    (Purpose.COLLECT, Collect.QUEUED, OTHER, None, Collect.ABANDONED),
    (Purpose.UNSTAGE, Errand.QUEUED, DELIVERY, BAY, Errand.DONE),
    (Purpose.UNSTAGE, Errand.QUEUED, DELIVERY, None, Errand.WITHDRAWN),
    (Purpose.STAGE, Errand.QUEUED, OTHER, DELIVERY, Errand.WITHDRAWN),
    (Purpose.STAGE, Errand.QUEUED, OTHER, None, Errand.WITHDRAWN),
    (Purpose.RELOCATE, Errand.QUEUED, OTHER, DELIVERY, Errand.WITHDRAWN),
]


@pytest.mark.parametrize(("purpose", "state", "at", "to", "then"), WAITING)
def test_after_a_walk_each_job_is_what_its_cars_place_asks_for(
    still: Make, purpose: Purpose, state: str, at: str, to: str | None, then: str
) -> None:
    one = still(cars={at: V1})
    promised = {} if state == "queued" else {"station": at, "bay": THIRD}
    job = job_of(one, purpose, state, **promised)
    carried(one, V1, to)
    assert now(one, job).state == then
    assert now(one, job).detail == (None if to else "not_here")
    if (to, then) == (DELIVERY, Return.STORING):
        (request,) = requests.waiting(one.floor)
        Store(V1, request.options[0].destination).check(one.floor.lifts["L1"], one.floor.journal)
    if then in (Return.STORED, Return.DISMISSED):
        one.see(INTAKE)
        assert one.floor.free_station(one.floor.stations[INTAKE])
    was_told = [event.place for event in one.events if event.kind is EventKind.STORED]
    ended_in_a_bay = to == BAY and then != Collect.QUEUED
    assert was_told == ([BAY] if ended_in_a_bay else [])


def test_it_is_so_too_when_the_sensors_end_the_walk(still: Make) -> None:
    one = still(cars={INTAKE: V1})
    job = job_of(one, Purpose.RETURN, Return.STORING, station=INTAKE)
    one.floor.ledger.open_walk("L1", why="differs", every=False)
    technician.confirm_bay(one.floor, BAY, V1, by="li")
    one.see("L1")
    assert one.floor.lifts["L1"]._compare(1)
    assert (now(one, job).state, now(one, job).bay) == (Return.STORED, BAY)


def test_a_lifts_own_job_is_asked_when_the_lift_gives_it_back(still: Make) -> None:
    one = still(cars={INTAKE: V1})
    job = job_of(one, Purpose.RETURN, Return.STORING, station=INTAKE, bay=THIRD, lift="L1")
    carried(one, V1, BAY)
    assert now(one, job).state == Return.STORING
    give_back(one.floor, now(one, job))
    assert (now(one, job).state, now(one, job).bay) == (Return.STORED, BAY)


def test_nothing_is_stored_out_of_a_bay(still: Make) -> None:
    one = still(cars={BAY: V1})
    errand(one.floor, Purpose.UNSTAGE, V1)
    assert [request.options for request in requests.waiting(one.floor)] == [()]


def test_a_car_that_was_put_into_an_intake_is_stored(still: Make) -> None:
    one = still(cars={BAY: V1})
    job = job_of(one, Purpose.COLLECT, Collect.QUEUED)
    carried(one, V1, INTAKE)
    assert now(one, job).state == Collect.QUEUED
    assert sorted((one.kind.value, len(one.options)) for one in requests.waiting(one.floor)) == [
        ("retrieve", 0),
        ("unstage", 1),
    ]


# --- the walk itself ---


def test_nothing_is_confirmed_before_the_key_is_back_on_auto(still: Make) -> None:
    one = still(cars={BAY: V1})
    lift = one.floor.lifts["L1"]
    one.see("L1", mode=Mode.MANUAL)
    lift.watch()
    with pytest.raises(CannotObey) as refused:
        technician.confirm_bay(one.floor, BAY, V1, by="li")
    assert refused.value.reason == "not_auto"


def test_what_was_said_before_the_key_was_turned_again_counts_no_more(still: Make) -> None:
    one = still(cars={BAY: V1, OTHER: V2})
    floor, lift = one.floor, one.floor.lifts["L1"]
    one.see("L1", mode=Mode.MANUAL, mode_changes=1)
    lift.watch()
    one.see("L1", mode_changes=2)
    lift.watch()
    for place in (place for place in lift.places if place.startswith("L1.")):
        technician.confirm_bay(floor, place, floor.journal.inventory.get(place), by="li")
    first = floor.ledger.walks["L1"]
    one.see("L1", mode=Mode.SERVICE, mode_changes=3)
    lift.watch()
    lift.watch()
    one.see("L1", mode_changes=4)
    lift.watch()
    with pytest.raises(CannotObey) as refused:
        technician.finish_reconciliation(floor, "L1", by="li")
    assert refused.value.reason == "not_confirmed"
    again = floor.ledger.walks["L1"]
    assert (again.why, again.since > first.since) == ("the key switch was on Service", True)
    assert type(floor.ledger)(floor.journal).confirmed(again) == {}, "also after a restart"
    end_walk(one)
    assert floor.ledger.walks == {}


# --- blocked bays, and lifts out of service ---


def test_a_bay_that_was_blocked_meanwhile_is_neither_filled_nor_emptied(still: Make) -> None:
    one = still(cars={INTAKE: V1, OTHER: V2})
    floor, lift = one.floor, one.floor.lifts["L1"]
    storing = job_of(one, Purpose.RETURN, Return.STORING, station=INTAKE, bay=BAY, lift="L1")
    fetching = job_of(one, Purpose.COLLECT, Collect.FETCHING, V2, station=DELIVERY, lift="L1")
    Store(V1, BAY).check(lift, floor.journal)
    Retrieve(V2, DELIVERY).check(lift, floor.journal)
    for place in (BAY, OTHER):
        technician.block_bay(floor, place, reason="bent", by="li")
    with pytest.raises(CannotBegin, match="blocked: bent"):
        Store(V1, BAY).check(lift, floor.journal)
    with pytest.raises(CannotBegin, match="blocked: bent"):
        Retrieve(V2, DELIVERY).check(lift, floor.journal)
    give_back(floor, storing)
    give_back(floor, fetching)
    assert (now(one, storing).state, now(one, storing).bay, now(one, storing).lift) == (Return.STORING, None, None)
    (request,) = requests.waiting(floor)
    assert BAY not in {way.destination for way in request.options}
    assert (now(one, fetching).state, now(one, fetching).detail) == (Collect.ABANDONED, "bay_blocked")


async def test_a_plan_that_cannot_be_is_an_answer_and_no_fault(still: Make) -> None:
    one = still(cars={INTAKE: V1})
    floor, lift = one.floor, one.floor.lifts["L1"]
    technician.take_out_of_service(floor, "L1", reason="rope", by="li")
    with pytest.raises(CannotBegin, match="out of service: rope"):
        await Store(V1, BAY).run(lift, floor.journal)
    assert lift.hold is None
    assert floor.journal.open_command("L1") is None


def test_who_waits_for_a_car_on_a_lift_that_went_out_of_service_is_told(still: Make) -> None:
    one = still(cars={BAY: V1})
    job = job_of(one, Purpose.COLLECT, Collect.FETCHING, station=DELIVERY, lift="L1")
    technician.take_out_of_service(one.floor, "L1", reason="rope", by="li")
    give_back(one.floor, job)
    assert (now(one, job).state, now(one, job).detail) == (Collect.ABANDONED, "out_of_service")


# --- people at a gate ---


async def test_a_sensor_that_flickers_hands_nothing_over(still: Make) -> None:
    one = still(cars={DELIVERY: V1})
    hurry(one, DELIVERY)
    job = job_of(one, Purpose.COLLECT, Collect.GATE_OPEN, station=DELIVERY)
    one.see(DELIVERY, occupied=False, **OPEN)
    station = one.floor.stations[DELIVERY]
    looks = 0

    async def changed(*_: object, **__: object) -> None:
        nonlocal looks
        looks += 1
        one.see(DELIVERY, occupied=True, **OPEN)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(station._link, "changed", changed)
        await collect.step(one.floor, Dispatching(one.floor), job)
    assert looks > 0
    assert now(one, job).state == Collect.ABANDONING
    assert EventKind.LEFT not in one.kinds()


async def test_a_car_that_rolled_back_in_is_not_handed_over(still: Make) -> None:
    one = still(cars={DELIVERY: V1})
    one.floor.journal.learn_classes({V1: 1})
    hurry(one, DELIVERY)
    job = job_of(one, Purpose.COLLECT, Collect.GATE_OPEN, station=DELIVERY)
    one.see(DELIVERY, occupied=False, **OPEN)
    await collect.step(one.floor, Dispatching(one.floor), job)
    assert now(one, job).state == Collect.LEFT
    one.see(DELIVERY, occupied=True)
    await collect.step(one.floor, Dispatching(one.floor), now(one, job))
    assert now(one, job).state == Collect.AT_GATE, "it is presented anew"
    assert (one.floor.journal.place_of(V1), one.floor.journal.class_of(V1)) == (DELIVERY, 1)
    assert EventKind.HANDED_OVER not in one.kinds()
    assert one.kinds()[-1] is EventKind.DWELLING, "and a person is called"


async def test_a_car_that_left_is_out_of_the_books_when_the_gate_is_shut(still: Make) -> None:
    one = still(cars={DELIVERY: V1})
    hurry(one, DELIVERY)
    job = job_of(one, Purpose.COLLECT, Collect.LEFT, station=DELIVERY)
    one.see(DELIVERY, occupied=False)
    await collect.step(one.floor, Dispatching(one.floor), job)
    assert now(one, job).state == Collect.DONE
    assert dict(one.floor.journal.inventory) == {}
    assert one.kinds() == [EventKind.HANDED_OVER]


async def test_without_a_free_bay_a_car_is_refused_once_and_taken_in_when_there_is_one(
    still: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = still()
    hurry(one, INTAKE)
    one.see(INTAKE, occupied=True, **OPEN, **CAR)
    job = job_of(one, Purpose.RETURN, Return.GATE_OPEN, station=INTAKE)
    monkeypatch.setattr(bring_back, "_bay", lambda *_: None)
    bring_back._judge(one.floor, job)
    looks = 0

    async def changed(*_: object, **__: object) -> None:
        nonlocal looks
        looks += 1
        if looks == 5:
            monkeypatch.setattr(bring_back, "_bay", lambda *_: BAY)

    monkeypatch.setattr(one.floor.stations[INTAKE]._link, "changed", changed)
    await bring_back.step(one.floor, Dispatching(one.floor), now(one, job))
    assert looks >= 5
    assert one.kinds() == [EventKind.REFUSED]
    assert (now(one, job).state, now(one, job).bay) == (Return.ACCEPTED, BAY)


async def test_a_person_is_called_for_a_car_that_stays_whatever_it_is_refused_for(
    still: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = still()
    hurry(one, INTAKE)
    one.see(INTAKE, occupied=True, plugged=True, **OPEN, **CAR)
    job = job_of(one, Purpose.RETURN, Return.GATE_OPEN, station=INTAKE)
    bring_back._judge(one.floor, job)
    minded: list[str] = []
    minding = type(one.floor).minding

    def counted(self: Any, job: JournalledJob, reason: Any) -> Any:
        minded.append(reason)
        return minding(self, job, reason)

    monkeypatch.setattr(type(one.floor), "minding", counted)
    looks = 0

    async def changed(*_: object, **__: object) -> None:
        nonlocal looks
        looks += 1
        if looks == 3:
            one.see(INTAKE, occupied=True, engine_running=True, **OPEN, **CAR)
        if now(one, job).detail == "engine_running":
            one.see(INTAKE, **OPEN)

    monkeypatch.setattr(one.floor.stations[INTAKE]._link, "changed", changed)
    await bring_back.step(one.floor, Dispatching(one.floor), now(one, job))
    assert minded == ["car_stays"]
    assert [event.detail for event in one.events] == ["plugged_in", "engine_running"]
    assert now(one, job).state == Return.DISMISSING


# --- letting the tower go on ---


def test_what_can_go_on_goes_on_and_the_order_was_heard(still: Make) -> None:
    one = still()
    first, second = (one.floor.lifts[name] for name in ("L1", "L2"))
    one.see("L1", mode=Mode.SERVICE)
    first.watch()
    second.halt("drive fault", "L2")
    technician.resolve(one.floor, by="li")
    assert (first.hold is None, second.hold is None) == (False, True)
    assert one.kinds()[-1] is EventKind.RELEASED
    with pytest.raises(CannotResolve) as refused:
        technician.resolve(one.floor, by="li")
    assert (refused.value.reason, refused.value.look_at) == ("not_auto", "L1")


def test_of_several_that_cannot_go_on_every_reason_is_said(still: Make) -> None:
    one = still()
    one.see("L1", mode=Mode.SERVICE)
    one.see("L2", emergency=True)
    one.floor.lifts["L1"].watch()
    one.floor.lifts["L2"].halt("emergency stop", "L2")
    with pytest.raises(CannotResolve, match="L1: the key switch is not on Auto; L2: emergency stop is pressed"):
        technician.resolve(one.floor, by="li")
