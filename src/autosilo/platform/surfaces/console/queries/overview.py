"""Both sites side by side."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from django.db.models import Count, Q

from autosilo.platform.journey.booking.models import Reservation
from autosilo.platform.journey.returns.room import Room, rooms_for_returns
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.journey.trial.states import ACTIVE, NOT_DRIVEN, WITH_SHOPPER, TrialState
from autosilo.platform.resources.fleet.models import Car, CarState
from autosilo.platform.resources.incidents.models import Incident
from autosilo.platform.resources.sites.models import Site

HEARD_LATELY = timedelta(minutes=2)
"""A site reports its inventory at least once a minute; two missing reports are worth a look."""
GONE = tuple(sorted(NOT_DRIVEN))


class Link(StrEnum):
    UP = "up"
    SILENT = "silent"
    NEVER = "never"


@dataclass(frozen=True, kw_only=True)
class StateCount:
    state: str
    label: str
    count: int
    active: bool


@dataclass(frozen=True, kw_only=True)
class SiteCard:
    """One site on the overview. Counts of today are by the site's own calendar day."""

    site: Site
    link: Link
    cars_in_service: int
    cars_in_tower: int
    cars_free: int
    cars_out: int
    pick_ups_today: int
    pick_ups_done: int
    returns_due_today: int
    returns_done: int
    open_incidents: int
    room: Room
    trials: tuple[StateCount, ...]


def link_of(site: Site, *, now: datetime) -> Link:
    """By the last message that arrived; the live picture is a sign of its own."""
    if site.last_heard_at is None:
        return Link.NEVER
    return Link.UP if now - site.last_heard_at <= HEARD_LATELY else Link.SILENT


def local_day(site: Site, *, now: datetime) -> tuple[datetime, datetime]:
    """First and last moment (exclusive) of the site's calendar day that holds ``now``."""
    zone = ZoneInfo(site.time_zone)
    start = datetime.combine(now.astimezone(zone).date(), time.min, tzinfo=zone)
    return start, datetime.combine(start.date() + timedelta(days=1), time.min, tzinfo=zone)


def site_cards(*, now: datetime) -> list[SiteCard]:
    """A card for each site, in seven queries for any number of sites."""
    sites = list(Site.objects.all())
    cars = _per_site(Car.objects.filter(state=CarState.IN_SERVICE).values_list("site").annotate(n=Count("vin")))
    kept = _per_site(
        Reservation.objects.filter(active=True, period__contains=now, car__state=CarState.IN_SERVICE)
        .values_list("car__site")
        .annotate(n=Count("car", distinct=True))
    )
    incidents = _per_site(Incident.objects.filter(closed_at=None).values_list("site").annotate(n=Count("id")))
    states = _states_per_site()
    days = _days(sites, now=now)
    rooms = rooms_for_returns(sites, now=now)
    return [
        SiteCard(
            site=site,
            link=link_of(site, now=now),
            cars_in_service=cars[site.slug],
            cars_in_tower=len(site.inventory),
            cars_free=max(0, cars[site.slug] - kept[site.slug]),
            cars_out=sum(states[site.slug][state] for state in WITH_SHOPPER),
            open_incidents=incidents[site.slug],
            room=rooms[site.slug],
            trials=_state_counts(states[site.slug]),
            **days[site.slug],
        )
        for site in sites
    ]


def _per_site(rows: Iterable[tuple[str, int]]) -> Counter[str]:
    return Counter(dict(rows))


def _states_per_site() -> dict[str, Counter[str]]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for site, state, number in Trial.objects.order_by().values_list("site", "state").annotate(n=Count("id")):
        counts[site][state] = number
    return counts


def _state_counts(counts: Counter[str]) -> tuple[StateCount, ...]:
    return tuple(
        StateCount(state=state, label=state.label, count=counts[state], active=state in ACTIVE) for state in TrialState
    )


def _days(sites: list[Site], *, now: datetime) -> dict[str, dict[str, int]]:
    """The four counts of today for each site, in one query."""
    names = ("pick_ups_today", "pick_ups_done", "returns_due_today", "returns_done")
    wanted: dict[str, Count] = {}
    for index, site in enumerate(sites):
        first, last = local_day(site, now=now)
        here = Q(site=site)
        picked = here & ~Q(state__in=GONE) & Q(slot_start__gte=first, slot_start__lt=last)
        due = here & Q(state__in=sorted(WITH_SHOPPER), due_at__gte=first, due_at__lt=last)
        back = here & Q(state=TrialState.RETURNED, ended_at__gte=first, ended_at__lt=last)
        filters = (picked, picked & Q(handed_over_at__isnull=False), due, back)
        wanted |= {f"{name}_{index}": Count("id", filter=one) for name, one in zip(names, filters, strict=True)}
    counts = Trial.objects.aggregate(**wanted) if wanted else {}
    return {site.slug: {name: counts[f"{name}_{index}"] for name in names} for index, site in enumerate(sites)}
