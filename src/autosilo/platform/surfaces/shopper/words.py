"""Names of things for shoppers: codes of the domain to words in the active language."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from autosilo.platform.journey.trial.states import TrialState as S
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
    S.HELD: _("Held for you"),
    S.BOOKED: _("Booked"),
    S.HANDING_OVER: _("Your car is coming"),
    S.DRIVING: _("On the road"),
    S.OVERDUE: _("Overdue"),
    S.RETURNING: _("Coming back"),
    S.RETURNED: _("Returned"),
    S.PURCHASED: _("Yours"),
    S.CANCELLED: _("Cancelled"),
    S.NO_SHOW: _("Not collected"),
    S.EXPIRED: _("Hold ran out"),
}

STATE_TONES: dict[str, str] = {
    S.HELD: "badge-warn",
    S.BOOKED: "badge-warn",
    S.HANDING_OVER: "badge-warn",
    S.DRIVING: "badge-good",
    S.OVERDUE: "badge-bad",
    S.RETURNING: "badge-warn",
    S.RETURNED: "",
    S.PURCHASED: "badge-good",
    S.CANCELLED: "",
    S.NO_SHOW: "",
    S.EXPIRED: "",
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
TROUBLES = frozenset(
    {
        "overdue",
        "refused_at_kiosk",
        "intake_refused",
        "back_to_booked",
        "back_to_driving",
        "no_show",
        "offer_made",
        "paint_changed",
    }
)
