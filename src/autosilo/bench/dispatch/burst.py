"""A burst of 16 requests at once: how far above the exact optimum."""

from collections.abc import Iterator
from statistics import fmean

from autosilo.bench.command import Conditions
from autosilo.bench.dispatch import burst_optimum
from autosilo.bench.dispatch.gaps import gaps
from autosilo.bench.dispatch.instances import NAMES, RACKS, Instance, Racks, burst
from autosilo.bench.report import Figure

MEAN_TARGET = "<= 0.5"
MAX_TARGET = "<= 3"
INSTANCES = 12
QUICK_INSTANCES = 1
LIFTS = (1, 2, 3)


def figures(conditions: Conditions) -> Iterator[Figure]:
    count = QUICK_INSTANCES if conditions.quick else INSTANCES
    for lifts in LIFTS:
        for racks in RACKS[:1] if lifts == 1 else RACKS:
            found = gaps(drawn(conditions.seed, lifts, racks, count))
            where = "1 lift" if lifts == 1 else f"{lifts} lifts, {NAMES[racks]}"
            for name, of, target in (("mean", fmean, MEAN_TARGET), ("max", max, MAX_TARGET)):
                values = {who: round(of(each), 3) for who, each in found.items()}
                yield Figure(
                    name=f"burst of 16, {where}: {name} gap of {count}",
                    value=values.pop("policy"),
                    unit="%",
                    target=target,
                    limit=0.0,
                    baselines=values,
                )


def drawn(seed: int, lifts: int, racks: Racks, count: int) -> list[Instance]:
    """Instances with their optima."""
    return [
        burst(seed * 1000 + number, lifts=lifts, racks=racks).solved(burst_optimum.optimum) for number in range(count)
    ]
