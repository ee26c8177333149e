"""How far each policy ends above the optimum of each instance."""

from collections.abc import Sequence

from autosilo.bench.dispatch.instances import Instance
from autosilo.bench.dispatch.play import play
from autosilo.bench.dispatch.policies import RULES, by, policy

ROUNDING = 1e-6
"""Per cent: optima are kept with three decimals."""


class BelowOptimum(Exception):
    """A schedule costs less than what was said to be the least: the reference or the play is wrong."""


def gaps(instances: Sequence[Instance], *, announced_s: float = 0.0) -> dict[str, list[float]]:
    """By policy, per cent of weighted wait above the optimum, one number for each instance.

    Raises:
        ValueError: an instance without its optimum.
        BelowOptimum: an optimum was not one.
    """
    found: dict[str, list[float]] = {"policy": [], **{name: [] for name in RULES}}
    for instance in instances:
        found["policy"].append(_gap(instance, play(instance, policy(), announced_s=announced_s)))
        for name, priority in RULES.items():
            found[name].append(_gap(instance, play(instance, by(priority), announced_s=announced_s)))
    return found


def _gap(instance: Instance, cost: float) -> float:
    if instance.optimum is None:
        raise ValueError(f"{instance.name}: its optimum is not known")
    if cost < instance.optimum - 0.001:
        raise BelowOptimum(f"{instance.name}: {cost} is less than {instance.optimum}")
    return max(0.0, 100 * (cost / instance.optimum - 1))
