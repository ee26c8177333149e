"""``autosilo bench scan``: recognition on folders of pictures, by the engine and the gallery that serve shoppers."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from autosilo.bench.command import Conditions
from autosilo.bench.report import Figure
from autosilo.bench.scan import accuracy, latency, presence, refit
from autosilo.bench.scan.pictures import Looked, look_at
from autosilo.vision.cars import CarEngine

__all__ = ["measure"]


def measure(conditions: Conditions) -> Sequence[Figure]:
    """Everything that the given folders allow. Without folders only what needs no pictures: the refit."""
    return list(_figures(conditions))


def _figures(conditions: Conditions) -> Iterable[Figure]:
    options = conditions.options
    engine = CarEngine(encoder=options.get("encoder"))
    cache: Path | None = options.get("cache")
    gallery, queries, tuning = (
        look_at(engine, options[name], cache=cache, references=name != "queries") if name in options else []
        for name in ("gallery", "queries", "tuning")
    )
    if gallery:
        yield from accuracy.figures(gallery, queries, tuning, seed=conditions.seed, quick=conditions.quick)
        yield from presence.figures(engine, [*gallery, *queries], options.get("negatives"))
        yield from latency.figures(engine, _files([*queries, *gallery]), quick=conditions.quick)
    yield from refit.figures(engine, conditions.seed, quick=conditions.quick)


def _files(looked: Sequence[Looked]) -> list[Path]:
    return [one.path for one in looked if one.embedding is not None]
