"""What kinematics and the queue say, without uncertainty."""

from collections.abc import Iterable
from dataclasses import dataclass

UNDER_WAY = "under way"
"""Group of those whose car a lift brings already, or for whom only the gate has to open."""


@dataclass(frozen=True, slots=True)
class Way:
    """One lift that could bring the car. ``free_in_s``: until it can set out, 0 when it is idle. ``own_s``: from there
    until the car stands behind the open gate. ``ahead``: shoppers whom this lift must serve before, by expectation.
    """

    free_in_s: float
    own_s: float
    ahead: float = 0.0


def guess_s(ways: Iterable[Way]) -> float:
    """Seconds by the quickest way; each shopper ahead takes as long as this one. ``inf`` when there is no way."""
    return min((way.free_in_s + way.own_s * (1.0 + way.ahead) for way in ways), default=float("inf"))


def group(*, waiting: int, idle: bool, station_free: bool) -> str:
    """What the uncertainty depends on: an idle lift and a free delivery bay, and whether others wait already."""
    if not station_free:
        return "full"
    if waiting:
        return "queue"
    return "idle" if idle else "busy"
