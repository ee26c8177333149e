"""Requests one after another, nothing known beforehand: how far above who knows everything."""

from collections.abc import Iterable, Iterator
from statistics import fmean

from autosilo.bench.command import Conditions
from autosilo.bench.dispatch.gaps import gaps
from autosilo.bench.dispatch.instances import NAMES, RACKS, Instance, Racks, stream
from autosilo.bench.dispatch.stream_optimum import optimum
from autosilo.bench.report import Figure

TARGET = "<= 6"
SIZES = range(9, 16)
GAP_S = 60.0
"""30 cars out and 30 in within an hour, as on the whole days of this bench."""
DENSE_GAP_S = 30.0
REPETITIONS = 8
DENSE_REPETITIONS = 2
QUICK_SIZES = range(9, 12)


KINDS: tuple[tuple[float, Racks], ...] = (*((GAP_S, racks) for racks in RACKS), (DENSE_GAP_S, "own"))
ANNOUNCED_S = 15.0
"""About as long as a shopper is at the kiosk before the lift may move for them."""


def figures(conditions: Conditions) -> Iterator[Figure]:
    for gap_s, racks in KINDS:
        dense = gap_s == DENSE_GAP_S
        sizes, repetitions = (QUICK_SIZES, 1) if conditions.quick else (SIZES, REPETITIONS)
        instances = drawn(conditions.seed, gap_s, racks, sizes, min(repetitions, DENSE_REPETITIONS if dense else 99))
        how = f"every {gap_s:.0f} s, {NAMES[racks]}"
        yield _figure(instances, how, target=None if dense else TARGET)
        if racks == "pooled":
            yield _figure(instances, f"{how}, announced {ANNOUNCED_S:.0f} s before", announced_s=ANNOUNCED_S)


def drawn(seed: int, gap_s: float, racks: Racks, sizes: Iterable[int], repetitions: int) -> list[Instance]:
    """Instances with their optima."""
    return [
        stream(seed * 1000 + number, cars=cars, gap_s=gap_s, racks=racks).solved(optimum)
        for cars in sizes
        for number in range(repetitions)
    ]


def _figure(instances: list[Instance], how: str, *, target: str | None = None, announced_s: float = 0.0) -> Figure:
    found = {who: round(fmean(each), 2) for who, each in gaps(instances, announced_s=announced_s).items()}
    sizes = sorted({len(instance.cars) for instance in instances})
    return Figure(
        name=f"stream of {sizes[0]}–{sizes[-1]}, {how}: mean gap of {len(instances)}",
        value=found.pop("policy"),
        unit="%",
        target=target,
        limit=0.0,
        baselines=found,
    )
