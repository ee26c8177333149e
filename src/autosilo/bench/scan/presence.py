"""Is there a car? Pictures with one must be taken, pictures without one must not."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from autosilo.bench.report import Figure
from autosilo.bench.scan.pictures import Looked, pictures_in
from autosilo.vision.cars import CarEngine
from autosilo.vision.images import CannotRead


def figures(engine: CarEngine, with_car: Sequence[Looked], without: Path | None) -> Iterable[Figure]:
    found = sum(one.embedding is not None for one in with_car)
    share = round(100 * found / len(with_car), 2)
    yield Figure(name=f"a car is found, {len(with_car)} pictures", value=share, unit="%", target=">= 99", limit=100)
    if without is None:
        return
    paths = pictures_in(without)
    alarms = sum(_is_car(engine, path) for path in paths)
    share = round(100 * alarms / len(paths), 2)
    name = f"a car is seen where none is, {len(paths)} pictures"
    yield Figure(name=name, value=share, unit="%", target="<= 0.5", limit=0)


def _is_car(engine: CarEngine, path: Path) -> bool:
    try:
        return engine.look(path.read_bytes()).found
    except CannotRead:
        return False
