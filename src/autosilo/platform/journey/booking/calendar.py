"""Pick-up slots and the times around them. Pure: a site's hours in, slots out."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from autosilo.platform.policies.overbooking import FULL
from autosilo.platform.resources.sites.models import Site
from autosilo.platform.resources.sites.queries import opening_on, zone_of

SLOT = timedelta(minutes=30)
WALK_UP = timedelta(minutes=10)
"""The present slot may still be booked while so much of it is left."""
COLLECT_EARLY = timedelta(minutes=15)
COLLECT_LATE = timedelta(minutes=60)
TURN_ROUND = FULL
"""Between two trials of one car: it is stored, looked after and charged."""
BOOKABLE_DAYS = 7


@dataclass(frozen=True, kw_only=True)
class Times:
    """When a slot's shopper is served, and how long the car is kept for them."""

    collect_from: datetime
    collect_until: datetime
    kept_from: datetime
    kept_until: datetime


def times_of(start: datetime, *, trial_length: timedelta) -> Times:
    """A car is kept until it could be back when it was collected as late as possible, with turn-round."""
    collect_until = start + SLOT + COLLECT_LATE
    return Times(
        collect_from=start - COLLECT_EARLY,
        collect_until=collect_until,
        kept_from=start - COLLECT_EARLY,
        kept_until=collect_until + trial_length + TURN_ROUND,
    )


def starts(site: Site, *, now: datetime, days: int = BOOKABLE_DAYS) -> list[datetime]:
    """Starts (UTC) of the slots that may be booked: today and the following days, ``days`` in all, at the site."""
    today = now.astimezone(zone_of(site)).date()
    found = (start for offset in range(days) for start in starts_on(site, today + timedelta(days=offset)))
    return [start for start in found if is_bookable(start, now=now)]


def starts_on(site: Site, day: date) -> tuple[datetime, ...]:
    """Every slot of a local day that ends within opening hours."""
    hours = opening_on(site, day)
    return () if hours is None else _between(*hours)


@lru_cache(maxsize=1024)
def _between(opens: datetime, shuts: datetime) -> tuple[datetime, ...]:
    """Stepped in UTC, so that a change of the clocks is no slot twice and none is missing."""
    start, last = opens.astimezone(UTC), shuts.astimezone(UTC)
    found = []
    while start + SLOT <= last:
        found.append(start)
        start += SLOT
    return tuple(found)


def is_slot(site: Site, start: datetime) -> bool:
    """Is ``start`` the start of a slot within opening hours?"""
    return start in starts_on(site, start.astimezone(zone_of(site)).date())


def is_bookable(start: datetime, *, now: datetime) -> bool:
    return start + SLOT - now >= WALK_UP
