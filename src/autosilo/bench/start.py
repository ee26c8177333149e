"""How long a start takes: the first on an empty home, and the next ones, until the shop's first page has answered."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from autosilo.bench.command import Conditions
from autosilo.bench.report import Figure
from autosilo.up.rehearsal import private_home, running

REPETITIONS = 5
QUICK_REPETITIONS = 1
NEXT_START_TARGET = "<= 10"


@dataclass(frozen=True)
class Start:
    """Seconds since the command was given."""

    ready_s: float
    first_page_s: float


def measure(conditions: Conditions) -> Sequence[Figure]:
    """Start and stop in a home of its own, several times; the slowest start counts, not the usual one."""
    repetitions = QUICK_REPETITIONS if conditions.quick else REPETITIONS
    with private_home() as home:
        first = start_once(home)
        later = [start_once(home) for _ in range(repetitions)]
    return [
        Figure(name="first start, first page", value=round(first.first_page_s, 2), unit="s"),
        Figure(name="first start, everything ready", value=round(first.ready_s, 2), unit="s"),
        Figure(
            name=f"next start, first page (median of {repetitions})",
            value=round(median(start.first_page_s for start in later), 2),
            unit="s",
        ),
        Figure(
            name=f"next start, first page (slowest of {repetitions})",
            value=round(max(start.first_page_s for start in later), 2),
            unit="s",
            target=NEXT_START_TARGET,
        ),
        Figure(
            name=f"next start, everything ready (slowest of {repetitions})",
            value=round(max(start.ready_s for start in later), 2),
            unit="s",
        ),
    ]


def start_once(home: Path) -> Start:
    """One start and one orderly stop. Raises ``DidNotStart`` with the end of what it printed."""
    with running(home) as shop:
        shop.wait_page()
        first_page = time.monotonic()
        shop.wait_ready()
        return Start(ready_s=time.monotonic() - shop.begun, first_page_s=first_page - shop.begun)
