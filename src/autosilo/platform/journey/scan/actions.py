"""A photo of a car on the street -> models of the catalogue. The photo is looked at and forgotten."""

from dataclasses import dataclass

import structlog
from django.utils.translation import gettext_lazy as _

from autosilo.meter import Part, spent
from autosilo.platform.journey.scan import queries
from autosilo.platform.journey.scan.seeing import reader
from autosilo.platform.kit.refusals import Refusal
from autosilo.platform.resources.catalogue.models import CarModel, Paint
from autosilo.vision import images
from autosilo.vision.cars.body import most_likely
from autosilo.vision.cars.ranking import rank
from autosilo.vision.cars.types import Body

log = structlog.get_logger(__name__)


class CannotRead(Refusal):
    """The bytes are not a picture that is taken here."""

    messages = {
        "not_an_image": _("This is not a picture."),
        "unsupported": _("This kind of picture is not supported. JPEG, PNG and WebP are."),
        "damaged": _("This picture is damaged."),
        "animated": _("This is a moving picture. Please use a single one."),
        "too_many_bytes": _("This file is too large."),
        "too_many_pixels": _("This picture has too many pixels (50 million at most)."),
        "too_small": _("This picture is too small to see anything."),
        "metadata_too_large": _("This picture carries too much besides the picture."),
    }


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A model that may be meant. ``score`` 0..1 orders candidates, it is no probability; ``exact``: may be named.

    ``reasons``: any of ``look``, ``body`` or ``shape``, ``colour``. ``paint``: the one of its paints, among those that
    stand in a tower, that is nearest to the colour seen; None when it has none at all.
    """

    model: CarModel
    exact: bool
    score: float
    reasons: tuple[str, ...]
    paint: Paint | None = None


@dataclass(frozen=True, kw_only=True)
class ScanResult:
    """``hint`` is set exactly when no car was found: ``no_car``, ``unclear`` or ``too_far``.

    ``body`` and ``colour`` are what was seen, None without a car.
    """

    found: bool
    hint: str | None = None
    candidates: tuple[Candidate, ...] = ()
    body: str | None = None
    colour: str | None = None


def _named(body: Body | None) -> str | None:
    return body.value if body else None


def look(*, photo: bytes) -> ScanResult:
    """Which models of the catalogue does this photo show? Raises ``CannotRead``. Three queries, and nothing is kept."""
    try:
        with spent(Part.VISION):
            seen = reader().look(photo)
    except images.CannotRead as error:
        raise CannotRead(error.reason.value) from error
    if not seen.found:
        return ScanResult(found=False, hint=seen.hint.value if seen.hint else "no_car")
    models = {model.slug: model for model in CarModel.objects.filter(on_sale=True)}
    paints = queries.paints_of(list(models.values()))
    ranked = rank(seen, queries.references(), queries.entries(list(models.values()), paints))
    log.info("photo scanned", candidates=len(ranked), exact=any(one.exact for one in ranked))
    return ScanResult(
        found=True,
        candidates=tuple(
            Candidate(
                model=models[one.slug],
                exact=one.exact,
                score=one.score,
                reasons=tuple(reason.value for reason in one.reasons),
                paint=queries.nearest_paint(paints.get(one.slug, ()), seen.colour),
            )
            for one in ranked
        ),
        body=_named(most_likely(seen.body)),
        colour=seen.colour.value if seen.colour else None,
    )
