"""Moves while nobody is there."""

from math import inf

from hypothesis import given
from hypothesis import strategies as st

from autosilo.tower.storage.charging import Relocation
from autosilo.tower.storage.rack import FREE, NO_BAY, Bays, Rack
from autosilo.tower.storage.rearrange import Rearrangement, rearrange

RULES = Rearrangement(least_s=4.0, ahead_s=3600.0)


def rack_of(count: int, *, two_deep: bool = False) -> Rack:
    return Rack(
        Bays(
            seconds=[50.0 + (0 if two_deep else 3 * bay) for bay in range(count)],
            rear=[bay + 1 if two_deep and bay % 2 == 0 else NO_BAY for bay in range(count)],
            front=[bay - 1 if two_deep and bay % 2 else NO_BAY for bay in range(count)],
            kind=[1] * count,
            charges=[False] * count,
        )
    )


def test_what_is_wanted_comes_near() -> None:
    rack = rack_of(6)
    rack.put(4, 1, leaves=inf, rate=1.0)
    rack.put(5, 2, leaves=inf, rate=9.0)
    assert rearrange(rack, now=0.0, rules=RULES) == Relocation(5, 0)


def test_a_few_seconds_are_not_worth_a_move() -> None:
    rack = rack_of(6)
    rack.put(1, 1, leaves=inf, rate=1.0)
    assert rearrange(rack, now=0.0, rules=RULES) is None


def test_a_booked_car_stays_where_it_is() -> None:
    rack = rack_of(6)
    rack.put(5, 1, leaves=1800.0, rate=1.0)
    assert rearrange(rack, now=0.0, rules=RULES) is None


def test_a_car_that_leaves_soon_is_dug_out() -> None:
    rack = rack_of(6, two_deep=True)
    rack.put(1, 1, leaves=1800.0, rate=1.0)
    rack.put(0, 2, leaves=inf, rate=1.0)
    assert rearrange(rack, now=0.0, rules=RULES) in (Relocation(0, 3), Relocation(0, 5))


def test_one_that_leaves_later_is_left_alone() -> None:
    rack = rack_of(6, two_deep=True)
    rack.put(1, 1, leaves=7200.0, rate=1.0)
    rack.put(0, 2, leaves=inf, rate=1.0)
    assert rearrange(rack, now=0.0, rules=RULES) is None


@given(st.booleans(), st.lists(st.tuples(st.booleans(), st.floats(0.1, 9.0), st.booleans()), min_size=12, max_size=12))
def test_it_comes_to_an_end(two_deep: bool, cars: list[tuple[bool, float, bool]]) -> None:
    rack = rack_of(12, two_deep=two_deep)
    for bay, (stands, rate, booked) in enumerate(cars):
        if stands:
            rack.put(bay, bay, leaves=rate * 300 if booked else inf, rate=rate)
    for _ in range(60):
        move = rearrange(rack, now=0.0, rules=RULES)
        if move is None:
            break
        assert rack.car[move.target] == FREE
        assert rack.blocker(move.source) == NO_BAY
        assert rack.blocker(move.target) == NO_BAY
        leaves, rate = rack.leaves[move.source], rack.rate[move.source]
        rack.put(move.target, rack.take(move.source), leaves=leaves, rate=rate)
    else:
        raise AssertionError("it goes on and on")
