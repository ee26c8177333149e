"""How often the right model comes first, or among five, and how well strangers are told from cars that are known.

With both folders: `--queries` against a gallery of `--gallery`; labels without references are strangers. With
`--gallery` alone its pictures are divided: so many of each class, drawn anew each time, become references, the others
queries, and classes that were not drawn give the strangers.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import mean

import numpy as np

from autosilo.bench.report import Figure
from autosilo.bench.scan import ablation
from autosilo.bench.scan.pictures import Looked, by_label, references
from autosilo.vision.cars import Gallery, fit
from autosilo.vision.cars.tuning import fine_tune

OFFERED = 5
DRAWS, DRAWS_QUICK = 12, 2
CASES = ((20, 20), (None, 10), (None, 20))
"""Classes and references a class of the cases without a folder of queries; None: all classes there are."""


@dataclass(frozen=True)
class Outcome:
    """Shares 0..1; `auroc` and `false_names` None without strangers."""

    first: float
    five: float
    named: float
    named_right: float
    auroc: float | None
    false_names: float | None


def figures(
    gallery: Sequence[Looked], queries: Sequence[Looked], tuning: Sequence[Looked], *, seed: int, quick: bool
) -> Iterable[Figure]:
    if queries:
        yield from _told(
            _case(gallery), [judged(gallery, queries, tuning)], [baseline(gallery, queries)], tuned=bool(tuning)
        )
        return
    there = len(by_label(gallery))
    for classes, photos in CASES:
        if classes == there:
            continue  # the same as all of them
        yield from _divided(gallery, tuning, classes, photos, seed=seed, draws=DRAWS_QUICK if quick else DRAWS)


def _case(gallery: Sequence[Looked]) -> str:
    """So many classes, and references a class, or of all together where classes have not as many."""
    groups = by_label(gallery)
    sizes = {len(own) for own in groups.values()}
    return f"{len(groups)} classes, {sizes.pop() if len(sizes) == 1 else f'{len(gallery)} unequal'} references"


def judged(gallery: Sequence[Looked], queries: Sequence[Looked], tuning: Sequence[Looked] = ()) -> Outcome:
    """Fit and ask. A query in which no car was found counts as wrong."""
    head = fine_tune(references(tuning)) if tuning else None
    fitted = fit(references(gallery), head=head)
    known = [one for one in queries if one.label in fitted.counts]
    strangers = [one for one in queries if one.label not in fitted.counts]
    orders = [_order(fitted, one) for one in known]
    names = [_named(fitted, one) for one in known]
    given = [(one.label, name) for one, name in zip(known, names, strict=True) if name]
    inside, outside = ([_known(fitted, one) for one in group] for group in (known, strangers))
    return Outcome(
        first=float(np.mean([one.label in order[:1] for one, order in zip(known, orders, strict=True)])),
        five=float(np.mean([one.label in order[:OFFERED] for one, order in zip(known, orders, strict=True)])),
        named=len(given) / len(known),
        named_right=float(np.mean([label == name for label, name in given])) if given else 1.0,
        auroc=auroc(np.array(inside), np.array(outside)) if strangers else None,
        false_names=float(np.mean([_named(fitted, one) is not None for one in strangers])) if strangers else None,
    )


def baseline(gallery: Sequence[Looked], queries: Sequence[Looked]) -> float:
    """Share of first places by the plain cosine to class means, without whitening."""
    return ablation.plain_cosine(references(gallery), queries)


def auroc(inside: np.ndarray, outside: np.ndarray) -> float:
    """The probability that a known car scores higher than a stranger; a tie counts half."""
    lower = (outside[None] < inside[:, None]).mean()
    equal = (outside[None] == inside[:, None]).mean()
    return float(lower + equal / 2)


def _divided(
    looked: Sequence[Looked], tuning: Sequence[Looked], classes: int | None, photos: int, *, seed: int, draws: int
) -> Iterable[Figure]:
    groups = {label: own for label, own in by_label(looked).items() if len(own) > photos}
    if len(groups) < (classes or 2):
        return
    chance = np.random.default_rng(seed)
    outcomes, baselines, divisions = [], [], []
    for _ in range(draws):
        labels = [str(label) for label in chance.permutation(sorted(groups))]
        drawn = labels[: classes or len(labels)]
        own: list[Looked] = []
        asked: list[Looked] = []
        for label in labels:
            shuffled = [groups[label][i] for i in chance.permutation(len(groups[label]))]
            if label in drawn:
                own += shuffled[:photos]
            asked += shuffled[photos:]
        outcomes.append(judged(own, asked, tuning))
        divisions.append((own, [one for one in asked if one.label in drawn]))
        baselines.append(baseline(*divisions[-1]))
    case = f"{len(drawn)} classes, {photos} references"
    yield from _told(case, outcomes, baselines, tuned=bool(tuning))
    if classes:
        yield from ablation.figures(case, divisions)


GOALS = {
    "20 classes, 20 references": (92, 99.5),
    "98 classes, 10 references": (76, 95),
    "98 classes, 20 references": (85, 97),
}
"""First and among five, in per cent."""
TUNED_GOALS = {**GOALS, "98 classes, 10 references": (80, 96)}


def _told(name: str, outcomes: Sequence[Outcome], baselines: Sequence[float], *, tuned: bool) -> Iterable[Figure]:
    first, five = (TUNED_GOALS if tuned else GOALS).get(name, (None, None))
    name = f"{name}, tuned on other classes" if tuned else name

    def figure(what: str, values: Sequence[float], goal: float | None = None, **baseline: float) -> Figure:
        target = f">= {goal}" if goal else None
        value = round(100 * mean(values), 2)
        return Figure(name=f"{name}: {what}", value=value, unit="%", target=target, baselines=baseline)

    plain = {"cosine to means": round(100 * mean(baselines), 2)}
    yield figure("first", [one.first for one in outcomes], first, **plain)
    yield figure("among five", [one.five for one in outcomes], five)
    yield figure("called by name", [one.named for one in outcomes])
    yield figure("of these, right", [one.named_right for one in outcomes])
    aurocs = [one.auroc for one in outcomes if one.auroc is not None]
    false = [one.false_names for one in outcomes if one.false_names is not None]
    if aurocs:
        target = ">= 0.85"
        yield Figure(
            name=f"{name}: known against unknown, AUROC",
            value=round(mean(aurocs), 4),
            unit="",
            target=target,
            limit=1,
        )
        yield figure("strangers called by a name", false)


def _order(fitted: Gallery, one: Looked) -> list[str]:
    similarity = fitted.similarity(one.embedding) if one.embedding is not None else {}
    return sorted(similarity, key=lambda slug: -similarity[slug])


def _named(fitted: Gallery, one: Looked) -> str | None:
    return fitted.named(fitted.similarity(one.embedding)) if one.embedding is not None else None


def _known(fitted: Gallery, one: Looked) -> float:
    return (fitted.known(fitted.similarity(one.embedding)) or 0.0) if one.embedding is not None else 0.0
