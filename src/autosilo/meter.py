"""Who spends the time: wall seconds by part, counted in every process and read at its ``/metrics``.

``autosilo bench visit`` reads the counters before and after each step of a visit and shows the differences.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from time import perf_counter

from prometheus_client import Counter


class Part(StrEnum):
    """What a second can be spent on."""

    DATABASE = "database"
    BUS = "bus"
    OPCUA = "opcua"
    VISION = "vision"
    TEMPLATES = "templates"
    JOURNAL = "journal"
    PROVIDER = "provider"


SPENT = Counter("autosilo_spent_seconds", "Wall time spent waiting for or working in a part", ["part"])
for _part in Part:
    SPENT.labels(_part.value)  # every part is listed from the start, at zero


@contextmanager
def spent(part: Part) -> Iterator[None]:
    """Add the wall time of the block to ``part``."""
    begun = perf_counter()
    try:
        yield
    finally:
        SPENT.labels(part.value).inc(perf_counter() - begun)
