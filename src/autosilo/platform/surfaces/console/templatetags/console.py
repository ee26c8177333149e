"""Filters of the console's pages: ``{% load console %}``."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django import template
from django.utils import formats, timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from autosilo.platform.resources.catalogue.models import Paint
from autosilo.platform.resources.incidents.models import Incident
from autosilo.platform.resources.people.models import Person
from autosilo.platform.resources.sites import queries as sites
from autosilo.platform.resources.sites.models import Site
from autosilo.platform.surfaces.console import words

register = template.Library()
HOUR_S = 3600
DAY_S = 24 * HOUR_S


def _word(table: dict[Any, Any], name: str) -> str:
    return str(table.get(name, name.replace("_", " ").capitalize()))


@register.filter
def site_name(site: Site) -> str:
    return sites.name_of(site, get_language() or "en")


@register.filter
def site_address(site: Site) -> str:
    return sites.address_of(site, get_language() or "en")


@register.filter
def paint_name(paint: Paint) -> str:
    return paint.name_zh if (get_language() or "").startswith("zh") else paint.name_en


@register.filter
def at_site(moment: datetime, site: Site) -> str:
    """Date and time on the site's clock."""
    return formats.date_format(timezone.localtime(moment, sites.zone_of(site)), _("j M, H:i"))


@register.filter
def hour_at_site(moment: datetime, site: Site) -> str:
    return timezone.localtime(moment, sites.zone_of(site)).strftime("%H:%M")


@register.filter
def offset_at(moment: datetime, site: Site) -> str:
    """How far the site's clock is from UTC at that moment: ``UTC+8``, ``UTC-3:30``."""
    offset = timezone.localtime(moment, sites.zone_of(site)).utcoffset() or timedelta()
    hours, minutes = divmod(abs(offset) // timedelta(minutes=1), 60)
    sign = "-" if offset < timedelta() else "+"
    return f"UTC{sign}{hours}" + (f":{minutes:02d}" if minutes else "")


@register.filter
def at_utc(moment: datetime) -> str:
    """Date and time where no single site is meant; say "UTC" beside it."""
    return formats.date_format(timezone.localtime(moment, UTC), _("j M, H:i"))


@register.filter
def state_word(state: str) -> str:
    return _word(words.STATES, state)


@register.filter
def state_tone(state: str) -> str:
    """CSS class of the state's badge."""
    return words.STATE_TONES.get(state, "")


@register.filter
def incident_title(incident: Incident) -> str:
    """What it is about; for a call for help, why."""
    if incident.kind == "help_wanted" and incident.detail.get("reason") in words.HELP_REASONS:
        return str(words.HELP_REASONS[incident.detail["reason"]])
    return _word(words.INCIDENTS, incident.kind)


@register.filter
def rule_word(rule: str) -> str:
    return _word(words.RULES, rule)


@register.filter
def change_word(kind: str) -> str:
    return _word(words.CHANGES, kind)


@register.filter
def mark_word(kind: str) -> str:
    return _word(words.MARKS, kind)


@register.filter
def licence_outcome(state: str) -> str:
    return _word(words.LICENCE_OUTCOMES, state)


@register.filter
def action_word(action: str) -> str:
    return _word(words.ACTIONS, action)


@register.filter
def version_word(state: str) -> str:
    return _word(words.VERSION_STATES, state)


@register.filter
def version_tone(state: str) -> str:
    """CSS class of the state's badge."""
    return words.VERSION_TONES.get(state, "")


@register.filter
def failure_word(reason: str) -> str:
    """Why a training failed; what vision says is shown as it is."""
    return str(words.FAILURES.get(reason, reason))


@register.filter
def money_word(state: str) -> str:
    return _word(words.MONEY, state)


@register.filter
def offer_word(state: str) -> str:
    return _word(words.OFFERS, state)


@register.filter
def incident_word(kind: str) -> str:
    return _word(words.INCIDENTS, kind)


@register.filter
def deadline_word(kind: str) -> str:
    return _word(words.DEADLINES, kind)


@register.filter
def role_words(person: Person) -> str:
    """Of a person whose groups were fetched with it."""
    names = [_word(words.ROLES, group.name) for group in person.groups.all()]
    return ", ".join([_("Administrator")] * person.is_superuser + names) or _("none")


@register.filter
def masked_email(email: str) -> str:
    """``l…@example.org``: enough to recognise, not enough to write to."""
    name, _at, domain = email.partition("@")
    return f"{name[:1]}…@{domain}"


@register.filter
def percent(fraction: float | None) -> str:
    return "–" if fraction is None else f"{round(fraction * 100)} %"


@register.filter
def share(fraction: float | None) -> str:
    """The same with a tenth: ``91.4 %``."""
    return "–" if fraction is None else f"{fraction * 100:.1f} %"


@register.filter
def short_id(value: object) -> str:
    return str(value)[:8]


@register.filter
def fact_words(detail: dict[str, Any]) -> list[tuple[str, str]]:
    """A JSON object as terms and values for people."""
    return [(str(words.KEYS.get(key, key.replace("_", " "))), _value(value)) for key, value in sorted(detail.items())]


@register.filter
def actor_word(by: str) -> str:
    """Who moved a trial: ``shopper``, ``site``, ``operator 7`` …"""
    kind, _space, number = by.partition(" ")
    return f"{words.ACTORS.get(kind, kind)} {number}".strip()


def _value(value: object) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return "–" if value is None else str(value)


@register.filter
def length_of(delta: timedelta) -> str:
    """``2 days 3 hours``; less than an hour in minutes."""
    seconds = int(delta.total_seconds())
    days, rest = divmod(seconds, DAY_S)
    hours, minutes = divmod(rest // 60, 60)
    parts = []
    if days:
        parts.append(ngettext("%(count)d day", "%(count)d days", days) % {"count": days})
    if hours:
        parts.append(ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours})
    if not days and (minutes or not hours):
        parts.append(ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes})
    return " ".join(parts)
