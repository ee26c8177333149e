"""The same day in the simulator, which decides everything itself and is compared with the run, move by move.

Of the run it knows when shoppers and cars came, and how long moves and people took. Which car a lift takes next, by
which lift, to which station and into which bay follows from the simulator's own state alone. Where it decides otherwise
than the run, that is a difference; from there on it follows the run, so that the next decision is again asked in the
same state.
"""

from collections import deque
from dataclasses import dataclass, field, replace
from heapq import heappop
from math import inf

from autosilo.bench.dispatch.same_day.day import KINDS, Day, kind
from autosilo.bench.dispatch.same_day.run import Record
from autosilo.planner import brain, fill, people, returns
from autosilo.planner.demand import Demand
from autosilo.planner.draws import DAY_S, People
from autosilo.planner.machine import Machine
from autosilo.planner.records import Returned, Visit
from autosilo.planner.rules import Rules
from autosilo.planner.ways import Way
from autosilo.planner.world import Measured, World

OPEN = [(0.0, 24.0)] * 7
NEVER_S = 100 * DAY_S
FOLLOW_S = 2.0
"""What the simulator cannot follow yet, since a lift is not free there, it tries again so much later."""
FOLLOW_TIMES = 300
REACTION_S = 10.0
"""Half a second of the controller's own time at the pace of the run: on a busy computer it hears, decides and sends so
late at times."""


@dataclass(frozen=True, slots=True)
class Step:
    """A move of the run, by the simulator's numbers."""

    number: int
    lift: int
    car: int
    source: int
    destination: int
    begun: float
    done: float

    @property
    def what(self) -> tuple[int, int, int]:
        return self.car, self.source, self.destination


@dataclass(frozen=True, slots=True)
class Compared:
    """``steps``: moves of the run; ``differing``: of these, those that the simulator would not have made then;
    ``extra``: moves that only the simulator would have made. ``choices``: among equal cars; ``otherwise``: of these,
    those in which the simulator would have chosen another. ``words``: for people, in order."""

    steps: int
    differing: int
    extra: int
    choices: int
    otherwise: int
    words: tuple[str, ...]

    @property
    def same(self) -> float:
        """Share of all moves of either that both made."""
        return (self.steps - self.differing) / max(1, self.steps + self.extra)


@dataclass(slots=True)
class Followed:
    """A run that is played again: ``planner.world.Measured``."""

    machine: Machine
    record: Record
    left: list[deque[Step]]
    """By lift: what it has yet to do."""
    differing: set[Step] = field(default_factory=set)
    extra: set[tuple[int, int, int]] = field(default_factory=set)
    choices: int = 0
    otherwise: int = 0
    words: list[str] = field(default_factory=list)
    following: bool = False

    def agrees(self, now: float, car: int, source: int, destination: int) -> bool:
        """Noted once for each move of the run. What the run decided within ``REACTION_S`` is asked again at that time,
        since it may have heard of somebody else by then."""
        if self.following:
            return True
        left = self.left[self._lift(source, destination)]
        if left and left[0].what == (car, source, destination):
            return left[0] not in self.differing
        if left and 0.0 < left[0].begun - now <= REACTION_S:
            return False
        if not left:
            self.extra.add((car, source, destination))
        else:
            self.note(left[0], self._words(car, source, destination))
        return False

    def note(self, step: Step, instead: str) -> None:
        if step not in self.differing:
            self.differing.add(step)
            self.words.append(f"{step.begun:.0f} s: {self._words(*step.what)}; the simulator: {instead}")

    def promised(self, number: int) -> int | None:
        return self.record.promised.get(number)

    def chosen(self, number: int, here: bool, car: int) -> int:
        """What the run chose; that the simulator would have chosen otherwise is noted. Where the run had nothing to
        choose any more (its lift was a moment ahead), the simulator's choice stands."""
        found = self.record.chosen.get((number, "here" if here else "ahead"))
        if found is None:
            return car
        self.choices += 1
        if found != car:
            self.otherwise += 1
            self.words.append(f"pick-up {number}: the site chose car {found}; the simulator {car}")
        return found

    def move(
        self, car: int, source: int, destination: int, now: float, taken: float, done: float
    ) -> tuple[float, float]:
        """An intake or station counts as free again when the move has ended, as at the controller."""
        step = self.left[self._lift(source, destination)].popleft()
        return max(now, step.done), max(now, step.done)

    def away(self, car: int, at: float) -> float:
        return self.record.away.get(car, at)

    def ready(self, car: int, at: float) -> float:
        return self.record.ready.get(car, at)

    def _lift(self, source: int, destination: int) -> int:
        return self.machine.lift_of_bay[min(source, destination)]

    def _words(self, car: int, source: int, destination: int) -> str:
        return f"car {car} from {self.machine.names[source]} to {self.machine.names[destination]}"


def compare(machine: Machine, day: Day, record: Record, rules: Rules) -> Compared:
    """Play ``record`` of ``day`` again, with ``rules``."""
    index = _index(day)
    steps = _steps(machine, record, index)
    left = [deque(step for step in steps if step.lift == lift) for lift in range(machine.lifts)]
    run = Followed(machine, _by_index(record, index), left)
    world = world_of(machine, day, record, rules, run)
    for step in steps:
        world.at(step.begun, _follow, (run, step, 0))
    while world.heap:
        now, _, handler, what = heappop(world.heap)
        if now > day.seconds + DAY_S / 4:
            break
        handler(world, now, what)
    return Compared(len(steps), len(run.differing), len(run.extra), run.choices, run.otherwise, tuple(run.words))


def world_of(machine: Machine, day: Day, record: Record, rules: Rules, measured: Measured) -> World:
    """The simulator before the first shopper of ``day``, who come as ``record`` says."""
    index = _index(day)
    told = _by_index(record, index)
    shoppers = _people(day, told)
    world = World(machine, _demand(), shoppers, rules, opening=OPEN, classes=(), begin=0.0, seed=1)
    world.measured = measured
    _fill(world, day, index)
    _script(world, day, index, told)
    return world


def _index(day: Day) -> dict[int, int]:
    """The simulator counts cars from 0."""
    numbers = sorted(day.places.values()) + [one.car for one in day.backs]
    return {number: at for at, number in enumerate(numbers)}


def _steps(machine: Machine, record: Record, index: dict[int, int]) -> list[Step]:
    place = {name: number for number, name in enumerate(machine.names)}
    found = []
    for number, one in enumerate(sorted(record.moves, key=lambda one: one.begun)):
        source, destination = place[one.source], place[one.destination]
        lift = machine.lift_of_bay[min(source, destination)]
        found.append(Step(number, lift, index[one.car], source, destination, one.begun, one.done))
    return found


def _follow(w: World, now: float, what: tuple[Followed, Step, int]) -> None:
    """The run has begun this by now; what the simulator has not begun by itself is a difference."""
    run, step, tries = what
    if step in run.left[step.lift] and step not in run.differing:
        brain.think(w, now)
    if step not in run.left[step.lift]:
        return
    run.note(step, "waits")
    task = _task(w, step.car)
    if w.busy[step.lift] or task is None or run.left[step.lift][0] != step:
        if tries < FOLLOW_TIMES:
            w.at(now + FOLLOW_S, _follow, (run, step, tries + 1))
        return
    run.following = True
    brain.begin(w, now, task, Way(step.lift, step.source, step.destination))
    run.following = False


def _task(w: World, car: int) -> Visit | Returned | None:
    tasks: list[Visit | Returned] = [*w.waiting, *w.to_stage, *w.to_store]
    return next((one for one in tasks if one.car == car), None)


def _by_index(record: Record, index: dict[int, int]) -> Record:
    def renamed(times: dict[int, float]) -> dict[int, float]:
        return {index[car]: at for car, at in times.items()}

    return replace(
        record,
        promised={number: index[car] for number, car in record.promised.items()},
        chosen={what: index[car] for what, car in record.chosen.items()},
        away=renamed(record.away),
        back=renamed(record.back),
        ready=renamed(record.ready),
    )


def _demand() -> Demand:
    """All kinds alike in demand."""
    models = [{"name": f"kind {number}", "cars": 4, "share": 1.0} for number in range(KINDS)]
    return Demand.model_validate({"pickups": {"a_day": 100.0}, "models": models, "faults": {"a_year": 0.0}})


def _people(day: Day, record: Record) -> People:
    """Shoppers by their number, then cars that come back."""
    count = len(day.pickups) + len(day.backs)
    dues = [record.asked.get(number, inf) if one.due is None else one.due for number, one in enumerate(day.pickups)] + [
        0.0
    ] * len(day.backs)
    return People(
        due=dues,
        booked=[one.due is not None for one in day.pickups] + [False] * len(day.backs),
        offset=[0.0] * count,
        no_show=[False] * count,
        known=[0.0] * count,
        dwell=[one.dwell for one in day.pickups] + [0.0] * len(day.backs),
        away=[NEVER_S] * count,
        intake=[0.0] * len(day.pickups) + [one.inside for one in day.backs],
        charge=[1.0] * count,
        model=[kind(one.car) for one in day.pickups] + [kind(one.car) for one in day.backs],
        which=[0.0] * count,
    )


def _fill(world: World, day: Day, index: dict[int, int]) -> None:
    place = {name: number for number, name in enumerate(world.machine.names)}
    for number in index:
        fill.new_car(world, kind(number))
    for name, number in day.places.items():
        car, bay = index[number], place[name]
        fill.put(world, car, world.machine.lift_of_bay[bay], bay)


def _script(world: World, day: Day, index: dict[int, int], record: Record) -> None:
    for number, one in enumerate(day.pickups):
        if one.due is not None:
            world.at(0.0, people.assign, number)
        if number in record.asked:
            world.at(record.asked[number], people.arrive, number)
        if number in record.given_up:
            world.at(record.given_up[number], people.gives_up, number)
    for number, back in enumerate(day.backs, start=len(day.pickups)):
        car = index[back.car]
        if car in record.back:
            world.at(record.back[car], returns.comes_back, (car, number))
