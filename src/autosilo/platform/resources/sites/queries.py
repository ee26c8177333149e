"""Reads about sites."""

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from autosilo.platform.kit.prepared import Given, Prepared
from autosilo.platform.resources.sites.models import OutgoingOrder, Site
from autosilo.tower.config import WEEKDAYS

_BY_SLUG = Prepared(lambda: Site.objects.order_by().filter(slug=Given("slug")))


def all_sites() -> list[Site]:
    return list(Site.objects.all())


def site(*, slug: str) -> Site | None:
    return _BY_SLUG.one(slug=slug)


def zone_of(site: Site) -> ZoneInfo:
    return ZoneInfo(site.time_zone)


def name_of(site: Site, language: str) -> str:
    """In ``language`` (``zh-hans``, or anything else for English)."""
    return site.name_zh if language.startswith("zh") else site.name_en


def address_of(site: Site, language: str) -> str:
    return site.address_zh if language.startswith("zh") else site.address_en


def opening_on(site: Site, day: date) -> tuple[datetime, datetime] | None:
    """When the site opens and shuts on its local ``day`` (aware), None when it is closed all day."""
    hours: Mapping[str, list[str]] = site.opening
    times = hours.get(WEEKDAYS[day.weekday()])
    if not times:
        return None
    zone = zone_of(site)
    opens, shuts = (datetime.combine(day, datetime.strptime(text, "%H:%M").time(), tzinfo=zone) for text in times)  # noqa: DTZ007  a time of day
    return opens, shuts


def place_of(*, site: Site, vin: str) -> str | None:
    """Where a car stands in its tower, as last reported; None when it is not inside."""
    return next((place for place, inside in site.inventory.items() if inside == vin), None)


def unsent_sites() -> list[str]:
    """Sites for which orders wait."""
    waiting = OutgoingOrder.objects.filter(sent_at=None)
    return list(waiting.order_by("site_id").values_list("site_id", flat=True).distinct())
