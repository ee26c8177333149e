"""Who spends the time: wall seconds by part, counted in every process and read at its ``/metrics``.

``autosilo bench visit`` reads the counters before and after each step of a visit and shows the differences.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from time import perf_counter

from prometheus_client import Counter


class Part(StrEnum):
    """What a second can be spent on."""

    DATABASE = "database"
    BUS = "bus"
    OPCUA = "opcua"
    """A command to the PLC, until its acknowledgement was seen: what a visit waits for."""
    POLLING = "polling"
    """Cyclic reads of the PLC's state and heartbeats, beside whatever else happens."""
    VISION = "vision"
    TEMPLATES = "templates"
    JOURNAL = "journal"
    PROVIDER = "provider"
    DIGESTS = "digests"
    """Passwords and codes, by functions that are slow on purpose."""


SPENT = Counter("autosilo_spent_seconds", "Wall time spent waiting for or working in a part", ["part"])
for _part in Part:
    SPENT.labels(_part.value)  # every part is listed from the start, at zero


class _Block:
    """One block that is being timed; ``inner_s`` is what blocks inside it have taken."""

    inner_s = 0.0


_outer: ContextVar[_Block | None] = ContextVar("autosilo_meter_outer", default=None)


@contextmanager
def spent(part: Part) -> Iterator[None]:
    """Add the wall time of the block to ``part``, without what inner blocks have counted for their own parts.

    So a template that reads the database while it renders is charged for rendering alone, and parts can be added up.
    """
    block, outer = _Block(), _outer.get()
    token = _outer.set(block)
    begun = perf_counter()
    try:
        yield
    finally:
        took_s = perf_counter() - begun
        _outer.reset(token)
        if outer is not None:
            outer.inner_s += took_s
        SPENT.labels(part.value).inc(max(0.0, took_s - block.inner_s))
