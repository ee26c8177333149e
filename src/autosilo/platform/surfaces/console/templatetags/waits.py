"""Filters for the waits that shoppers were told: ``{% load waits %}``."""

from django import template
from django.utils.translation import gettext_lazy as _

from autosilo.shares import wilson
from autosilo.wire.wait import WaitsMeasured

register = template.Library()
SITUATIONS = {
    "idle": _("Its lift was idle"),
    "busy": _("Its lift was at work"),
    "queue": _("Others waited already"),
    "full": _("Every delivery bay was taken"),
    "under way": _("The car was on its way already"),
}


@register.filter
def covered(one: WaitsMeasured) -> str:
    return f"{100 * one.within / max(1, one.waits):.1f} %"


@register.filter
def covered_range(one: WaitsMeasured) -> str:
    """Where the true share lies (95 %)."""
    low, high = wilson(one.within, one.waits)
    return f"{100 * low:.0f}–{100 * high:.0f} %"


@register.filter
def wait_situation(group: str) -> str:
    return str(SITUATIONS.get(group, group))
