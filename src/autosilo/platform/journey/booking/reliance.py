"""How probable is it that a booked car is not back when its shopper comes? From the site's own past."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import prod

from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.journey.trial.states import TrialState
from autosilo.platform.resources.sites.models import Site

PAST = 500
"""So many of a site's latest trials are looked at: what shoppers do changes with the season."""
ENOUGH = 20
"""With fewer, nothing is said: the prior would speak louder than the site."""
NEVER = timedelta.max
ENDED = (TrialState.RETURNED, TrialState.PURCHASED)


@dataclass(frozen=True, kw_only=True)
class Reliance:
    """``bookings``: the next one of each car that is out. ``slack``: the shortest time between due and pick-up among
    them. Of ``past`` cars, ``missed`` were later than that or were bought. ``risk`` that at least one is not back in
    time; None when the past is too short to tell, or nothing is relied on."""

    bookings: int
    slack: timedelta
    past: int
    missed: int
    risk: float | None


def reliance(site: Site, *, delays: Sequence[timedelta]) -> Reliance:
    """What the site's bookings rely on now. ``delays``: of ``past_delays``. One query.

    A car that is overdue is not counted: another one was sought for its next shopper when it became so.
    """
    rows = Trial.objects.filter(site=site).order_by()
    booked = rows.filter(state=TrialState.BOOKED, car__trials__state=TrialState.DRIVING)
    slacks: dict[str, timedelta] = {}
    for vin, starts, due in booked.values_list("car_id", "slot_start", "car__trials__due_at"):
        if due is not None:
            slacks[vin] = min(starts - due, slacks.get(vin, NEVER))
    return judge(list(slacks.values()), delays)


def past_delays(site: Site) -> list[timedelta]:
    """By how much the site's latest ``PAST`` cars came later than due; ``NEVER`` for one that did not come."""
    rows = Trial.objects.filter(site=site, state__in=(*ENDED, TrialState.OVERDUE), due_at__isnull=False)
    ended = rows.order_by("-due_at")[:PAST].values_list("state", "due_at", "ended_at")
    return [_delay(state, due, at) for state, due, at in ended if due is not None]


def judge(slacks: Sequence[timedelta], delays: Sequence[timedelta]) -> Reliance:
    """``slacks``: one for each booked car that is out; ``delays`` of the past, ``NEVER`` for a car that did not come.

    All bookings are judged by the shortest slack, which errs on the side of a higher risk.
    """
    slack = min(slacks, default=timedelta())
    missed = sum(delay > slack for delay in delays)
    told = bool(slacks) and len(delays) >= ENOUGH
    risk = at_least_one(len(slacks), missed=missed, past=len(delays)) if told else None
    return Reliance(bookings=len(slacks), slack=slack, past=len(delays), missed=missed, risk=risk)


def at_least_one(bookings: int, *, missed: int, past: int) -> float:
    """Probability that of ``bookings`` at least one fails when ``missed`` of ``past`` did: the posterior predictive of
    the beta-binomial distribution under Jeffreys' prior Beta(½, ½) (Gelman et al., Bayesian Data Analysis, ch. 2)."""
    kept = past - missed + 0.5
    return 1 - prod((kept + index) / (past + 1 + index) for index in range(bookings))


def _delay(state: str, due_at: datetime, ended_at: datetime | None) -> timedelta:
    """A car that was bought never came, and one that is overdue has not."""
    if state != TrialState.RETURNED or ended_at is None:
        return NEVER
    return ended_at - due_at
