"""Two-deep lanes: how many cars must be moved out of the way, for each car that leaves."""

import heapq
import random
from collections.abc import Callable, Sequence
from math import inf

from autosilo.bench.command import Conditions
from autosilo.bench.dispatch.whole_day_tower import CLASSES, tower
from autosilo.bench.report import Figure
from autosilo.tower.storage.choose import Stay, choose_bay
from autosilo.tower.storage.rack import NO_BAY, Bays, Rack

FILLED = 0.9
RUNS, DEPARTURES, WARM_UP = 5, 20_000, 4_000
QUICK_RUNS, QUICK_DEPARTURES, QUICK_WARM_UP = 1, 2_500, 500
TARGETS = {0.0: "<= 0.35", 0.5: "<= 0.15", 0.8: "<= 0.06"}
"""Share of departures known when the car is stored -> relocations per retrieval."""

Choose = Callable[[Rack, Stay, float, int], int]


def figures(conditions: Conditions) -> Sequence[Figure]:
    """One lift with 128 lanes of two bays, 90 % full: each car that leaves is replaced by one of the same class."""
    runs, departures, warm_up = (
        (QUICK_RUNS, QUICK_DEPARTURES, QUICK_WARM_UP) if conditions.quick else (RUNS, DEPARTURES, WARM_UP)
    )
    bays = tower(lifts=1, depth=2).bays[0]
    rows = []
    for known, target in (*TARGETS.items(), (-1.0, None)):
        same = known < 0

        def mean(choose: Callable[[random.Random], Choose], known: float = max(known, 0.0), same: bool = same) -> float:
            found = [
                relocations(bays, choose, known, conditions.seed + run, departures, warm_up, all_alike=same)
                for run in range(runs)
            ]
            return round(sum(found) / runs, 3)

        name = "nothing known, no classes of demand" if same else f"{known:.0%} of departures known"
        rows.append(
            Figure(
                name=f"two-deep, 90 % full, {name}: relocations per retrieval",
                value=mean(by_policy),
                unit="",
                target=target,
                limit=0.0 if known == 1.0 else None,
                baselines={"random": mean(at_random), "nearest": mean(nearest)},
            )
        )
    return rows


def relocations(
    bays: Bays,
    choose_with: Callable[[random.Random], Choose],
    known: float,
    seed: int,
    departures: int,
    warm_up: int,
    *,
    all_alike: bool = False,
) -> float:
    """Cars moved from bay to bay, by each car that leaves; each such move counts, whatever its reason."""
    dice = random.Random(seed)  # noqa: S311  not a secret
    choose = choose_with(random.Random(seed + 1))  # noqa: S311
    rack = Rack(bays)
    leaving: list[tuple[float, int, int]] = []
    where: dict[int, int] = {}
    stays: dict[int, Stay] = {}
    now, moved, counted = 0.0, 0, 0

    def store(car: int, kind: int) -> None:
        _, of_stock, of_demand = CLASSES[kind]
        rate = 1.0 if all_alike else of_demand / of_stock
        leaves = now + dice.expovariate(rate)
        heapq.heappush(leaving, (leaves, car, kind))
        stays[car] = Stay(leaves=leaves if dice.random() < known else inf, rate=rate)
        put(car, NO_BAY)

    def put(car: int, barred: int) -> None:
        bay = choose(rack, stays[car], now, barred)
        where[car] = bay
        rack.put(bay, car, leaves=stays[car].leaves, rate=stays[car].rate)

    for car in range(round(FILLED * len(bays))):
        store(car, dice.choices(range(len(CLASSES)), [of_stock for _, of_stock, _ in CLASSES])[0])
    following = len(where)
    for number in range(departures):
        now, car, kind = heapq.heappop(leaving)
        blocker = rack.blocker(where[car])
        if blocker != NO_BAY:
            other = rack.take(blocker)
            put(other, blocker)
            moved += number >= warm_up
        rack.take(where.pop(car))
        counted += number >= warm_up
        store(following, kind)
        following += 1
    return moved / counted


def by_policy(_: random.Random) -> Choose:
    return lambda rack, stay, now, barred: choose_bay(rack, stay, now=now, barred=barred)


def at_random(dice: random.Random) -> Choose:
    return lambda rack, _stay, _now, barred: dice.choice(_open(rack, barred))


def nearest(_: random.Random) -> Choose:
    return lambda rack, _stay, _now, barred: _open(rack, barred)[0]


def _open(rack: Rack, barred: int) -> list[int]:
    """Free bays that can be reached and that close off none: a lane is filled from its rear."""
    bays = rack.bays
    return [
        bay
        for bay in rack.open_bays()
        if bay != barred
        and (barred == NO_BAY or bays.front[bay] != barred)
        and (bays.rear[bay] == NO_BAY or rack.car[bays.rear[bay]] >= 0)
    ]
