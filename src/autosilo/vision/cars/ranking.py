"""Which model of the catalogue is it? Pure: a look, a gallery and a catalogue in, a verdict out.

Cold, without a reference photo, the body type and the colour already order the catalogue. With references, the look
decides: how probable each model is, times how probable it is that the car is a known one at all. What that leaves over
goes by body and colour to models without photos, so that they stay in the race.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from autosilo.vision.cars.body import likeness, most_likely
from autosilo.vision.cars.colour import NEAR
from autosilo.vision.cars.gallery import Gallery, fit
from autosilo.vision.cars.types import Candidate, CarLook, CatalogueEntry, Colour, Reason, Verdict
from autosilo.vision.thresholds import KNOWN

MOST: Final = 5  # candidates that are offered
_BODY_WEIGHT, _COLOUR_WEIGHT = 0.75, 0.25  # a body can't be ordered in another shape, a colour can
_NEAR_COLOUR: Final = 0.5
_LOOK_WEIGHT: Final = 0.9
"""Share of the look in the order of models that have photos; the rest decides between those that look alike."""
_UNSURE: Final = 0.5  # probability that a car is a known one, where the gallery cannot tell
_ALIKE: Final = 0.7  # body likeness from which it is given as a reason
_LOOKS_LIKE: Final = 0.1  # probability from which the look is given as a reason
_MAKE_SURE: Final = 0.5  # summed probability of a make's models from which the make is said


@dataclass(frozen=True)
class _Seen:
    """What a gallery says of one look."""

    probability: Mapping[str, float]
    known: float | None
    named: str | None


def rank(
    look: CarLook, references: Gallery | Mapping[str, np.ndarray], catalogue: Sequence[CatalogueEntry]
) -> list[Candidate]:
    """Up to five models, best first; empty when no car was found. See `judge`."""
    return list(judge(look, references, catalogue).candidates)


def judge(
    look: CarLook, references: Gallery | Mapping[str, np.ndarray], catalogue: Sequence[CatalogueEntry]
) -> Verdict:
    """What can be said of the car. At most one candidate is exact, and it is the first.

    Models may be missing from the references, and references of models that are not in the catalogue are never named.
    """
    if not look.found or look.embedding is None:
        return Verdict()
    gallery = references if isinstance(references, Gallery) else fit(references, encoder=look.encoder)
    seen = _seen(look, gallery, catalogue)
    ranked = sorted((_candidate(look, entry, seen) for entry in catalogue), key=lambda c: (-c.exact, -c.score, c.slug))
    make = _make(seen, catalogue)
    candidates = tuple(_with_make(candidate, make, catalogue) for candidate in ranked[:MOST])
    return Verdict(
        candidates=candidates,
        known=seen.known,
        in_catalogue=None if seen.known is None else seen.known >= KNOWN,
        make=make,
        colour=_stocked_colour(look, candidates, catalogue),
    )


def _seen(look: CarLook, gallery: Gallery, catalogue: Sequence[CatalogueEntry]) -> _Seen:
    comparable = look.embedding is not None and gallery.encoder == look.encoder
    similarity = gallery.similarity(look.embedding) if comparable and look.embedding is not None else {}
    if not similarity or not any(entry.slug in similarity for entry in catalogue):
        return _Seen({}, None, None)
    return _Seen(gallery.probabilities(similarity), gallery.known(similarity), gallery.named(similarity))


def _candidate(look: CarLook, entry: CatalogueEntry, seen: _Seen) -> Candidate:
    body = likeness(look.body, entry.body)
    colour = _colour_likeness(look.colour, entry.paints)
    outside = _BODY_WEIGHT * body + _COLOUR_WEIGHT * colour
    probability = seen.probability.get(entry.slug)
    if seen.probability:
        known = _UNSURE if seen.known is None else seen.known
        looks = known * probability if probability is not None else (1 - known) * outside
        score = _LOOK_WEIGHT * looks + (1 - _LOOK_WEIGHT) * outside
    else:
        score = outside
    given = {
        Reason.LOOK: probability is not None and probability >= _LOOKS_LIKE,
        Reason.BODY: entry.body is most_likely(look.body),
        Reason.SHAPE: body >= _ALIKE and entry.body is not most_likely(look.body),
        Reason.COLOUR: colour == 1.0,
    }
    reasons = tuple(reason for reason, holds in given.items() if holds)
    confidence = None if probability is None or seen.known is None else probability * seen.known
    return Candidate(entry.slug, score, entry.slug == seen.named, reasons, confidence)


def _make(seen: _Seen, catalogue: Sequence[CatalogueEntry]) -> str | None:
    """The make that most of the probability falls on."""
    shares: dict[str, float] = defaultdict(float)
    for entry in catalogue:
        if entry.make:
            shares[entry.make] += seen.probability.get(entry.slug, 0.0)
    best = max(shares, key=lambda make: shares[make], default=None)
    return best if best is not None and shares[best] >= _MAKE_SURE else None


def _with_make(candidate: Candidate, make: str | None, catalogue: Sequence[CatalogueEntry]) -> Candidate:
    """The same with the make as a reason, where the look itself is none."""
    own = next(entry.make for entry in catalogue if entry.slug == candidate.slug)
    if make is None or own != make or Reason.LOOK in candidate.reasons:
        return candidate
    reasons = (*candidate.reasons, Reason.MAKE)
    return Candidate(candidate.slug, candidate.score, candidate.exact, reasons, candidate.confidence)


def _stocked_colour(
    look: CarLook, candidates: Sequence[Candidate], catalogue: Sequence[CatalogueEntry]
) -> Colour | None:
    """The colour seen, or the one in which a likely model is to be had that eyes take for it; else as seen."""
    paints = {entry.slug: entry.paints for entry in catalogue}
    likely = [c for c in candidates if c.exact] or list(candidates[:1])
    stocked = {paint for candidate in likely for paint in paints[candidate.slug]}
    if look.colour is None or look.colour in stocked or not stocked:
        return look.colour
    near = [paint for paint in Colour if paint in stocked and frozenset((paint, look.colour)) in NEAR]
    return near[0] if len(near) == 1 else look.colour


def _colour_likeness(seen: Colour | None, paints: Sequence[Colour]) -> float:
    if seen in paints:
        return 1.0
    return _NEAR_COLOUR if any(frozenset((seen, paint)) in NEAR for paint in paints) else 0.0
