"""The comparison of the site controller's day with the simulator's: that it can fail, and says where."""

from collections import deque
from dataclasses import dataclass, field, replace
from heapq import heappop
from importlib import resources
from pathlib import Path

import pytest

from autosilo.bench.dispatch import same_day
from autosilo.bench.dispatch.same_day import OTHERS, POLICY, reference
from autosilo.bench.dispatch.same_day.day import Day, drawn
from autosilo.bench.dispatch.same_day.run import Move, Record
from autosilo.planner.machine import Machine, machine_of
from autosilo.planner.world import World
from autosilo.tower.config import SiteConfig
from autosilo.tower.site_file import load_site


@dataclass(slots=True)
class Recorder:
    """What the simulator does when nobody tells it anything."""

    machine: Machine
    numbers: list[int]
    record: Record = field(default_factory=Record)

    def agrees(self, now: float, car: int, source: int, destination: int) -> bool:
        return True

    def promised(self, number: int) -> int | None:
        return None

    def chosen(self, number: int, here: bool, car: int) -> int:
        self.record.chosen[number, "here" if here else "ahead"] = self.numbers[car]
        return car

    def move(
        self, car: int, source: int, destination: int, now: float, taken: float, done: float
    ) -> tuple[float, float]:
        names = self.machine.names
        self.record.moves.append(Move(self.numbers[car], names[source], names[destination], now + 1.0, done + 1.0))
        return done + 1.0, done + 1.0

    def away(self, car: int, at: float) -> float:
        self.record.away[self.numbers[car]] = at
        return at

    def ready(self, car: int, at: float) -> float:
        self.record.ready[self.numbers[car]] = at
        return at


@pytest.fixture(scope="module")
def site() -> SiteConfig:
    return load_site(same_day.SLUG, folder=Path(str(resources.files(same_day))), pace=1)


@pytest.fixture(scope="module")
def day(site: SiteConfig) -> Day:
    return drawn(site, seed=3, hours=1.0)


@pytest.fixture(scope="module")
def record(site: SiteConfig, day: Day) -> Record:
    """A day that a controller with the same policy would have had: the simulator's own."""
    machine = machine_of(site)
    numbers = sorted(day.places.values()) + [one.car for one in day.backs]
    recorder = Recorder(machine, numbers)
    recorder.record.asked = {at: one.comes for at, one in enumerate(day.pickups) if one.comes is not None}
    recorder.record.back = {one.car: one.comes for one in day.backs}
    world: World = reference.world_of(machine, day, recorder.record, POLICY, recorder)
    while world.heap:
        now, _, handler, what = heappop(world.heap)
        if now > day.seconds + 3600.0:
            break
        handler(world, now, what)
    return recorder.record


def test_a_day_is_drawn_again_from_its_seed(site: SiteConfig, day: Day) -> None:
    assert drawn(site, seed=3, hours=1.0) == day
    assert drawn(site, seed=4, hours=1.0) != day
    assert {one.due is None for one in day.pickups} == {True, False}
    assert len({one.car for one in day.pickups}) == len(day.pickups)


def test_the_policys_own_day_is_the_same(site: SiteConfig, day: Day, record: Record) -> None:
    found = reference.compare(machine_of(site), day, record, POLICY)
    assert found.steps == len(record.moves) > 40
    assert (found.differing, found.extra, found.same) == (0, 0, 1.0), found.words


@pytest.mark.parametrize("name", OTHERS)
def test_another_policy_is_told_apart(site: SiteConfig, day: Day, record: Record, name: str) -> None:
    assert reference.compare(machine_of(site), day, record, OTHERS[name]).same < 0.95


def test_a_single_other_bay_is_a_single_difference(site: SiteConfig, day: Day, record: Record) -> None:
    taken = {*day.places, *(one.destination for one in record.moves)}
    at = next(number for number, one in enumerate(record.moves) if ".B" in one.destination)
    lift = record.moves[at].destination.partition(".")[0]
    free = next(name for name in machine_of(site).names if name.startswith(f"{lift}.B16") and name not in taken)
    moves = [*record.moves[:at], replace(record.moves[at], destination=free), *record.moves[at + 1 :]]
    found = reference.compare(machine_of(site), day, replace(record, moves=moves), POLICY)
    assert found.differing >= 1
    assert free in found.words[0]
    assert found.same < 1.0


def test_what_the_run_left_undone_is_a_difference(site: SiteConfig, day: Day, record: Record) -> None:
    found = reference.compare(machine_of(site), day, replace(record, moves=record.moves[:-3]), POLICY)
    assert found.extra >= 1
    assert found.same < 1.0


@pytest.mark.parametrize(("late", "differs"), [(9.9, False), (10.1, True)])
def test_what_is_decided_a_little_later_is_asked_again_then(site: SiteConfig, late: float, differs: bool) -> None:
    machine = machine_of(site)
    source, station = 0, machine.deliveries[0]
    step = reference.Step(0, 0, 7, source, station, begun=100.0 + late, done=200.0)
    run = reference.Followed(machine, Record(), [deque([step]), deque()])
    assert not run.agrees(100.0, 8, source, station), "another car is not begun"
    assert (step in run.differing) is differs
    assert run.agrees(100.0, 7, source, station) is not differs, "the same one is, unless that was a difference already"
