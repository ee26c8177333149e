"""What a scan saw, in words of the active language."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from autosilo.platform.journey.scan.actions import Candidate, CarInPicture, ScanResult
from autosilo.platform.resources.catalogue.families import FAMILY_HEX
from autosilo.platform.surfaces.shopper.words import BODIES, FAMILIES

HINTS: dict[str, str | Promise] = {
    "no_car": _("Aim at one car from the side or the front, with the whole car in the picture."),
    "unclear": _("There may be a car, but it cannot be told for sure. Try another angle or better light."),
    "too_far": _("There is a car, but it is too far away. Come closer until it fills the picture."),
}

REASONS: dict[str, str | Promise] = {
    "make": _("same make"),
    "look": _("looks like it"),
    "body": _("same body type"),
    "shape": _("similar shape"),
    "colour": _("comes in this colour"),
}
"""In the order in which they are given."""

UNKNOWN_HEX = "#9aa0a8"


@dataclass(frozen=True, kw_only=True)
class CandidateInWords:
    candidate: Candidate
    reasons: list[str]


@dataclass(frozen=True, kw_only=True)
class ColourChoice:
    """A plain colour that the shopper may tap instead; ``now``: the one that the answer is in."""

    family: str
    name: str
    hex: str
    now: bool


@dataclass(frozen=True, kw_only=True)
class CarToChoose:
    """``where``: a word for people who do not see the picture. Edges are shares 0..1, as JavaScript reads them."""

    number: int
    where: str
    at: str
    edges: str
    chosen: bool


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A scan's result in words. ``hex`` is a plain dot of the colour that was seen."""

    exact: CandidateInWords | None
    others: list[CandidateInWords]
    body: str
    colour: str
    hex: str
    hint: str
    colours: list[ColourChoice]
    cars: list[CarToChoose]


def seen(result: ScanResult) -> Seen:
    named = [CandidateInWords(candidate=one, reasons=_reasons(one)) for one in result.candidates]
    exact = next((one for one in named if one.candidate.exact), None)
    return Seen(
        exact=exact,
        others=[one for one in named if one is not exact],
        body=str(BODIES.get(result.body or "", "")),
        colour=str(FAMILIES.get(result.colour or "", "")),
        hex=FAMILY_HEX.get(result.colour or "", UNKNOWN_HEX),
        hint=str(HINTS.get(result.hint or "", "")),
        colours=_colours(result),
        cars=_cars(result.cars),
    )


def _reasons(candidate: Candidate) -> list[str]:
    return [str(word) for reason, word in REASONS.items() if reason in candidate.reasons]


def _colours(result: ScanResult) -> list[ColourChoice]:
    """The colours in which the offered models stand in a tower, and the one seen."""
    families = {paint.family for one in result.candidates for paint in one.paints} | {result.colour}
    return [
        ColourChoice(family=family, name=str(name), hex=FAMILY_HEX[family], now=family == result.colour)
        for family, name in FAMILIES.items()
        if family in families
    ]


def _cars(cars: tuple[CarInPicture, ...]) -> list[CarToChoose]:
    """Nothing to choose with a single car."""
    if len(cars) < 2:
        return []
    return [
        CarToChoose(
            number=number,
            where=_where(car.middle[0]),
            at=",".join(f"{share:.4f}" for share in car.middle),
            edges=",".join(f"{share:.4f}" for share in (car.left, car.top, car.right, car.bottom)),
            chosen=car.chosen,
        )
        for number, car in enumerate(cars, start=1)
    ]


def _where(x: float) -> str:
    third = 1 / 3
    return _now("left") if x < third else _now("right") if x > 2 * third else _now("in the middle")
