"""When which cars can be had, in one read: for the API and for crowds. ``queries.slots`` says the same for pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from autosilo.platform.journey.booking import calendar, overbooking, whereabouts
from autosilo.platform.journey.booking.availability_sql import NOW_SQL, SQL
from autosilo.platform.journey.booking.whereabouts import Car
from autosilo.platform.kit import hot
from autosilo.platform.policies.registry import policy_for
from autosilo.platform.resources.catalogue.models import CarModel, Paint
from autosilo.platform.resources.sites.models import Site


@dataclass(frozen=True, kw_only=True)
class Free:
    """Starts of the slots (Unix time, rising) and how many cars each has left; ``cars``: of the wish, in service."""

    starts: Sequence[float]
    free: Sequence[int]
    cars: int
    where: whereabouts.Whereabouts = whereabouts.NOWHERE


def parameters(
    *, car_model: CarModel, paints: Sequence[Paint], site: Site, now: datetime, days: int
) -> tuple[Sequence[float], dict[str, Any]]:
    """The coming slots, and what ``SQL`` needs."""
    length = policy_for(site.market, now).trial_length
    starts = _starts(site.pk, site.time_zone, _hours(site), now.replace(second=0, microsecond=0), days)
    last = datetime.fromtimestamp(starts[-1], now.tzinfo) if starts else now
    values = {
        "model": car_model.pk,
        "paints": [paint.pk for paint in paints],
        "site": site.pk,
        "from": now - timedelta(hours=1),
        "until": calendar.times_of(last, trial_length=length).kept_until,
    }
    return starts, values


def free(*, car_model: CarModel, paints: Sequence[Paint], site: Site, now: datetime, days: int) -> Free:
    """How many cars of the wish can be had in each coming slot. One query; as ``queries.ahead`` a few more each five
    seconds where cars may be booked that are due back shortly before."""
    starts, values = parameters(car_model=car_model, paints=paints, site=site, now=now, days=days)
    if not starts or not site.open_for_booking:
        return Free(starts=(), free=(), cars=0)
    rows = hot.rows(SQL, values)
    times = calendar.times_of(now, trial_length=policy_for(site.market, now).trial_length)
    before, after = (now - times.kept_from).total_seconds(), (times.kept_until - now).total_seconds()
    known = {vin: Car(list(zip(lowers, uppers, strict=True)), ready) for vin, lowers, uppers, ready in rows}
    relief = overbooking.relief_now(site, now=now)
    cars = [one.unfree() for one in known.values()]
    left = overbooking.left(starts, cars, before=before, after=after, relief=relief)
    where = whereabouts.of(known, inside=site.inventory.values(), now=now)
    return Free(starts=starts, free=left, cars=len(rows), where=where)


def now_at(
    *, car_model: CarModel, paints: Sequence[Paint], sites: Sequence[Site], now: datetime
) -> dict[str, whereabouts.Whereabouts]:
    """Where the cars of the wish are at this moment, by site. One query, however many sites there are."""
    rows = hot.rows(NOW_SQL, {"model": car_model.pk, "paints": [paint.pk for paint in paints], "now": now})
    cars: dict[str, dict[str, Car]] = {site.pk: {} for site in sites}
    for slug, vin, until, ready in rows:
        if slug in cars:
            cars[slug][vin] = Car([(now.timestamp(), until)] if until else [], ready)
    return {site.pk: whereabouts.of(cars[site.pk], inside=site.inventory.values(), now=now) for site in sites}


def _hours(site: Site) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple(sorted((day, tuple(times)) for day, times in site.opening.items()))


@lru_cache(maxsize=4096)
def _starts(
    slug: str, zone: str, hours: tuple[tuple[str, tuple[str, ...]], ...], minute: datetime, days: int
) -> tuple[float, ...]:
    """The slots that can be booked in this minute: asked by everybody, so computed once."""
    site = Site(slug=slug, time_zone=zone, opening={day: list(times) for day, times in hours})
    return tuple(start.timestamp() for start in calendar.starts(site, now=minute, days=days))
