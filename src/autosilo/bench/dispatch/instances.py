"""Instances of the sequencing problem: their form, their JSON, and how they are drawn.

``docs/reference/dispatch.md`` describes the form. The tower of every instance here: one lift in the middle of a round
tower, 8 sectors to each of 16 floors. The turning is over before the lift has arrived, so all sectors of a floor are
equally far.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from random import Random
from typing import Any, Literal

from autosilo.tower.kinematics import Ramp
from autosilo.tower.traveltimes import TravelTimes, travel_times

FORM = "autosilo-dispatch-1"
RETRIEVAL_WEIGHT = 4.0
STORAGE_WEIGHT = 1.0
SHORTEST_DWELL_S, LONGEST_DWELL_S = 45.0, 240.0
"""Between these a driver's time in the delivery bay is drawn evenly."""
Racks = Literal["own", "pooled", "shared"]
RACKS: tuple[Racks, ...] = ("own", "pooled", "shared")
"""``own``: each lift has its rack and its intakes, as in the mailbox: a car is fetched and stored by its lift.
``pooled``: racks of their own, but every lift reaches every intake, so any of them can store a car.
``shared``: every lift reaches every bay, too."""
NAMES: dict[Racks, str] = {"own": "own racks", "pooled": "pooled intakes", "shared": "shared racks"}


@dataclass(frozen=True, kw_only=True)
class Tower:
    """One lift's rack. Floor 0 is the street with all stations."""

    floors: int = 16
    sectors: int = 8
    pitch_m: float = 2.3
    speed_m_s: float = 2.0
    acceleration_m_s2: float = 0.3
    transfer_s: float = 25.0

    def times(self) -> TravelTimes:
        """Place 0 is the street, place n any sector of floor n."""
        heights = [floor * self.pitch_m for floor in range(self.floors + 1)]
        return travel_times(heights, Ramp(self.speed_m_s, self.acceleration_m_s2), take_s=self.transfer_s)


@dataclass(frozen=True, kw_only=True)
class Car:
    """One request. ``lifts``: which lifts may do it, each at the same ``floor`` and ``sector`` of its rack.

    ``release``: the second at which it is made, and becomes known. ``dwell``: seconds for which a delivered car stays
    in its delivery bay after it has been put there.
    """

    kind: Literal["retrieve", "store"]
    lifts: tuple[int, ...]
    floor: int
    sector: int
    weight: float
    release: float = 0.0
    dwell: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Instance:
    """``delivery_bays``: shared by all lifts; 0 when there are always enough. ``optimum``: least weighted wait."""

    name: str
    lifts: int
    delivery_bays: int
    cars: tuple[Car, ...]
    tower: Tower = Tower()
    optimum: float | None = None

    def solved(self, by: Callable[["Instance"], float]) -> "Instance":
        """With its optimum, to three decimals, as ``by`` computes it."""
        return replace(self, optimum=round(by(self), 3))


def burst(seed: int, *, lifts: int, racks: Racks, cars: int = 16) -> Instance:
    """All requests at once, half of them retrievals by the toss of a coin, in distinct bays drawn evenly."""
    random = Random(f"burst {seed} {lifts} {racks} {cars}")  # noqa: S311 - an instance to measure on, nothing secret
    return Instance(
        name=f"burst-{lifts}-{racks}-{seed}",
        lifts=lifts,
        delivery_bays=0,
        cars=tuple(_car(random, bay, lifts, racks) for bay in random.sample(range(16 * 8), cars)),
    )


def stream(seed: int, *, cars: int, gap_s: float, racks: Racks = "own") -> Instance:
    """Two lifts, three delivery bays; requests as a Poisson process with ``gap_s`` mean seconds between them.

    A driver needs between 45 s and 4 min to drive off, evenly drawn.
    """
    random = Random(f"stream {seed} {cars} {gap_s:g} {racks}")  # noqa: S311 - as above
    now = 0.0
    drawn: list[Car] = []
    for bay in random.sample(range(16 * 8), cars):
        car = _car(random, bay, 2, racks)
        dwell = round(random.uniform(SHORTEST_DWELL_S, LONGEST_DWELL_S), 1) if car.kind == "retrieve" else 0.0
        drawn.append(replace(car, release=round(now, 1), dwell=dwell))
        now += random.expovariate(1 / gap_s)
    return Instance(name=f"stream-{cars}-{gap_s:g}-{racks}-{seed}", lifts=2, delivery_bays=3, cars=tuple(drawn))


def backlog(seed: int, *, cars: int = 100) -> Instance:
    """One lift with half retrievals and half storages, all there from the beginning."""
    return replace(burst(seed, lifts=1, racks="own", cars=cars), name=f"backlog-{cars}-{seed}")


def _car(random: Random, bay: int, lifts: int, racks: Racks) -> Car:
    retrieve = random.random() < 0.5
    rack = random.randrange(lifts)
    alone = racks == "own" or (racks == "pooled" and retrieve)
    return Car(
        kind="retrieve" if retrieve else "store",
        lifts=(rack,) if alone else tuple(range(lifts)),
        floor=1 + bay // 8,
        sector=1 + bay % 8,
        weight=RETRIEVAL_WEIGHT if retrieve else STORAGE_WEIGHT,
    )


def dump(instances: Sequence[Instance]) -> str:
    """The JSON text of ``instances``; one car a line."""
    lines = []
    for instance in instances:
        content = asdict(instance)
        cars = content.pop("cars")
        head = json.dumps(content)[:-1]
        rows = ",\n   ".join(json.dumps(car) for car in cars)
        lines.append(f'  {head}, "cars": [\n   {rows}]}}')
    return f'{{"form": "{FORM}", "instances": [\n' + ",\n".join(lines) + "\n]}\n"


def load(path: Path) -> list[Instance]:
    """The instances of a file.

    Raises:
        ValueError: the file is not of this form; says where.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError) as error:
        raise ValueError(f"{path}: {error}") from error
    if not isinstance(content, dict) or content.get("form") != FORM:
        raise ValueError(f'{path}: "form" must be {FORM!r}')
    return [_parse(path, number, raw) for number, raw in enumerate(content.get("instances", []))]


def _parse(path: Path, number: int, raw: Mapping[str, Any]) -> Instance:
    try:
        cars = tuple(Car(**{**car, "lifts": tuple(car["lifts"])}) for car in raw["cars"])
        instance = Instance(**{**raw, "cars": cars, "tower": Tower(**raw.get("tower", {}))})
        _check(instance)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path}: instance {number}: {error}") from error
    return instance


def _check(instance: Instance) -> None:
    if instance.lifts < 1 or instance.delivery_bays < 0 or not instance.cars:
        raise ValueError("there must be a lift and a car, and not less than no delivery bay")
    for number, car in enumerate(instance.cars):
        if car.kind not in ("retrieve", "store"):
            raise ValueError(f"car {number}: kind {car.kind!r}")
        if not car.lifts or not all(0 <= lift < instance.lifts for lift in car.lifts):
            raise ValueError(f"car {number}: lifts {list(car.lifts)}")
        if not 1 <= car.floor <= instance.tower.floors or not 1 <= car.sector <= instance.tower.sectors:
            raise ValueError(f"car {number}: floor {car.floor}, sector {car.sector}")
        if car.weight < 0 or car.dwell < 0 or car.release < 0:
            raise ValueError(f"car {number}: weight, dwell and release must not be negative")
