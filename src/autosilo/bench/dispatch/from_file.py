"""Instances of a file: somebody else's, or ours with their optima, so that a policy can be compared."""

from collections.abc import Iterator, Sequence

from autosilo.bench.dispatch import burst_optimum, stream_optimum
from autosilo.bench.dispatch.gaps import gaps
from autosilo.bench.dispatch.instances import Instance
from autosilo.bench.report import Figure


def figures(instances: Sequence[Instance]) -> Iterator[Figure]:
    """One figure for each instance. An optimum that is missing is computed."""
    for instance in instances:
        solved = instance if instance.optimum is not None else instance.solved(optimum)
        found = {who: round(each[0], 3) for who, each in gaps([solved]).items()}
        yield Figure(name=solved.name, value=found.pop("policy"), unit="%", limit=0.0, baselines=found)


def optimum(instance: Instance) -> float:
    """By whichever exact method takes this instance."""
    at_once = not instance.delivery_bays and not any(car.release for car in instance.cars)
    return burst_optimum.optimum(instance) if at_once else stream_optimum.optimum(instance)
