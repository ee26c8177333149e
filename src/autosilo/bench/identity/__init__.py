"""``autosilo bench identity``: who is who, how surely and how fast."""

from collections.abc import Sequence
from pathlib import Path

from autosilo.bench.command import Conditions
from autosilo.bench.identity.chain import figures_of_chain
from autosilo.bench.identity.people import figures_of_pairs
from autosilo.bench.report import Figure


def measure(conditions: Conditions) -> Sequence[Figure]:
    """The pairs where ``--pairs`` and ``--images`` are given; then what a frame costs."""
    pairs: Path | None = conditions.options.get("pairs")
    images: Path | None = conditions.options.get("images")
    found: list[Figure] = []
    if (pairs is None) != (images is None):
        raise ValueError("--pairs and --images belong together")
    if pairs is not None and images is not None:
        found += figures_of_pairs(pairs, images, seed=conditions.seed)
    return found + list(figures_of_chain(quick=conditions.quick))
