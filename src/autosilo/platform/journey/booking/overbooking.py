"""Bookings of cars that are due back shortly before: as far as the market's policy goes, and the risk allows.

Such a booking is one whose car is still kept for the trial before it, turn-round and all, when its own pick-up begins.
Its reservation begins that much later, so that the exclusion constraint holds for it as for any other.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from autosilo.platform.journey.booking import sweep
from autosilo.platform.journey.booking.calendar import COLLECT_EARLY, TURN_ROUND
from autosilo.platform.journey.booking.reliance import Reliance, judge, past_delays
from autosilo.platform.journey.booking.whereabouts import LONG_AGO, Period
from autosilo.platform.kit import hot
from autosilo.platform.policies.overbooking import OverBooking
from autosilo.platform.policies.registry import policy_for
from autosilo.platform.resources.sites.models import Site

LOCK = 7_340_002
"""First key of the advisory lock; the second is a hash of the site. Of two such claims the second sees the first."""
FRESH_S = 5.0
_known: dict[str, tuple[float, bool]] = {}

_TIGHT = """
    SELECT t.id, t.slot_start, f.plate,
           CASE WHEN o.handed_over_at IS NULL THEN upper(r.period) - %(turn_round)s ELSE o.due_at END
    FROM trial_trial t
    JOIN booking_reservation mine ON mine.trial_id = t.id AND mine.active
    JOIN booking_reservation r ON r.car_id = mine.car_id AND r.active AND r.period @> t.collect_from AND r.id <> mine.id
    JOIN trial_trial o ON o.id = r.trial_id
         AND o.state IN ('held', 'booked', 'handing_over', 'driving', 'overdue', 'returning')
    JOIN fleet_car f ON f.vin = mine.car_id
    WHERE t.site_id = %(site)s AND t.state IN ('held', 'booked')
    ORDER BY t.slot_start, t.id
"""


@dataclass(frozen=True, kw_only=True)
class Tight:
    """A booking of this kind. ``due``: when its car should be back, at the latest."""

    trial: UUID
    slot_start: datetime
    plate: str
    due: datetime

    def slack(self, turn_round: timedelta) -> timedelta:
        """By so much the car may be late."""
        return self.slot_start - turn_round - self.due


@dataclass(frozen=True, kw_only=True)
class OverBooked:
    """How a site stands. ``judged``: the bookings, the past, and the risk that at least one has no car."""

    bookings: Sequence[Tight]
    delays: Sequence[timedelta]
    judged: Reliance
    limit: OverBooking

    @property
    def is_within(self) -> bool:
        """Of none there is no risk; a risk that cannot be told is none that may be run."""
        return not self.bookings or self._may_be(len(self.bookings), self.judged.risk)

    @property
    def takes_one_more(self) -> bool:
        """Also one with as little to spare as there can be."""
        slacks = [one.slack(self.limit.turn_round) for one in self.bookings]
        return self._may_be(len(slacks) + 1, judge([*slacks, COLLECT_EARLY], self.delays).risk)

    @property
    def told(self) -> list[tuple[Tight, float | None]]:
        """Each booking, and the risk that it has no car."""
        return [(one, judge([one.slack(self.limit.turn_round)], self.delays).risk) for one in self.bookings]

    def _may_be(self, bookings: int, risk: float | None) -> bool:
        return bookings <= self.limit.most and risk is not None and risk <= self.limit.most_risk


def over_booked(site: Site, *, limit: OverBooking, delays: Sequence[timedelta]) -> OverBooked:
    """``delays``: of ``past_delays``. One query."""
    rows = hot.rows(_TIGHT, {"site": site.pk, "turn_round": TURN_ROUND})
    bookings = [Tight(trial=trial, slot_start=start, plate=plate, due=due) for trial, start, plate, due in rows]
    judged = judge([one.slack(limit.turn_round) for one in bookings], delays)
    return OverBooked(bookings=bookings, delays=delays, judged=judged, limit=limit)


def relief_now(site: Site, *, now: datetime) -> timedelta:
    """So much of a turn-round need not be over for one more booking at this site: none where policy or risk do not let
    it. For pages, so at most ``FRESH_S`` old; the claim looks again."""
    limit = policy_for(site.market, now).over_booking
    if limit is None:
        return timedelta()
    read, takes = _known.get(site.pk, (-FRESH_S, False))
    if time.monotonic() - read > FRESH_S:
        read, takes = time.monotonic(), over_booked(site, limit=limit, delays=past_delays(site)).takes_one_more
        _known[site.pk] = (read, takes)
    return limit.relief if takes else timedelta()


def left(
    starts: Sequence[float],
    cars: Sequence[Iterable[Period]],
    *,
    before: float,
    after: float,
    relief: timedelta,
) -> list[int]:
    """As ``sweep.left``, with one car in each slot that has none but would with ``relief``: what was judged is one more
    booking, not several. How long a car charges is not eased."""
    found = sweep.left(starts, cars, before=before, after=after)
    if not relief or all(found):
        return found
    off = relief.total_seconds()
    sooner = [[(lower, upper - off if lower > LONG_AGO else upper) for lower, upper in one] for one in cars]
    more = sweep.left(starts, sooner, before=before, after=after)
    return [n or min(1, m) for n, m in zip(found, more, strict=True)]


def forget() -> None:
    _known.clear()


def lock(site: Site) -> None:
    """One such claim at a site after another, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK, site.pk])
