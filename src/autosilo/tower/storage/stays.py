"""How long a car will stay in its bay: a departure that is booked is known, another one has a rate."""

from math import exp, inf

UNKNOWN = inf
"""``leaves_at`` of a car that nobody has booked."""
NEVER_S = 400 * 86_400.0
"""Mean stay of a car of which nothing is known."""
LEAST_STAY_S = 60.0
"""A car that is wanted now, or was wanted before, stays so long by expectation."""


def rate_of(leaves: float, *, now: float) -> float:
    """Departures per second of a car that leaves at ``leaves`` (``UNKNOWN``: nobody has booked it): how much it is
    worth to have it near where no car is brought down before its shopper comes."""
    return 1.0 / (NEVER_S if leaves == UNKNOWN else max(LEAST_STAY_S, leaves - now))


def leaves_first(*, leaves_a: float, rate_a: float, leaves_b: float, rate_b: float, now: float) -> float:
    """Probability that car a leaves before car b.

    ``leaves_*``: known departure in seconds on the clock of ``now``, or ``UNKNOWN``; ``rate_*``: departures per second
    of a car without a known one, whose stay is taken as exponential (a walk-up may come at any time), > 0.
    """
    if leaves_a != inf:
        if leaves_b != inf:
            return 1.0 if leaves_a < leaves_b else 0.0
        return exp(-rate_b * max(0.0, leaves_a - now))
    if leaves_b != inf:
        return 1.0 - exp(-rate_a * max(0.0, leaves_b - now))
    return rate_a / (rate_a + rate_b)
