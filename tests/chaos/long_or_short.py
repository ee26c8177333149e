"""How long the property tests search: always the same short search, or with AUTOSILO_LONG_TESTS=1 a long one.

The short one is derandomised, so that a run never fails by chance and a change that breaks something is found by the
same example each time.
"""

import os

from hypothesis import HealthCheck, settings

LONG = os.environ.get("AUTOSILO_LONG_TESTS", "") not in ("", "0")


def search(*, examples: int, steps: int) -> settings:
    """``examples`` runs of up to ``steps`` steps; fifty times as many in a long search."""
    return settings(
        derandomize=not LONG,
        database=None,
        deadline=None,
        max_examples=examples * (50 if LONG else 1),
        stateful_step_count=steps * (2 if LONG else 1),
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
