"""Writes instances with their optima, so that others can beat us."""

from pathlib import Path

from autosilo.bench.dispatch import burst, stream
from autosilo.bench.dispatch.instances import RACKS, dump

SEED = 1
A_KIND = 2
"""So many of each kind; the bench draws the same ones, and more, for the seed above."""


def write(path: Path) -> int:
    """Draw, solve and write; returns how many."""
    instances = [
        one
        for lifts in burst.LIFTS
        for racks in (RACKS[:1] if lifts == 1 else RACKS)
        for one in burst.drawn(SEED, lifts, racks, A_KIND)
    ]
    for gap_s, racks in stream.KINDS:
        instances += stream.drawn(SEED, gap_s, racks, stream.SIZES, 1)
    path.write_text(dump(instances), encoding="utf-8")
    return len(instances)
