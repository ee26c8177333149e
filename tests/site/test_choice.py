"""A visitor gets the car of their kind that is there soonest, and whoever was to have that gets theirs."""

from datetime import timedelta
from uuid import uuid4

from autosilo.site.progress import Phase
from autosilo.site.visits.states import VisitState
from autosilo.wire.alike import CarAlike
from autosilo.wire.bus import Method

VIN = "LSVAA4187E2123456"
OTHER = CarAlike(vin="LSVAA4187E2000002", plate="沪A·D00002")


def begin(box, trial):
    return box.service.begin(trial, method=Method.FACE, kiosk="k1")


def offer(box, *, seconds: float = 30.0) -> None:
    box.tower.cars["L1.B0103"] = OTHER.vin
    box.tower.sooner[OTHER.vin] = seconds
    box.offers = (OTHER,)


async def fetched(box, soon, trial) -> None:
    await soon(lambda: (one := box.service.board.of(trial)) and one.phase is Phase.GATE_OPEN)


async def test_another_car_of_the_kind_is_fetched_and_the_platform_is_told_first(box, soon) -> None:
    offer(box)
    trial = box.expect().trial
    begin(box, trial)
    await fetched(box, soon, trial)
    assert box.tower.place_of(OTHER.vin) == "L1.D1"
    assert box.kinds() == ["visitor_identified", "car_chosen", "car_at_gate"]
    assert {one.vin for one in box.facts()[1:]} == {OTHER.vin}
    visit = box.visits.find(trial)
    assert (visit.vin, visit.plate) == (OTHER.vin, OTHER.plate)
    assert box.service.board.of(trial).vin == OTHER.vin


async def test_whoever_was_to_have_it_later_gets_the_other_one(box, soon) -> None:
    offer(box)
    trial = box.expect().trial
    soon_due = box.clock.now() + timedelta(hours=5)
    later = box.expect(
        trial=uuid4(), vin=OTHER.vin, plate=OTHER.plate, pass_digest="1" * 64,
        collect_from=soon_due, collect_until=soon_due + timedelta(hours=1),
    )  # fmt: skip
    far = box.expect(
        trial=uuid4(), vin=OTHER.vin, plate=OTHER.plate, pass_digest="2" * 64,
        collect_from=soon_due + timedelta(days=6), collect_until=soon_due + timedelta(days=7),
    )  # fmt: skip
    before = box.visits.find(trial)
    begin(box, trial)
    await fetched(box, soon, trial)
    assert box.visits.find(later.trial).vin == before.vin
    assert box.visits.find(later.trial).plate == before.plate
    assert box.visits.find(far.trial).vin == OTHER.vin, "by then it is back"


async def test_what_was_ordered_stays_where_nothing_is_gained_or_nobody_answers(box, soon) -> None:
    offer(box, seconds=90.0)
    trial = box.expect().trial
    begin(box, trial)
    await fetched(box, soon, trial)
    assert box.visits.find(trial).vin == VIN
    assert "car_chosen" not in box.kinds()


async def test_a_car_that_somebody_has_is_never_chosen(box, soon) -> None:
    offer(box)
    other = box.expect(trial=uuid4(), vin=OTHER.vin, pass_digest="1" * 64)
    box.visits.change(other.trial, VisitState.EXPECTED, VisitState.COLLECTING, why="test", now=box.clock.now())
    trial = box.expect().trial
    begin(box, trial)
    await fetched(box, soon, trial)
    assert box.visits.find(trial).vin == VIN


async def test_a_car_that_stands_ready_is_taken_without_asking(box, soon) -> None:
    offer(box)
    box.tower.cars = {"L1.D1": VIN, "L1.B0103": OTHER.vin}
    trial = box.expect().trial
    begin(box, trial)
    await fetched(box, soon, trial)
    assert box.visits.find(trial).vin == VIN


async def test_a_visitor_who_left_while_the_platform_was_asked_changes_nothing(box) -> None:
    offer(box)
    trial = box.expect().trial
    visit = box.visits.find(trial)

    async def slow(_trial):
        box.visits.change(trial, VisitState.EXPECTED, VisitState.DONE, why="test", now=box.clock.now())
        return (OTHER,)

    box.choice._ask = slow
    assert (await box.choice.settle(visit)).state is VisitState.DONE
    assert box.kinds() == []
