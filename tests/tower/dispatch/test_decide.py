"""What is decided: who goes first, who waits, and that nothing is lost."""

from math import inf

import pytest

from autosilo.tower.dispatch import Job, Kind, LiftState, Option, Snapshot, Station, decide
from autosilo.tower.kinematics import Ramp
from autosilo.tower.traveltimes import travel_times

TIMES = travel_times([2.3 * floor for floor in range(17)], Ramp(2.0, 0.3), take_s=25)
"""Place 0 is the street, place n floor n."""


def retrieve(key: str, floor: int, *, lift: int = 0, station: int | None = None, **more: float) -> Job:
    return Job(key, Kind.RETRIEVE, (Option(lift, floor, 0, station),), **{"weight": 4.0, "due": 0.0, **more})


def store(key: str, floor: int, *, lifts: tuple[int, ...] = (0,), **more: float) -> Job:
    return Job(key, Kind.STORE, tuple(Option(lift, 0, floor) for lift in lifts), **{"due": 0.0, **more})


def at_street(*jobs: Job, now: float = 0.0, stations: tuple[Station, ...] = (), lifts: int = 1) -> Snapshot:
    snapshot = Snapshot(now, (LiftState(0, now),) * lifts, jobs, stations)
    snapshot.check((len(TIMES),) * lifts)
    return snapshot


def test_an_empty_queue_lets_every_lift_wait() -> None:
    decision = decide(at_street(lifts=2), [TIMES, TIMES])
    assert decision.moves == ()
    assert decision.waits == {0: None, 1: None}


def test_one_job_begins_at_once() -> None:
    (move,) = decide(at_street(retrieve("car", 4)), [TIMES]).moves
    assert (move.job.key, move.lift, move.start) == ("car", 0, 0.0)
    assert move.done == pytest.approx(TIMES.move_s(0, 4, 0))


def test_the_shopper_who_waits_for_a_car_goes_before_the_car_that_waits_for_a_bay() -> None:
    decision = decide(at_street(store("in", 4), retrieve("out", 4)), [TIMES])
    assert [move.job.key for move in decision.moves] == ["out"]
    assert [move.job.key for move in decision.plan] == ["out", "in"]


def test_a_busy_lift_is_planned_but_not_moved() -> None:
    snapshot = Snapshot(0.0, (LiftState(3, 20.0),), (retrieve("out", 4),))
    decision = decide(snapshot, [TIMES])
    assert decision.moves == ()
    assert decision.waits == {}
    assert decision.plan[0].start == 20.0


def test_a_lift_out_of_service_gets_nothing_and_its_cars_are_named() -> None:
    snapshot = Snapshot(
        0.0, (LiftState(0, 0.0, available=False), LiftState(0, 0.0)), (retrieve("out", 4), store("in", 2, lifts=(0, 1)))
    )
    decision = decide(snapshot, [TIMES, TIMES])
    assert decision.stranded == ("out",)
    assert [(move.job.key, move.lift) for move in decision.moves] == [("in", 1)]


def test_a_car_waits_for_a_delivery_bay() -> None:
    decision = decide(at_street(retrieve("out", 4, station=0), stations=(Station(50.0),)), [TIMES])
    assert decision.moves == ()
    assert decision.waits == {0: 50.0}


def test_a_closed_delivery_bay_strands_its_jobs() -> None:
    decision = decide(at_street(retrieve("out", 4, station=0), stations=(Station(inf),)), [TIMES])
    assert decision.stranded == ("out",)


def test_two_lifts_do_not_take_the_same_delivery_bay() -> None:
    jobs = [
        Job(key, Kind.RETRIEVE, tuple(Option(lift, 5, 0, station) for station in (0, 1)), due=0.0)
        for lift, key in enumerate(("a", "b"))
    ]
    decision = decide(at_street(*jobs, stations=(Station(0.0), Station(0.0)), lifts=2), [TIMES, TIMES])
    assert {move.lift for move in decision.moves} == {0, 1}
    assert {move.option.station for move in decision.moves} == {0, 1}


def test_nothing_begins_before_its_release() -> None:
    decision = decide(at_street(retrieve("staged", 4, release=300.0, due=400.0), now=100.0), [TIMES])
    assert decision.moves == ()
    assert decision.waits == {0: 300.0}


def test_parking_transfers_nothing() -> None:
    decision = decide(at_street(Job("park", Kind.PARK, (Option(0, 8, 8),), weight=0.0)), [TIMES])
    assert decision.moves[0].done == pytest.approx(TIMES.rows[0][8])


def test_a_car_behind_another_takes_so_much_longer() -> None:
    behind = Job("rear", Kind.RETRIEVE, (Option(0, 4, 0, extra_s=80.0), Option(0, 9, 0)), weight=4.0, due=0.0)
    (move,) = decide(at_street(behind), [TIMES]).moves
    assert move.option.source == 9
    alone = Job("rear", Kind.RETRIEVE, behind.options[:1], weight=4.0, due=0.0)
    (move,) = decide(at_street(alone), [TIMES]).moves
    assert move.done == pytest.approx(TIMES.move_s(0, 4, 0) + 80.0)


@pytest.mark.parametrize(
    "job",
    [
        Job("x", Kind.STORE, (Option(1, 0, 1),)),
        Job("x", Kind.STORE, (Option(0, 0, 17),)),
        Job("x", Kind.STORE, (Option(0, 0, 1, 0),)),
    ],
)
def test_a_job_that_points_nowhere_is_refused_at_the_border(job: Job) -> None:
    with pytest.raises(ValueError, match="'x'"):
        at_street(job)


def test_a_job_without_any_way_is_refused() -> None:
    with pytest.raises(ValueError, match="no way"):
        Job("x", Kind.STORE, ())


def test_a_free_bay_of_another_lift_is_no_help() -> None:
    """The heavier car takes the only free bay of its lift, although the other lift has two that nobody wants."""
    options = {key: (Option(0, floor, 0, 0),) for key, floor in (("a", 3), ("b", 4))}
    jobs = [Job("a", Kind.RETRIEVE, options["a"], 1.0, 0.0), Job("b", Kind.RETRIEVE, options["b"], 9.0, 0.0)]
    stations = (Station(0.0, 500.0), Station(0.0), Station(0.0))
    plan = decide(at_street(*jobs, stations=stations, lifts=2), [TIMES, TIMES]).plan
    assert [move.job.key for move in plan] == ["b", "a"]
    assert plan[1].start == pytest.approx(plan[0].done + 500.0)
