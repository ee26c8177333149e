"""Template tags for words that depend on the language or on a site's clock: ``{% load shop %}``."""

from datetime import datetime, timedelta

from django import template
from django.utils import formats, timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.resources.catalogue.models import CarModel, Paint
from autosilo.platform.resources.sites import queries as sites
from autosilo.platform.resources.sites.models import Site
from autosilo.platform.surfaces.shopper import words

register = template.Library()


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
def body_name(model: CarModel) -> str:
    return str(words.BODIES.get(model.body, model.body))


@register.filter
def state_name(trial: Trial) -> str:
    return str(words.STATES[trial.state])


@register.filter
def state_tone(trial: Trial) -> str:
    """The badge's class for a state."""
    return words.STATE_TONES[trial.state]


@register.filter
def day_at(moment: datetime, site: Site) -> str:
    """The weekday and date of ``moment`` on the site's calendar."""
    return formats.date_format(timezone.localtime(moment, sites.zone_of(site)), _("l j F"))


@register.filter
def hour_at(moment: datetime, site: Site) -> str:
    """The time of day of ``moment`` on the site's clock."""
    return timezone.localtime(moment, sites.zone_of(site)).strftime("%H:%M")


@register.filter
def moment_at(moment: datetime, site: Site) -> str:
    """Date and time of ``moment`` at the site."""
    return formats.date_format(timezone.localtime(moment, sites.zone_of(site)), _("D j M, H:i"))


@register.filter
def long_time(span: timedelta) -> str:
    """``2 days 3 hours``, ``3 hours 12 minutes``, ``12 minutes``; a negative span reads as its length."""
    minutes = int(abs(span).total_seconds()) // 60
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    day_words = ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
    hour_words = ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    minute_words = ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    if days:
        return _("%(first)s %(second)s") % {"first": day_words, "second": hour_words}
    if hours:
        return _("%(first)s %(second)s") % {"first": hour_words, "second": minute_words}
    return minute_words


@register.filter
def clauses(text: str) -> list[str]:
    """The paragraphs of a contract: an indented line goes on with the one before it."""
    found: list[str] = []
    for line in text.splitlines():
        if line[:1].isspace() and found:
            # Chinese is written without spaces between words.
            glue = "" if found[-1][-1:] > "\u2e7f" or line.strip()[:1] > "\u2e7f" else " "
            found[-1] += glue + line.strip()
        elif line.strip():
            found.append(line.strip())
    return found


@register.filter
def percent(fraction: float) -> int:
    return round(fraction * 100)


@register.filter
def metres(millimetres: int) -> str:
    return f"{millimetres / 1000:.2f}"
