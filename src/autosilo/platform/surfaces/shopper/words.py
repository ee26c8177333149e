"""Names of things for shoppers: codes of the domain to words in the active language."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from autosilo.platform.journey.scan.actions import Candidate, ScanResult
from autosilo.platform.journey.trial.states import TrialState as S
from autosilo.platform.resources.catalogue.families import FAMILY_HEX
from autosilo.platform.resources.catalogue.models import Body

BODIES: dict[str, str | Promise] = {
    Body.HATCHBACK: _("Hatchback"),
    Body.SALOON: _("Saloon"),
    Body.ESTATE: _("Estate"),
    Body.SUV: _("SUV"),
    Body.VAN: _("Van"),
    Body.PICKUP: _("Pick-up"),
    Body.SPORTS: _("Sports car"),
    Body.CONVERTIBLE: _("Convertible"),
}

# Plain colours, as a person on the street would name them.
FAMILIES: dict[str, str | Promise] = {
    "white": _("White"),
    "silver": _("Silver"),
    "grey": _("Grey"),
    "black": _("Black"),
    "red": _("Red"),
    "orange": _("Orange"),
    "yellow": _("Yellow"),
    "green": _("Green"),
    "blue": _("Blue"),
    "brown": _("Brown"),
}

STATES: dict[str, str | Promise] = {
    S.BOOKED: _("Booked"),
    S.HANDING_OVER: _("Your car is coming"),
    S.DRIVING: _("On the road"),
    S.OVERDUE: _("Overdue"),
    S.RETURNING: _("Coming back"),
    S.RETURNED: _("Returned"),
    S.PURCHASED: _("Yours"),
    S.CANCELLED: _("Cancelled"),
    S.NO_SHOW: _("Not collected"),
}

STATE_TONES: dict[str, str] = {
    S.BOOKED: "badge-warn",
    S.HANDING_OVER: "badge-warn",
    S.DRIVING: "badge-good",
    S.OVERDUE: "badge-bad",
    S.RETURNING: "badge-warn",
    S.RETURNED: "",
    S.PURCHASED: "badge-good",
    S.CANCELLED: "",
    S.NO_SHOW: "",
}

# What is still to come, for the end of a timeline.
AHEAD: dict[str, tuple[str | Promise, ...]] = {
    S.BOOKED: (_("Collect the car at the kiosk"), _("Drive for three days"), _("Keep it or give it back")),
    S.HANDING_OVER: (_("Drive for three days"), _("Keep it or give it back")),
    S.DRIVING: (_("Keep it or give it back"),),
    S.OVERDUE: (_("Give it back"),),
    S.RETURNING: (_("The tower takes the car in"),),
}

# Lines of a timeline that tell of something that went wrong.
TROUBLES = frozenset({"overdue", "refused_at_kiosk", "intake_refused", "back_to_booked", "back_to_driving", "no_show"})

HINTS: dict[str, str | Promise] = {
    "no_car": _("Aim at one car from the side or the front, with the whole car in the picture."),
    "unclear": _("There may be a car, but it cannot be told for sure. Try another angle or better light."),
    "too_far": _("There is a car, but it is too far away. Come closer until it fills the picture."),
}

REASONS: dict[str, str | Promise] = {
    "look": _("looks like it"),
    "body": _("same body type"),
    "shape": _("similar shape"),
    "colour": _("comes in this colour"),
    "make": _("same make"),
}


@dataclass(frozen=True, kw_only=True)
class CandidateInWords:
    candidate: Candidate
    reasons: list[str]


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A scan's result in words. ``hex`` is a plain dot of the colour that was seen."""

    exact: CandidateInWords | None
    others: list[CandidateInWords]
    body: str
    colour: str
    hex: str
    hint: str


def seen(result: ScanResult) -> Seen:
    named = [
        CandidateInWords(candidate=one, reasons=[str(REASONS[reason]) for reason in one.reasons if reason in REASONS])
        for one in result.candidates
    ]
    exact = next((one for one in named if one.candidate.exact), None)
    return Seen(
        exact=exact,
        others=[one for one in named if one is not exact],
        body=str(BODIES.get(result.body or "", "")),
        colour=str(FAMILIES.get(result.colour or "", "")),
        hex=FAMILY_HEX.get(result.colour or "", "#9aa0a8"),
        hint=str(HINTS.get(result.hint or "", "")),
    )
