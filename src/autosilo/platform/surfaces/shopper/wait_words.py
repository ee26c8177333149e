"""A wait with its uncertainty in words that do not flicker: the kiosk rounds alike (``i18n.js``)."""

from dataclasses import dataclass
from math import ceil, floor

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from autosilo.platform.resources.towers.waits import Wait

IN_SECONDS_S = 55
STEP_S = 5
MINUTE_S = 60


@dataclass(frozen=True, slots=True)
class Said:
    """``kind`` as in ``Wait``; ``likely`` and ``between`` are words for a duration and its range."""

    kind: str
    likely: str
    between: str


def said(wait: Wait | None) -> Said | None:
    return None if wait is None else Said(wait.kind, duration(wait.likely_s), between(wait.low_s, wait.high_s))


def duration(seconds: float) -> str:
    """``40 seconds``, ``2 minutes``."""
    if seconds < IN_SECONDS_S:
        whole = max(STEP_S, ceil(seconds / STEP_S) * STEP_S)
        return ngettext("%(n)d second", "%(n)d seconds", whole) % {"n": whole}
    return _minutes(max(1, round(seconds / MINUTE_S)))


def between(low: float, high: float) -> str:
    """``20 to 45 seconds``, ``1 to 3 minutes``, ``at most 2 minutes``: rounded outwards."""
    if high < IN_SECONDS_S:
        span = {"from": floor(low / STEP_S) * STEP_S, "to": max(STEP_S, ceil(high / STEP_S) * STEP_S)}
        return _("%(from)d to %(to)d seconds") % span
    first, last = floor(low / MINUTE_S), ceil(high / MINUTE_S)
    if first == 0:
        return _("at most %(time)s") % {"time": _minutes(last)}
    return _("%(from)d to %(to)d minutes") % {"from": first, "to": max(last, first + 1)}


def _minutes(count: int) -> str:
    return ngettext("%(n)d minute", "%(n)d minutes", count) % {"n": count}
