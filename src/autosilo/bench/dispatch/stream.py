"""Requests one after another, nothing known beforehand: how far above who knows everything."""

from collections.abc import Iterator
from statistics import fmean

from autosilo.bench.command import Conditions
from autosilo.bench.dispatch.gaps import gaps
from autosilo.bench.dispatch.instances import RACKS, Instance, Racks, stream
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


def figures(conditions: Conditions) -> Iterator[Figure]:
    for racks in RACKS:
        yield _figure(_drawn(conditions, GAP_S, racks, REPETITIONS), f"every {GAP_S:.0f} s, {racks} racks", TARGET)
    yield _figure(
        _drawn(conditions, DENSE_GAP_S, "own", DENSE_REPETITIONS), f"every {DENSE_GAP_S:.0f} s, own racks", None
    )


def _drawn(conditions: Conditions, gap_s: float, racks: Racks, repetitions: int) -> list[Instance]:
    sizes, repetitions = (QUICK_SIZES, 1) if conditions.quick else (SIZES, repetitions)
    return [
        stream(conditions.seed * 1000 + number, cars=cars, gap_s=gap_s, racks=racks).solved(optimum)
        for cars in sizes
        for number in range(repetitions)
    ]


def _figure(instances: list[Instance], how: str, target: str | None) -> Figure:
    found = {who: round(fmean(each), 2) for who, each in gaps(instances).items()}
    sizes = sorted({len(instance.cars) for instance in instances})
    return Figure(
        name=f"stream of {sizes[0]}–{sizes[-1]}, {how}: mean gap of {len(instances)}",
        value=found.pop("policy"),
        unit="%",
        target=target,
        limit=0.0,
        baselines=found,
    )
