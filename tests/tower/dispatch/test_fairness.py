"""Nobody starves: however many heavier and shorter jobs keep coming."""

from hypothesis import given, settings
from hypothesis import strategies as st

from autosilo.tower.dispatch import Budget, Job, Kind, LiftState, Option, Snapshot, Station, decide
from autosilo.tower.kinematics import Ramp
from autosilo.tower.traveltimes import travel_times

TIMES = travel_times([2.3 * floor for floor in range(17)], Ramp(2.0, 0.3), take_s=25)
PATIENCE_S = 600.0
LONGEST_S = max(
    TIMES.move_s(start, source, destination)
    for start in range(17)
    for source, destination in [(floor, 0) for floor in range(1, 17)] + [(0, floor) for floor in range(1, 17)]
)
POOR = "poor"
DWELL_S = 100.0
Arrival = tuple[float, int, float]
"""Seconds after the last one, floor, weight."""


def waits_for(arrivals: list[Arrival], lifts: int, poor_floor: int, bays: int) -> float:
    """How long the poor one waits while retrievals come, again and again.

    It was there before all others, so once overdue it only waits for the moves that are being made, and for a driver.
    With ``bays`` it is a retrieval by any lift into one of so many delivery bays, else a storage by the first lift.
    """
    now, free, place, open_at = 0.0, [0.0] * lifts, [0] * lifts, [0.0] * bays
    poor = (
        retrieval(POOR, poor_floor, 0.01, 0.0, lifts, bays)
        if bays
        else Job(POOR, Kind.STORE, (Option(0, 0, poor_floor),), 0.01, 0.0, patience_s=PATIENCE_S)
    )
    queue = {POOR: poor}
    coming, number = 0.0, 0
    while True:
        while coming <= now:
            gap, floor, weight = arrivals[number % len(arrivals)]
            queue[str(number)] = retrieval(str(number), floor, weight, coming, lifts, bays)
            number, coming = number + 1, coming + gap
        snapshot = Snapshot(
            now,
            tuple(LiftState(place[lift], free[lift]) for lift in range(lifts)),
            tuple(queue.values()),
            tuple(Station(at, DWELL_S) for at in open_at),
        )
        for move in decide(snapshot, [TIMES] * lifts, budget=Budget(nodes=30)).moves:
            if move.job.key == POOR:
                return move.done
            del queue[str(move.job.key)]
            free[move.lift], place[move.lift] = move.done, move.option.destination
            if move.option.station is not None:
                open_at[move.option.station] = move.done + DWELL_S
        now = min([coming, *(at for at in free + open_at if at > now)])


def retrieval(key: str, floor: int, weight: float, due: float, lifts: int, bays: int) -> Job:
    options = tuple(
        Option(lift, floor, 0, station) for lift in range(lifts) for station in (range(bays) if bays else (None,))
    )
    return Job(key, Kind.RETRIEVE, options, weight, due=due, patience_s=PATIENCE_S)


ARRIVALS = st.lists(
    st.tuples(st.floats(60.0, 200.0), st.integers(1, 16), st.sampled_from([1.0, 4.0, 1000.0])), min_size=1, max_size=5
)


@settings(max_examples=25, deadline=None)
@given(arrivals=ARRIVALS, lifts=st.integers(1, 2), poor_floor=st.integers(1, 16))
def test_a_job_waits_no_longer_than_its_patience_and_the_move_that_runs(
    arrivals: list[Arrival], lifts: int, poor_floor: int
) -> None:
    assert waits_for(arrivals, lifts, poor_floor, 0) <= PATIENCE_S + 2 * LONGEST_S


@settings(max_examples=25, deadline=None)
@given(arrivals=ARRIVALS, lifts=st.integers(1, 2), poor_floor=st.integers(1, 16), bays=st.integers(1, 2))
def test_where_delivery_bays_are_scarce_it_waits_for_one_driver_besides(
    arrivals: list[Arrival], lifts: int, poor_floor: int, bays: int
) -> None:
    assert waits_for(arrivals, lifts, poor_floor, bays) <= PATIENCE_S + 2 * LONGEST_S + DWELL_S


def test_overdue_jobs_go_in_the_order_in_which_they_fell_due() -> None:
    jobs = [
        Job("young", Kind.RETRIEVE, (Option(0, 1, 0),), weight=1000.0, due=990.0, patience_s=PATIENCE_S),
        Job("old", Kind.STORE, (Option(0, 0, 16),), weight=0.1, due=100.0, patience_s=PATIENCE_S),
        Job("oldest", Kind.RETRIEVE, (Option(0, 16, 0),), weight=0.1, due=50.0, patience_s=PATIENCE_S),
    ]
    decision = decide(Snapshot(1000.0, (LiftState(0, 0.0),), tuple(jobs)), [TIMES])
    assert [move.job.key for move in decision.plan] == ["oldest", "old", "young"]


def test_age_gives_weight_before_patience_ends() -> None:
    fresh = Job("fresh", Kind.STORE, (Option(0, 0, 8),), due=999.0)
    aged = Job("aged", Kind.STORE, (Option(0, 0, 9),), due=0.0)
    decision = decide(Snapshot(1000.0, (LiftState(0, 0.0),), (fresh, aged)), [TIMES])
    assert [move.job.key for move in decision.moves] == ["aged"]


def test_where_nobody_waits_nobody_is_overdue() -> None:
    idle = Job("idle", Kind.RELOCATE, (Option(0, 1, 2),), weight=0.0, due=0.0, patience_s=10.0)
    shopper = Job("shopper", Kind.RETRIEVE, (Option(0, 5, 0),), weight=4.0, due=95.0)
    decision = decide(Snapshot(100.0, (LiftState(0, 0.0),), (idle, shopper)), [TIMES])
    assert [move.job.key for move in decision.plan] == ["shopper", "idle"]
