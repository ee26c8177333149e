"""Opening hours of a site, by its own time zone. Pure."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from autosilo.tower.config import SiteConfig

DAYS = 8
"""A site is open on one day of the week at least."""


def opens(config: SiteConfig, now: datetime) -> datetime:
    """``now`` (aware) while the site is open, else when it opens next."""
    zone = ZoneInfo(config.time_zone)
    local = now.astimezone(zone)
    for ahead in range(DAYS):
        day = (local + timedelta(days=ahead)).date()
        hours = config.opening(day.weekday())
        if hours is None:
            continue
        begin = datetime.combine(day, hours.opens, zone)
        end = datetime.combine(day, hours.shuts, zone)
        if local < end:
            return max(now, begin)
    raise AssertionError("a site file has an opening day")
