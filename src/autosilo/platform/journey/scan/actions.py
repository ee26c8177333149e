"""A photo of a car on the street -> models of the catalogue. The photo is looked at and forgotten."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import structlog
from django.utils.translation import gettext_lazy as _

from autosilo.meter import Part, spent
from autosilo.platform.journey.scan import demand, queries
from autosilo.platform.journey.scan.models import Demand
from autosilo.platform.journey.scan.seeing import reader
from autosilo.platform.kit.refusals import Refusal
from autosilo.platform.resources.catalogue.models import CarModel, Paint
from autosilo.vision import images
from autosilo.vision.cars import CarLook, Colour, Point, Reason, fit, judge
from autosilo.vision.cars.body import most_likely

log = structlog.get_logger(__name__)

_HEIC_BRANDS = (b"heic", b"heix", b"heif", b"hevc", b"mif1", b"msf1", b"avif")


class CannotRead(Refusal):
    """The bytes are not a picture that is taken here."""

    messages = {
        "not_an_image": _("This is not a picture."),
        "unsupported": _("This kind of picture is not supported. JPEG, PNG and WebP are."),
        "heic": _(
            "This is a HEIC picture, which cannot be read here. Choose the photo as JPEG, or set the camera of your "
            "phone to “Most compatible”."
        ),
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

    ``reasons``: any of ``make``, ``look``, ``body`` or ``shape``, ``colour``. ``paint``: the one of its paints, among
    those that stand in a tower, that is nearest to the colour seen; None when it has none at all. ``paints``: those.
    """

    model: CarModel
    exact: bool
    score: float
    reasons: tuple[str, ...]
    paint: Paint | None = None
    paints: tuple[Paint, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CarInPicture:
    """Where a car is, as shares 0..1 of the picture's width and height; ``chosen``: the one that was described."""

    left: float
    top: float
    right: float
    bottom: float
    chosen: bool = False

    @property
    def middle(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2


@dataclass(frozen=True, kw_only=True)
class ScanResult:
    """``hint`` is set exactly when no car was found: ``no_car``, ``unclear`` or ``too_far``.

    ``body`` and ``colour`` are what was seen, None without a car. ``in_catalogue``: False for a car that we do not
    sell, None when that cannot be said. ``make``: the guess for such a car. ``cars``: all cars in the picture,
    left to right.
    """

    found: bool
    hint: str | None = None
    candidates: tuple[Candidate, ...] = ()
    body: str | None = None
    colour: str | None = None
    in_catalogue: bool | None = None
    make: str | None = None
    cars: tuple[CarInPicture, ...] = ()


def read(*, photo: bytes, at: tuple[float, float] | None = None, thoroughly: bool = False) -> CarLook:
    """What vision says of the main car, or of the one ``at`` a place (shares of width and height). ``CannotRead``."""
    place = Point(*at) if at else None
    engine = reader()
    try:
        with spent(Part.VISION):
            return (engine.study if thoroughly else engine.look)(photo, place)
    except images.CannotRead as error:
        heic = photo[4:8] == b"ftyp" and photo[8:12] in _HEIC_BRANDS
        raise CannotRead("heic" if heic else error.reason.value) from error


def look(*, photo: bytes, at: tuple[float, float] | None = None, now: datetime) -> ScanResult:
    """Which models of the catalogue does this photo show? Raises ``CannotRead``.

    Four queries. Nothing is kept of the photo; a car that we do not sell is counted.
    """
    seen = read(photo=photo, at=at)
    cars = cars_in(seen)
    if not seen.found:
        return ScanResult(found=False, hint=seen.hint.value if seen.hint else "no_car", cars=cars)
    models = {model.slug: model for model in CarModel.objects.filter(on_sale=True)}
    paints = queries.paints_of(list(models.values()))
    gallery = queries.active_gallery(encoder=seen.encoder) or fit({}, encoder=seen.encoder)
    verdict = judge(seen, gallery, queries.entries(list(models.values()), paints))
    colour, body = verdict.colour or seen.colour, most_likely(seen.body)
    if verdict.in_catalogue is False and body:
        demand.count_up(body=body.value, make=verdict.make or "", source=Demand.Source.SCAN, now=now)
    log.info("photo scanned", candidates=len(verdict.candidates), in_catalogue=verdict.in_catalogue)
    return ScanResult(
        found=True,
        candidates=tuple(
            Candidate(
                model=models[one.slug],
                exact=one.exact,
                score=one.score,
                reasons=tuple(reason.value for reason in one.reasons),
                paint=queries.nearest_paint(paints.get(one.slug, ()), colour),
                paints=tuple(paints.get(one.slug, ())),
            )
            for one in verdict.candidates
        ),
        body=body.value if body else None,
        colour=colour.value if colour else None,
        in_catalogue=verdict.in_catalogue,
        make=verdict.make,
        cars=cars,
    )


def cars_in(seen: CarLook) -> tuple[CarInPicture, ...]:
    """All cars that were seen, left to right."""
    width, height = seen.size
    boxes = sorted((one.box for one in seen.cars), key=lambda box: box.left + box.right)
    return tuple(
        CarInPicture(
            left=box.left / width,
            top=box.top / height,
            right=box.right / width,
            bottom=box.bottom / height,
            chosen=box == seen.box,
        )
        for box in boxes
        if width and height
    )


def recoloured(*, before: ScanResult, colour: str) -> ScanResult:
    """The same answer for a car whose colour a person has corrected. Raises ``ValueError`` for an unknown colour."""
    named = Colour(colour)
    return replace(before, colour=named.value, candidates=tuple(_in_colour(one, named) for one in before.candidates))


def _in_colour(one: Candidate, colour: Colour) -> Candidate:
    to_be_had = any(paint.family == colour.value for paint in one.paints)
    others = tuple(reason for reason in one.reasons if reason != Reason.COLOUR)
    return replace(
        one,
        paint=queries.nearest_paint(one.paints, colour),
        reasons=(*others, Reason.COLOUR.value) if to_be_had else others,
    )


def restored(*, ranked: Sequence[Mapping[str, Any]], **seen: Any) -> ScanResult:
    """An answer given before, from what was written down of it: ``slug``, ``exact``, ``score``, ``reasons`` of each
    candidate, and the rest of the ``ScanResult``. Models that are not sold any more are left out. Two queries."""
    models = {
        model.slug: model for model in CarModel.objects.filter(on_sale=True, slug__in=[r["slug"] for r in ranked])
    }
    paints = queries.paints_of(list(models.values()))
    colour = Colour(seen["colour"]) if seen.get("colour") else None
    candidates = tuple(
        Candidate(
            model=models[one["slug"]],
            exact=one["exact"],
            score=one["score"],
            reasons=tuple(one["reasons"]),
            paint=queries.nearest_paint(paints.get(one["slug"], ()), colour),
            paints=tuple(paints.get(one["slug"], ())),
        )
        for one in ranked
        if one["slug"] in models
    )
    return ScanResult(candidates=candidates, **seen)
