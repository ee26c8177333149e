"""Counting by cars says the same as looking at every slot of every car."""

from hypothesis import example, given
from hypothesis import strategies as st

from autosilo.platform.journey.booking import sweep

HOURS = st.integers(min_value=0, max_value=60)
PERIOD = st.tuples(HOURS, HOURS).map(lambda pair: (float(min(pair)), float(max(pair) + 1)))
CARS = st.lists(st.lists(PERIOD, max_size=5).map(sorted), max_size=5)


@given(
    starts=st.lists(HOURS.map(float), unique=True, max_size=30).map(sorted),
    cars=CARS,
    before=st.integers(min_value=0, max_value=3).map(float),
    after=st.integers(min_value=1, max_value=20).map(float),
)
@example(starts=[0.0, 10.0, 20.0], cars=[[(5.0, 10.0)]], before=0.0, after=5.0)
def test_a_slot_loses_exactly_the_cars_that_are_kept_at_some_moment_of_it(
    starts: list[float], cars: list[list[tuple[float, float]]], before: float, after: float
) -> None:
    slow = [
        sum(all(not (lower < at + after and at - before < upper) for lower, upper in car) for car in cars)
        for at in starts
    ]
    assert sweep.left(starts, cars, before=before, after=after) == slow
