"""What each idea is worth: the same division of pictures with the idea left out."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate, pairwise
from statistics import mean

import numpy as np

from autosilo.bench.report import Figure
from autosilo.bench.scan.pictures import Looked, references
from autosilo.vision.cars import fit
from autosilo.vision.cars.encoder import LENGTHS, WIDTH

Rows = np.ndarray
_ENDS = list(accumulate(LENGTHS, initial=0))
_FEATURES_0, _PARTS_0, _PAIRS_0, _FEATURES_2, _PARTS_2, _PAIRS_2 = (slice(*ends) for ends in pairwise(_ENDS))


def figures(case: str, divisions: Sequence[tuple[Sequence[Looked], Sequence[Looked]]]) -> Iterable[Figure]:
    """`divisions`: references and queries of each draw. Rows without a target."""
    first = next(one.studied for one in divisions[0][0] if one.studied is not None)
    variants = VARIANTS if first.shape == (WIDTH,) else {}
    for name, change in variants.items():
        shares = [_first(own, asked, change) for own, asked in divisions]
        yield Figure(name=f"{case}, {name}: first", value=round(100 * mean(shares), 2), unit="%")
    one_sided = [([replace(one, studied=one.embedding) for one in own], asked) for own, asked in divisions]
    shares = [_first(own, asked, np.asarray) for own, asked in one_sided]
    yield Figure(name=f"{case}, without mirror images: first", value=round(100 * mean(shares), 2), unit="%")


def plain_cosine(gallery: Mapping[str, Rows], queries: Sequence[Looked]) -> float:
    """Share of first places by the cosine to class means as seen from their middle: no whitening at all."""
    means = np.stack([rows.mean(axis=0) for rows in gallery.values()])
    middle = means.mean(axis=0)
    labels = list(gallery)
    asked = [one for one in queries if one.embedding is not None]
    looks = np.stack([one.embedding for one in asked if one.embedding is not None]) - middle
    order = (_unit(looks) @ _unit(means - middle).T).argmax(axis=1)
    right = sum(one.label == labels[index] for one, index in zip(asked, order, strict=True))
    return right / len(queries)


def _without(*parts: slice) -> Callable[[Rows], Rows]:
    def change(rows: Rows) -> Rows:
        kept = rows.copy()
        for part in parts:
            kept[:, part] = 0
        return _unit(kept)

    return change


def _without_root(rows: Rows) -> Rows:
    kept = rows.copy()
    for part in (_FEATURES_0, _FEATURES_2):
        kept[:, part] = _unit(kept[:, part] ** 2) / np.sqrt(len(LENGTHS))
    for part in (_PAIRS_0, _PAIRS_2):
        kept[:, part] = _unit(kept[:, part] * np.abs(kept[:, part])) / np.sqrt(len(LENGTHS))
    return _unit(kept)


VARIANTS: Mapping[str, Callable[[Rows], Rows]] = {
    "without Lite2": _without(_FEATURES_2, _PARTS_2, _PAIRS_2),
    "without Lite0": _without(_FEATURES_0, _PARTS_0, _PAIRS_0),
    "without parts": _without(_PARTS_0, _PARTS_2),
    "without pairs": _without(_PAIRS_0, _PAIRS_2),
    "without square roots": _without_root,
}


def _first(own: Sequence[Looked], asked: Sequence[Looked], change: Callable[[Rows], Rows]) -> float:
    fitted = fit({label: change(rows) for label, rows in references(own).items()})
    right = 0
    for one in asked:
        if one.embedding is not None:
            similarity = fitted.similarity(change(one.embedding[None])[0])
            right += max(similarity, key=lambda slug: similarity[slug]) == one.label
    return right / len(asked)


def _unit(rows: Rows) -> Rows:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12))
