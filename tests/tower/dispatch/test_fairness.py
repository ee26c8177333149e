"""Nobody starves: however many heavier and shorter jobs keep coming."""

from hypothesis import given, settings
from hypothesis import strategies as st

from autosilo.tower.dispatch import Budget, Job, Kind, LiftState, Option, Snapshot, decide
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


def waits_for(arrivals: list[tuple[float, int, float]], lifts: int, poor_floor: int) -> float:
    """How long the poor one waits while retrievals (seconds after the last, floor, weight) come, again and again.

    It was there before all others, so once overdue it only waits for the move that its lift is making.
    """
    now, free, place = 0.0, [0.0] * lifts, [0] * lifts
    queue = {POOR: Job(POOR, Kind.STORE, (Option(0, 0, poor_floor),), weight=0.01, due=0.0, patience_s=PATIENCE_S)}
    coming, number = 0.0, 0
    while True:
        while coming <= now:
            gap, floor, weight = arrivals[number % len(arrivals)]
            options = tuple(Option(lift, floor, 0) for lift in range(lifts))
            queue[str(number)] = Job(str(number), Kind.RETRIEVE, options, weight, due=coming, patience_s=PATIENCE_S)
            number, coming = number + 1, coming + gap
        states = tuple(LiftState(place[lift], free[lift]) for lift in range(lifts))
        for move in decide(
            Snapshot(now, states, tuple(queue.values())), [TIMES] * lifts, budget=Budget(nodes=30)
        ).moves:
            if move.job.key == POOR:
                return move.done
            del queue[str(move.job.key)]
            free[move.lift], place[move.lift] = move.done, move.option.destination
        now = min([coming, *(at for at in free if at > now)])


@settings(max_examples=25, deadline=None)
@given(
    arrivals=st.lists(
        st.tuples(st.floats(60.0, 200.0), st.integers(1, 16), st.sampled_from([1.0, 4.0, 1000.0])),
        min_size=1,
        max_size=5,
    ),
    lifts=st.integers(1, 2),
    poor_floor=st.integers(1, 16),
)
def test_a_job_waits_no_longer_than_its_patience_and_the_move_that_runs(
    arrivals: list[tuple[float, int, float]], lifts: int, poor_floor: int
) -> None:
    assert waits_for(arrivals, lifts, poor_floor) <= PATIENCE_S + 2 * LONGEST_S


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
