"""Filters for the waits that shoppers were told: ``{% load waits %}``."""

from math import sqrt

from django import template
from django.utils.translation import gettext_lazy as _

from autosilo.wire.wait import WaitsMeasured

register = template.Library()
Z_95 = 1.96
"""Of the normal distribution, two-sided 95 %."""
SITUATIONS = {
    "idle": _("Its lift was idle"),
    "busy": _("Its lift was at work"),
    "queue": _("Others waited already"),
    "full": _("Every delivery bay was taken"),
    "under way": _("The car was on its way already"),
}


@register.filter
def waits_counted(one: WaitsMeasured) -> int:
    return one.sooner + one.within + one.later


@register.filter
def covered(one: WaitsMeasured) -> str:
    return f"{100 * one.within / max(1, waits_counted(one)):.1f} %"


@register.filter
def covered_range(one: WaitsMeasured) -> str:
    """Wilson's interval (1927) for the true share: it holds for few waits as well."""
    count = waits_counted(one)
    if not count:
        return "0–100 %"
    share, spread = one.within / count, Z_95**2 / count
    middle = (share + spread / 2) / (1 + spread)
    half = Z_95 * sqrt(share * (1 - share) / count + spread / (4 * count)) / (1 + spread)
    return f"{100 * max(0.0, middle - half):.0f}–{100 * min(1.0, middle + half):.0f} %"


@register.filter
def wait_situation(group: str) -> str:
    return str(SITUATIONS.get(group, group))
