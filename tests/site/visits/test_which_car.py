"""Whatever is ordered, and when: the car that is on its way, or out, is the visit's car."""

from datetime import UTC, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autosilo.site.db import SiteDb
from autosilo.site.visits.states import VisitState
from autosilo.site.visits.store import VisitStore
from autosilo.site.visits.which_car import car_of
from autosilo.wire.bus import Method

CARS = ("LSVAA4187E2123456", "LSVAA4187E2654321", "LSVAA4187E2777777")
WAYS = {
    "begin": (VisitState.EXPECTED, VisitState.COLLECTING),
    "fail": (VisitState.COLLECTING, VisitState.EXPECTED),
    "leave": (VisitState.COLLECTING, VisitState.OUT),
    "come_back": (VisitState.OUT, VisitState.RETURNING),
    "refuse": (VisitState.RETURNING, VisitState.OUT),
    "take_in": (VisitState.RETURNING, VisitState.DONE),
}
steps = st.lists(st.one_of(st.sampled_from(CARS), st.sampled_from(sorted(WAYS))), max_size=25)


def other(one, revision, vin):
    """The next revision, which names another car: its plate and colour say which."""
    n = CARS.index(vin)
    return one.model_copy(update={"revision": revision, "vin": vin, "plate": f"P{n}", "paint_hex": f"#00000{n}"})


def held(visit):
    return {"vin": visit.vin, "plate": visit.plate, "model_name": visit.model_name, "paint_hex": visit.paint_hex}


async def test_another_car_is_taken_while_nothing_has_begun(box) -> None:
    one = box.expect()
    assert box.visits.expect(other(one, 2, CARS[1]), now=box.clock.now())
    assert box.visits.find(one.trial).vin == CARS[1]


async def test_a_car_that_comes_down_is_not_exchanged_by_an_order_not_even_after_a_kill(box, make_box, soon) -> None:
    one = box.expect()
    box.tower.slow()
    box.service.begin(one.trial, method=Method.FACE, kiosk="k1")
    assert box.visits.expect(other(one, 2, CARS[1]), now=box.clock.now())
    await box.service.stop()
    again = make_box(box.path, box.tower)
    await again.start()
    box.tower.may_move.set()
    await soon(lambda: "car_at_gate" in again.kinds())
    await box.tower.drive_out(CARS[0])
    await soon(lambda: "car_handed_over" in again.kinds())
    assert [fact.vin for fact in again.facts() if fact.kind == "car_handed_over"] == [CARS[0]]
    visit = again.visits.find(one.trial)
    assert (visit.state, visit.revision, held(visit)) == (VisitState.OUT, 2, dict(car_of(one)))
    await again.stop()


async def test_who_brings_the_car_back_is_asked_for_its_plate_and_not_for_another_that_was_ordered(box, soon) -> None:
    one = box.expect()
    box.service.begin(one.trial, method=Method.FACE, kiosk="k1")
    await soon(lambda: "car_at_gate" in box.kinds())
    await box.tower.drive_out(CARS[0])
    await soon(lambda: "car_handed_over" in box.kinds())
    assert box.visits.expect(other(one, 2, CARS[1]), now=box.clock.now())
    box.service.begin(one.trial, method=Method.FACE, kiosk="k1")
    await soon(lambda: any(command.kind == "intake_open" for command in box.commands))
    await box.tower.drive_in(CARS[0])
    await soon(lambda: "car_taken_in" in box.kinds())
    assert box.facts()[-1].vin == CARS[0]


async def test_a_renewed_order_does_not_stop_at_a_car_that_another_visit_moves(box, make_order) -> None:
    first = box.expect()
    second = make_order(vin=CARS[1])
    box.visits.expect(second, now=box.clock.now())
    for trial in (first.trial, second.trial):
        box.visits.change(trial, VisitState.EXPECTED, VisitState.COLLECTING, why="a", now=box.clock.now())
    assert box.visits.expect(other(first, 2, CARS[1]), now=box.clock.now())
    assert box.visits.find(first.trial).vin == CARS[0]


@settings(
    max_examples=150,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps)
def test_the_car_stays_while_it_moves_and_is_the_one_ordered_last_while_it_may_be_chosen(make_order, steps) -> None:
    db, now = SiteDb(":memory:"), datetime.now(UTC)
    visits, one = VisitStore(db), make_order(plate="P0", paint_hex="#000000")
    visits.expect(one, now=now)
    ordered, chosen, revision = one, one, 1
    for step in steps:
        if step in CARS:
            revision += 1
            ordered = other(one, revision, step)
            assert visits.expect(ordered, now=now)
        elif visits.find(one.trial).state is WAYS[step][0]:
            visits.change(one.trial, *WAYS[step], why=step, now=now)
        visit = visits.find(one.trial)
        if visit.state is VisitState.EXPECTED:
            chosen = ordered
        assert held(visit) == car_of(chosen)
        assert visit.revision == revision
    db.close()
