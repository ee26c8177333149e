"""The exact references are exact: they agree with trying everything, and lie between simple bounds."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations, product

import numpy as np
import pytest

from autosilo.bench.dispatch import burst_optimum, stream_optimum
from autosilo.bench.dispatch.gaps import BelowOptimum, gaps
from autosilo.bench.dispatch.instances import RACKS, Instance, Racks, backlog, burst, stream
from autosilo.bench.dispatch.play import Play, play
from autosilo.bench.dispatch.policies import RULES, by, policy
from autosilo.bench.dispatch.throughput import least_s


def schedules(instance: Instance) -> Iterator[float]:
    """The weighted wait of every order of the cars with every choice of lifts, written down as simply as possible."""
    times = instance.tower.times()
    for order in permutations(range(len(instance.cars))):
        for lifts in product(*(instance.cars[number].lifts for number in order)):
            free, place = [0.0] * instance.lifts, [0] * instance.lifts
            bays = [0.0] * instance.delivery_bays
            cost = 0.0
            for number, lift in zip(order, lifts, strict=True):
                car = instance.cars[number]
                delivers = car.kind == "retrieve"
                source, destination = (car.floor, 0) if delivers else (0, car.floor)
                start = max(free[lift], car.release)
                if delivers and bays:
                    bays.sort()
                    start = max(start, bays[0])
                done = start + times.move_s(place[lift], source, destination)
                if delivers and bays:
                    bays[0] = done + car.dwell
                free[lift], place[lift] = done, destination
                cost += car.weight * (done - car.release)
            yield cost


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("lifts", "racks", "cars"), [(1, "own", 6), (2, "own", 6), (2, "pooled", 5), (2, "shared", 5), (3, "shared", 4)]
)
def test_the_optimum_of_a_burst_is_the_least_of_all_schedules(seed: int, lifts: int, racks: Racks, cars: int) -> None:
    instance = burst(seed, lifts=lifts, racks=racks, cars=cars)
    assert burst_optimum.optimum(instance) == pytest.approx(min(schedules(instance)))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("gap_s", [5, 40])
@pytest.mark.parametrize(("racks", "bays"), [("own", 2), ("pooled", 3), ("shared", 3), ("pooled", 1), ("shared", 1)])
def test_the_clairvoyant_optimum_is_the_least_of_all_schedules(
    seed: int, gap_s: float, racks: Racks, bays: int
) -> None:
    instance = replace(stream(seed, cars=5, gap_s=gap_s, racks=racks), delivery_bays=bays)
    assert stream_optimum.optimum(instance) == pytest.approx(min(schedules(instance)))


@pytest.mark.parametrize("racks", RACKS)
def test_both_methods_agree_where_both_apply(racks: Racks) -> None:
    instance = burst(3, lifts=2, racks=racks, cars=9)
    assert stream_optimum.optimum(instance) == pytest.approx(burst_optimum.optimum(instance))


def test_more_lifts_and_more_delivery_bays_never_cost_more() -> None:
    few = stream(1, cars=8, gap_s=20, racks="shared")
    costs = [stream_optimum.optimum(replace(few, delivery_bays=bays)) for bays in (1, 2, 3, 8)]
    assert costs == sorted(costs, reverse=True)
    assert costs[0] > costs[-1]
    cars = tuple(replace(car, lifts=(0,)) for car in few.cars)
    assert stream_optimum.optimum(replace(few, lifts=1, cars=cars)) > costs[-2]


def test_dividing_among_three_lifts_looks_at_every_division() -> None:
    rng = np.random.default_rng(0)
    costs = [rng.random(1 << 4) for _ in range(3)]
    least = min(
        sum(costs[lift][sum(1 << car for car in range(4) if of[car] == lift)] for lift in range(3))
        for of in product(range(3), repeat=4)
    )
    assert burst_optimum.divide(costs) == pytest.approx(least)


def test_the_least_time_of_a_backlog_is_the_least_of_all_orders() -> None:
    instance = backlog(2, cars=6)
    times = instance.tower.times()
    ends = []
    for order in permutations(instance.cars):
        place, t = 0, 0.0
        for car in order:
            source, destination = (car.floor, 0) if car.kind == "retrieve" else (0, car.floor)
            t, place = t + times.move_s(place, source, destination), destination
        ends.append(t)
    assert least_s(instance) == pytest.approx(min(ends))


@pytest.mark.parametrize("racks", RACKS)
def test_nobody_plays_below_the_optimum(racks: Racks) -> None:
    small = [
        burst(1, lifts=2, racks=racks, cars=8).solved(burst_optimum.optimum),
        stream(1, cars=8, gap_s=30, racks=racks).solved(stream_optimum.optimum),
    ]
    found = gaps(small)
    assert all(gap >= 0 for each in found.values() for gap in each)
    assert found["policy"][0] == pytest.approx(0, abs=0.01)
    assert max(found["FCFS"]) > 1


def test_a_wrong_optimum_is_noticed() -> None:
    instance = replace(burst(1, lifts=1, racks="own", cars=4), optimum=1e9)
    with pytest.raises(BelowOptimum):
        gaps([instance])


def test_a_play_can_be_repeated() -> None:
    instance = stream(5, cars=10, gap_s=30)
    assert play(instance, policy(500)) == play(instance, policy(500))


def test_every_car_is_moved_once_and_no_delivery_bay_holds_two() -> None:
    instance = stream(7, cars=12, gap_s=15)
    for choose in (policy(300), by(RULES["FCFS"])):
        game = Play(instance)
        game.run(choose)
        assert sorted(game.done) == list(range(12))
        assert all(game.done[number] >= car.release for number, car in enumerate(instance.cars))


def test_a_method_refuses_what_it_cannot_solve() -> None:
    with pytest.raises(ValueError, match="at once"):
        burst_optimum.optimum(stream(1, cars=9, gap_s=60))
    with pytest.raises(ValueError, match="at most"):
        burst_optimum.optimum(backlog(1))
