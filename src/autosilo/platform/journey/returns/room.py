"""Will every car that comes back find a bay? From the bays that are free, what is fetched before, what comes back."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from typing import NamedTuple

from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.journey.trial.states import CONFIRMED, TO_BE_COLLECTED, TrialState
from autosilo.platform.policies.registry import policy_for
from autosilo.platform.resources.fleet.models import Transfer
from autosilo.platform.resources.sites.models import Site


@dataclass(frozen=True, kw_only=True)
class Visit:
    """A car that will leave, unless it has (``leaves`` is None), and that comes back; ``first``: it comes for the first
    time, from another site."""

    vin: str
    leaves: datetime | None
    back: datetime
    first: bool = False


@dataclass(frozen=True, kw_only=True)
class Room:
    """``out``: cars with shoppers now. ``least``: the fewest bays left after any return; below zero, so many cars find
    none. ``short_at``: when a car finds none for the first time; ``without``: the VINs of those that find none."""

    free: int
    out: int
    least: int
    short_at: datetime | None
    without: frozenset[str] = frozenset()

    @property
    def missing(self) -> int:
        return max(0, -self.least)


UNKNOWN = Room(free=0, out=0, least=0, short_at=None)
"""Of a tower that has not reported yet."""


class Row(NamedTuple):
    """What is read of a trial."""

    vin: str
    state: str
    collect_until: datetime
    due_at: datetime | None


def rooms_for_returns(sites: Collection[Site], *, now: datetime) -> dict[str, Room]:
    """By site: from its tower's last report, its confirmed trials and the cars on their way to it. Two queries, however
    many sites there are.

    Looks at the bad side: a car is fetched as late as it may be, a car that may be bought comes back, and a car that is
    late comes now. A hold frees no bay. A car for whose return a gate is open has its bay already: the site does not
    report that one as free.
    """
    rows: dict[str, list[Row]] = {site.pk: [] for site in sites}
    coming = Transfer.objects.filter(target__in=rows, ended_at=None).order_by()
    arrivals: dict[str, list[Visit]] = {site.pk: [] for site in sites}
    for slug, vin, at in coming.values_list("target", "car_id", "expected_at"):
        arrivals[slug].append(Visit(vin=vin, leaves=None, back=max(at, now), first=True))
    trials = Trial.objects.filter(site__in=rows, state__in=CONFIRMED).order_by()
    for slug, vin, state, until, due_at in trials.values_list("site", "car_id", "state", "collect_until", "due_at"):
        rows[slug].append(Row(vin, state, until, due_at))
    return {site.pk: _room(site, rows[site.pk], arrivals[site.pk], now) for site in sites}


def _room(site: Site, rows: Iterable[Row], arrivals: Iterable[Visit], now: datetime) -> Room:
    if site.inventory_at is None:
        return UNKNOWN
    length, bays = policy_for(site.market, now).trial_length, _bays(site)
    visits, standing = list(arrivals), {vin for place, vin in site.inventory.items() if place in bays}
    for row in rows:
        if row.state in TO_BE_COLLECTED:
            leaves = max(row.collect_until, now)
            visits.append(Visit(vin=row.vin, leaves=leaves, back=leaves + length))
        elif row.state == TrialState.RETURNING:
            standing.add(row.vin)
        else:
            visits.append(Visit(vin=row.vin, leaves=None, back=max(row.due_at or now, now)))
    return foresee(visits, standing=standing, free=site.free_bays)


def foresee(visits: Iterable[Visit], *, standing: Collection[str], free: int) -> Room:
    """``standing``: VINs that take a bay now. At one instant, cars come back before others leave."""
    visits = list(visits)
    out = [one for one in visits if one.leaves is None]
    # A car frees a bay by leaving only if it stands in one then: now, or because it came back before.
    has_bay = {*standing, *(one.vin for one in out)}
    steps = [(one.back, -1, one.vin) for one in visits]
    steps += [(one.leaves, 1, one.vin) for one in visits if one.leaves is not None and one.vin in has_bay]
    steps.sort()
    left = list(accumulate((change for _at, change, _vin in steps), initial=free))
    short = [(at, vin) for (at, change, vin), bays in zip(steps, left[1:], strict=True) if change < 0 and bays < 0]
    without = frozenset(vin for _at, vin in short)
    return Room(
        free=free,
        out=sum(not one.first for one in out),
        least=min(left),
        short_at=short[0][0] if short else None,
        without=without,
    )


def _bays(site: Site) -> set[str]:
    """Names of the tower's bays, without its stations."""
    return {bay["name"] for lift in site.geometry.get("lifts", ()) for bay in lift["bays"]}
