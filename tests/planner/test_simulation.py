"""A simulated tower keeps the rules of a real one."""

from dataclasses import replace
from typing import Any

import pytest

from autosilo.planner import brain, fill, lifts, returns, ways
from autosilo.planner.draws import DAY_S, draw_people
from autosilo.planner.records import NOWHERE, Counts, Returned, Visit
from autosilo.planner.rules import BASELINE_FIRST_COME, Rules
from autosilo.planner.run import simulate
from autosilo.planner.world import World
from autosilo.tower.dispatch import decide
from planner.towers import HOURS, demand, small

BUSY = {"booking": {"share": 0.5, "no_show": 0.2}, "faults": {"a_year": 400.0, "repair_h": 0.3, "spread": 0.1}}


def run(**more: Any) -> Counts:
    parts = more.pop("parts", BUSY)
    return simulate(
        more.pop("machine", None) or small(), demand(**parts), HOURS, days=more.pop("days", 6), warm_up_days=1, **more
    )


def check(world: World) -> None:
    """Every car is in exactly one place, and every place holds at most one."""
    in_bays = [car for rack in world.racks for car in rack.car if car >= 0]
    assert len(in_bays) == len(set(in_bays))
    for car, bay in enumerate(world.bay):
        assert (bay != NOWHERE) == (car in set(in_bays))
    for model, pool in enumerate(world.stock):
        assert all(world.model[car] == model and world.bay[car] != NOWHERE for car in pool)
        assert 0 <= world.promised[model] <= len(pool)
    for rack in world.racks:
        assert len(rack) + len(rack.free_ranks) == len(rack.car)
    assert world.free_deliveries == world.closed.count(False)


@pytest.mark.parametrize("depth", [1, 2])
@pytest.mark.parametrize("chargers", [0, 12])
def test_every_car_is_in_exactly_one_place(depth: int, chargers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = 0

    def look(world: World, now: float, _: object) -> None:
        nonlocal looks
        looks += 1
        check(world)
        world.at(now + 1800.0, look)

    monkeypatch.setattr(fill, "look", look)
    machine = small(depth=depth)
    if chargers:
        bays = tuple(replace(one, charges=[bay < chargers // 2 for bay in range(len(one))]) for one in machine.bays)
        machine = replace(machine, bays=bays)
    parts = {**BUSY, "charging": {"charging_bays": chargers, "power_kw": 30.0}}
    counts = run(machine=machine, parts=parts)
    assert looks > 300
    assert len(counts.waits) > 200
    assert counts.no_shows > 10
    assert (counts.charge_moves > 0) == (chargers > 0)


def test_the_same_seed_gives_the_same_run_and_another_one_does_not() -> None:
    first, again, other = run(seed=3), run(seed=3), run(seed=4)
    assert first == again
    assert first.waits != other.waits


def test_what_one_job_alone_does_is_what_the_dispatch_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """The short way round ``decide`` is the same answer."""
    compared = 0
    short = brain._begin_quickest

    def compare(world: World, now: float, task: Visit | Returned) -> bool:
        nonlocal compared
        if isinstance(task, Visit):
            way = ways.quickest_down(world, now, task, leave=0 if task in world.waiting else 1)
        else:
            way = ways.quickest_away(world, now, task)
        job = brain._job(world, now, task, 0)
        if way is not None and job is not None:
            decision = decide(brain._snapshot(world, now, [job]), world.machine.times)
            times = world.machine.times[way.lift]
            extra = next(
                option.extra_s
                for option in job.options
                if (option.lift, option.source, option.destination) == (way.lift, way.source, way.destination)
            )
            done = now + times.move_s(world.place[way.lift], way.source, way.destination) + extra
            if decision.moves:
                compared += 1
                assert decision.moves[0].done == pytest.approx(done)
        return short(world, now, task)

    monkeypatch.setattr(brain, "_begin_quickest", compare)
    run(days=3)
    assert compared > 300


def test_the_policy_beats_first_come_first_served() -> None:
    parts = {"booking": {"share": 0.5}}
    ours, plain = run(parts=parts, days=10), run(parts=parts, days=10, rules=BASELINE_FIRST_COME)
    assert len(ours.waits) == pytest.approx(len(plain.waits), rel=0.05)

    def mean(counts: Counts) -> float:
        return sum(wait.after_due_s for wait in counts.waits) / len(counts.waits)

    assert mean(ours) < 0.8 * mean(plain)


def test_without_a_car_a_shopper_is_refused() -> None:
    counts = simulate(small(), demand(60, cars=2), HOURS, days=5, warm_up_days=1)
    assert counts.refused_pickups > 50


def test_a_tower_that_is_full_refuses_returns() -> None:
    counts = simulate(small(), demand(60, cars=45), HOURS, days=5, warm_up_days=1)
    assert counts.refused_returns > 0


def test_a_wait_is_never_shorter_than_two_transfers_unless_the_car_was_brought_before() -> None:
    counts = simulate(small(), demand(60, booking={"share": 0.0}), HOURS, days=3, warm_up_days=1)
    assert min(wait.seconds for wait in counts.waits) > 50.0


def test_an_early_shopper_is_counted_from_the_booked_time_too() -> None:
    counts = run(days=4)
    early = [wait for wait in counts.waits if wait.early > 0]
    assert early
    assert all(0 <= wait.after_due_s <= wait.seconds for wait in early)


def test_a_fault_holds_a_lift_until_it_is_repaired() -> None:
    machine = small()
    crowd = draw_people(demand(), HOURS, first_day=0, days=1, seed=(1, 1))
    world = World(machine, demand(), crowd, Rules(), opening=HOURS, classes=(), begin=0.0, seed=1)
    lifts.breaks(world, 0.0, (0, 100.0))
    assert world.busy[0]
    lifts.free(world, 50.0, 0)
    assert world.busy[0]


def test_cars_that_would_come_back_at_night_come_in_the_morning() -> None:
    machine = small()
    crowd = draw_people(demand(), HOURS, first_day=0, days=1, seed=(1, 1))
    world = World(machine, demand(), crowd, Rules(), opening=HOURS, classes=(), begin=0.0, seed=1)
    assert fill.when_open(world, 3 * 3600.0) == 8 * 3600.0
    assert fill.when_open(world, 23 * 3600.0) == DAY_S + 8 * 3600.0
    fill.new_car(world, 0)
    returns.comes_back(world, 3 * 3600.0, (0, 0))
    assert 8 * 3600.0 <= world.heap[0][0] <= 9 * 3600.0


def test_an_open_gate_without_a_shutter_stops_the_lift() -> None:
    airlocks = small()
    plain = replace(airlocks, locks=frozenset((*airlocks.deliveries, *airlocks.intakes)))
    behind, before = run(machine=airlocks, parts={}), run(machine=plain, parts={})

    def mean(counts: Counts) -> float:
        return sum(wait.seconds for wait in counts.waits) / len(counts.waits)

    assert mean(before) > 1.3 * mean(behind)
    assert len(before.waits) == pytest.approx(len(behind.waits), rel=0.05)
