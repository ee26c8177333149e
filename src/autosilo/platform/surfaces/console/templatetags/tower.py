"""Filters and tags of the pages about a tower's books: ``{% load tower %}``."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from autosilo.platform.resources.towers.models import StaffOrder
from autosilo.platform.surfaces.console import bay_map as drawing
from autosilo.platform.surfaces.console import tower_words as words
from autosilo.platform.surfaces.console.queries.walk import WalkPage

register = template.Library()
register.filter("place_words", words.place_words)
UNKNOWN_PAINT = "#8b8577"


@register.filter
def mode_word(mode: str) -> str:
    return str(words.MODES.get(mode, mode))  # type: ignore[call-overload]


@register.filter
def mode_tone(mode: str) -> str:
    return words.MODE_TONES.get(mode, "badge-warn")  # type: ignore[call-overload]


@register.filter
def order_word(order: StaffOrder) -> str:
    """What was ordered; of a lift's service, which way."""
    if order.kind == "lift_service":
        return _("Return to service") if order.detail.get("in_service") else _("Take out of service")
    return str(words.ORDERS.get(order.kind, order.kind))


@register.filter
def order_state(order: StaffOrder) -> str:
    return str(words.ORDER_STATES.get(order.state, order.state))  # type: ignore[call-overload]


@register.filter
def order_tone(order: StaffOrder) -> str:
    return words.ORDER_TONES.get(order.state, "badge-plain")  # type: ignore[call-overload]


@register.filter
def refusal_words(order: StaffOrder) -> str:
    return str(words.REFUSALS.get(order.refused_because, order.refused_because.replace("_", " ")))


@register.filter
def who(said_by: str | None, names: Mapping[str, str]) -> str:
    """Who said something, as far as the platform knows."""
    return names.get(said_by, said_by) if said_by else "–"


@register.filter
def get(table: Mapping[str, Any], key: str) -> Any:
    return table.get(key)


@register.simple_tag
def bay_map(page: WalkPage, at: str, base: str) -> SafeString:
    """The map of a walk, with ``at`` marked."""
    marks = (
        drawing.Mark(
            place=row.place,
            state=row.answer.value,
            paint=(row.car.car.paint.hex if row.car else UNKNOWN_PAINT) if row.vin else None,
        )
        for row in page.rows
    )
    return drawing.bay_map(marks, at=at, base=base)
