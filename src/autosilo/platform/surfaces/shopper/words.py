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
    "gray": _("Grey"),
    "black": _("Black"),
    "red": _("Red"),
    "orange": _("Orange"),
    "yellow": _("Yellow"),
    "green": _("Green"),
    "blue": _("Blue"),
    "purple": _("Purple"),
    "pink": _("Pink"),
    "brown": _("Brown"),
    "beige": _("Beige"),
    "gold": _("Gold"),
}

# A plain dot for each of them, where no paint of a car is meant.
FAMILY_HEX: dict[str, str] = {
    "white": "#f7f7f4",
    "silver": "#c3c8ce",
    "grey": "#7d848d",
    "gray": "#7d848d",
    "black": "#15171b",
    "red": "#c8281e",
    "orange": "#e8731a",
    "yellow": "#f2c230",
    "green": "#2f7d5b",
    "blue": "#2f64ad",
    "purple": "#6b4c9a",
    "pink": "#e79ab0",
    "brown": "#6e4b33",
    "beige": "#d8c7a5",
    "gold": "#b99545",
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
