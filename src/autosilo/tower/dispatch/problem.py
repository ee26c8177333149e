"""A snapshot prepared for the search: plain tuples and lists, aged weights, only what can be done."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import NamedTuple

from autosilo.tower.dispatch.jobs import Job, Kind, Option
from autosilo.tower.dispatch.settings import Settings
from autosilo.tower.dispatch.snapshot import Snapshot
from autosilo.tower.traveltimes import TravelTimes


class Mode(NamedTuple):
    """One way to do one job on one lift.

    ``stations`` lists (station, destination, carry) when a station is chosen on the way; then ``destination`` and
    ``carry`` are those of the nearest one.
    """

    source: int
    carry: float
    destination: int
    weight: float
    due: float
    release: float
    stations: tuple[tuple[int, int, float], ...]
    lift: int
    task: int


Plan = list[Mode]
"""One mode for each task, in the order in which lifts and stations are given out."""


@dataclass(slots=True)
class Problem:
    """``free``, ``place``: where and when each lift begins; ``open_at``, ``hold``: the stations. Seconds from now on.

    ``tasks``: the jobs that can be done; ``modes[i]``: the ways for ``tasks[i]``. ``joint``: stations may run short, so
    lifts cannot be looked at one by one.
    """

    now: float
    rows: list[list[list[float]]]
    free: list[float]
    place: list[int]
    open_at: list[float]
    hold: list[float]
    tasks: list[Job]
    modes: list[list[Mode]]
    stranded: tuple[Hashable, ...]
    joint: bool
    work_weight: float

    def cost(self, plan: Plan) -> float:
        """Weighted seconds of waiting of a plan, and what the lifts' work costs."""
        return self.cost_of(self.schedule(plan))

    def cost_of(self, rows: Sequence[tuple[float, float, Mode, int]]) -> float:
        """The same of a plan's schedule, in whatever order."""
        cost = 0.0
        ends = self.free.copy()
        for _, done, mode, _ in rows:
            if done > mode.due:
                cost += mode.weight * (done - mode.due)
            if done > ends[mode.lift]:
                ends[mode.lift] = done
        return cost + sum([self.work(t) for t in ends])

    def work(self, t: float) -> float:
        """What it costs that a lift is at work until ``t``; a little more than in proportion, to spread the work."""
        return self.work_weight * t * (1.0 + t / 3600.0)

    def schedule(self, plan: Plan) -> list[tuple[float, float, Mode, int]]:
        """Each job's (start, done, mode, index in ``mode.stations`` or -1), in the plan's order."""
        free, place, open_at = self.free.copy(), self.place.copy(), self.open_at.copy()
        found = []
        for mode in plan:
            start, done, choice = self.serve(mode, free, place, open_at)
            self.advance(mode, done, choice, free, place, open_at)
            found.append((start, done, mode, choice))
        return found

    def advance(
        self, mode: Mode, done: float, choice: int, free: list[float], place: list[int], open_at: list[float]
    ) -> None:
        """Bring lifts and stations to the state after a job; changes the last three arguments."""
        free[mode.lift] = done
        if choice < 0:
            place[mode.lift] = mode.destination
        else:
            station, place[mode.lift], _ = mode.stations[choice]
            open_at[station] = done + self.hold[station]

    def serve(self, mode: Mode, free: list[float], place: list[int], open_at: list[float]) -> tuple[float, float, int]:
        """(start, done, index of the station or -1) of a job that is next; the station is that of the earliest end."""
        lift = mode.lift
        start = free[lift]
        if mode.release > start:
            start = mode.release
        empty = self.rows[lift][place[lift]][mode.source]
        if not mode.stations:
            return start, start + empty + mode.carry, -1
        best = (inf, inf, -1)
        for choice, (station, _, carry) in enumerate(mode.stations):
            begin = open_at[station] if open_at[station] > start else start
            done = begin + empty + carry
            if done < best[1]:
                best = (begin, done, choice)
        return best

    def parts(self, todo: Sequence[int]) -> list[list[int]]:
        """The tasks in groups that have nothing to do with each other: no lift in common, and stations enough."""
        if self.joint:
            return [list(todo)]
        parts: list[tuple[set[int], list[int]]] = []
        for task in todo:
            lifts, tasks = {mode.lift for mode in self.modes[task]}, [task]
            apart = []
            for part in parts:
                if lifts.isdisjoint(part[0]):
                    apart.append(part)
                else:
                    lifts |= part[0]
                    tasks = part[1] + tasks
            parts = [*apart, (lifts, tasks)]
        return [tasks for _, tasks in parts]

    def after(self, plan: Plan) -> "Problem":
        """The problem that is left when the jobs of ``plan`` are given out first."""
        free, place, open_at = self.free.copy(), self.place.copy(), self.open_at.copy()
        for mode in plan:
            _, done, choice = self.serve(mode, free, place, open_at)
            self.advance(mode, done, choice, free, place, open_at)
        return replace(self, free=free, place=place, open_at=open_at, joint=self.joint or bool(open_at))

    def adopt(self, todo: Sequence[int], order: Sequence[tuple[Hashable, Option]], spare: Plan) -> Plan:
        """An earlier plan's order for the tasks ``todo``; those that it did not know come last, as in ``spare``."""
        of_key = {self.tasks[task].key: task for task in todo}
        plan: Plan = []
        for key, option in order:
            task = of_key.get(key)
            mode = None if task is None else self._mode(task, option)
            if mode is not None:
                plan.append(mode)
                del of_key[key]
        left = set(of_key.values())
        return plan + [mode for mode in spare if mode.task in left]

    def _mode(self, task: int, option: Option) -> Mode | None:
        """The mode behind an option; a station is chosen anew."""
        for mode in self.modes[task]:
            same = mode.lift == option.lift and mode.source == option.source
            if same and (bool(mode.stations) if option.station is not None else mode.destination == option.destination):
                return mode
        return None

    def option(self, mode: Mode, choice: int) -> Option:
        """The caller's option behind a mode and a choice of station."""
        station, destination = None, mode.destination
        if choice >= 0:
            station, destination, _ = mode.stations[choice]
        for option in self.tasks[mode.task].options:
            if (
                option.lift == mode.lift
                and option.source == mode.source
                and option.destination == destination
                and option.station == station
            ):
                return option
        raise LookupError(f"no option is behind {mode}")  # unreachable: modes are made of options


def prepare(snapshot: Snapshot, machine: Sequence[TravelTimes], settings: Settings) -> Problem:
    """The problem that ``snapshot`` poses; times become seconds from its ``now``."""
    now = snapshot.now
    problem = Problem(
        now=now,
        rows=[times.rows for times in machine],
        free=[max(0.0, lift.free_at - now) for lift in snapshot.lifts],
        place=[lift.place for lift in snapshot.lifts],
        open_at=[max(0.0, station.free_at - now) for station in snapshot.stations],
        hold=[station.hold_s for station in snapshot.stations],
        tasks=[],
        modes=[],
        stranded=(),
        joint=False,
        work_weight=settings.work_weight,
    )
    usable = [lift.available and lift.free_at < inf for lift in snapshot.lifts]
    stranded: list[Hashable] = []
    for job in snapshot.jobs:
        modes = _modes(problem, job, machine, usable, settings)
        if modes:
            problem.tasks.append(job)
            problem.modes.append(modes)
        else:
            stranded.append(job.key)
    problem.stranded = tuple(stranded)
    problem.joint = _runs_short(problem)
    return problem


def _modes(
    problem: Problem, job: Job, machine: Sequence[TravelTimes], usable: Sequence[bool], settings: Settings
) -> list[Mode]:
    now, task = problem.now, len(problem.tasks)
    due = job.due - now
    weight = job.weight
    if due < 0 < weight and due > -inf:
        weight *= 1.0 - due / settings.ageing_s
    due = max(due, 0.0) if due > -inf else 0.0
    release = max(0.0, job.release - now)
    modes: list[Mode] = []
    at_stations: dict[tuple[int, int], list[tuple[int, int, float]]] = {}
    parked = job.kind is Kind.PARK
    for option in job.options:
        lift, station = option.lift, option.station
        if not usable[lift] or (station is not None and problem.open_at[station] == inf):
            continue
        carry = option.extra_s if parked else option.extra_s + machine[lift].carry_s(option.source, option.destination)
        if station is None:
            modes.append(Mode(option.source, carry, option.destination, weight, due, release, (), lift, task))
        else:
            choices = at_stations.setdefault((lift, option.source), [])
            choices.append((station, option.destination, carry))
    for (lift, source), choices in at_stations.items():
        _, destination, carry = min(choices, key=_carry)
        modes.append(Mode(source, carry, destination, weight, due, release, tuple(choices), lift, task))
    return modes


def _carry(choice: tuple[int, int, float]) -> float:
    return choice[2]


def _runs_short(problem: Problem) -> bool:
    """Could a car have to wait for a station? Not while there is one free now for each car, also of each lift."""
    wanting = [mode for modes in problem.modes for mode in modes if mode.stations]
    if not wanting:
        return False
    free = [at <= 0.0 for at in problem.open_at]
    if len({mode.task for mode in wanting}) > sum(free):
        return True
    of_lift = [0] * len(problem.free)
    for mode in wanting:
        of_lift[mode.lift] += 1
    return any(sum([free[choice[0]] for choice in mode.stations]) < of_lift[mode.lift] for mode in wanting)
