"""The line before the counter: who may try now, who waits, and how long that may take.

A line forms when more people ask than can be served at once, and before a sale opens. Places are rows, so that every
web process keeps the same order; nobody's place holds a lock or a car. Who is not seen for ``FORGOTTEN`` loses it.
"""

import random
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from autosilo.platform.journey.booking.models import LinePlace, Sale
from autosilo.platform.kit import hot
from autosilo.platform.kit.buckets import Buckets

AT_ONCE = 32
"""So many of a line may try at the same time."""
FORGOTTEN = timedelta(seconds=45)
"""A page that waits asks every few seconds; who has not asked for so long has gone."""
ASK_AGAIN_S = 5
COUNTED = 10_000
"""Beyond that nobody needs to know the exact number."""
FRESH_S = 5.0
USUAL_PER_S = 20.0
"""Served a second, before any was measured: less than a machine does, so that nobody is promised too much."""
POLLS_PER_MINUTE = 60

_JOIN = """
    INSERT INTO booking_lineplace AS place (person_id, line, rank, seen_at)
    VALUES (%(person)s, %(line)s, %(rank)s, %(now)s)
    ON CONFLICT (person_id, line) DO UPDATE SET
        seen_at = %(now)s,
        rank = CASE WHEN place.served_at IS NOT NULL OR place.seen_at < %(lost)s THEN %(rank)s ELSE place.rank END,
        served_at = NULL
    RETURNING rank, id
"""
_AHEAD = """
    SELECT count(*) FROM (
        SELECT 1 FROM booking_lineplace
        WHERE line = %(line)s AND served_at IS NULL
              AND (rank, id) < (%(rank)s, %(id)s) AND seen_at > %(lost)s LIMIT %(most)s
    ) ahead
"""


@dataclass(frozen=True, kw_only=True)
class Place:
    """``ahead`` of one are so many; ``may_try``: it is one's turn. ``about``: an honest guess at the wait."""

    ahead: int
    may_try: bool
    about: timedelta
    opens_at: datetime | None = None


class Pace:
    """How many a second are served, as this process sees it: what the estimate is made of."""

    def __init__(self) -> None:
        self._served, self._since, self._rate = 0, time.monotonic(), USUAL_PER_S

    def served(self) -> None:
        self._served += 1
        took = time.monotonic() - self._since
        if took >= 1:
            self._rate = 0.5 * self._rate + 0.5 * self._served / took
            self._served, self._since = 0, time.monotonic()

    def wait(self, ahead: int) -> timedelta:
        """Rounded up to five seconds, which is how often the page asks."""
        steps = ahead / max(self._rate, 0.1) // ASK_AGAIN_S + 1
        return timedelta(seconds=steps * ASK_AGAIN_S)


pace = Pace()
polls = Buckets()


class Sales:
    """When each sale opens. There are few, so all are read at once, once in ``FRESH_S``: with a thousand sites, a read
    for each of them would cost every booking one more."""

    def __init__(self) -> None:
        self._known: tuple[float, dict[tuple[str, str], datetime]] | None = None

    def forget(self) -> None:
        self._known = None

    def opens_at(self, model: str, site: str) -> datetime | None:
        known = self._known
        if known is None or known[0] < time.monotonic():
            rows = Sale.objects.order_by().values_list("car_model", "site", "opens_at")
            found = {(of, at): opens for of, at, opens in rows}
            known = self._known = (time.monotonic() + FRESH_S, found)
        return known[1].get((model, site))


sales = Sales()


def line_of(*, model: str, site: str) -> str:
    return f"{model}@{site}"


def opens_at(*, model: str, site: str) -> datetime | None:
    """When the sale opens, if there is one; as old as ``FRESH_S``."""
    return sales.opens_at(model, site)


def forget() -> None:
    sales.forget()
    polls.forget()


def stand(*, person: int, model: str, site: str, now: datetime) -> Place:
    """Take a place, or keep it. Two statements."""
    opens = opens_at(model=model, site=site)
    shut = opens is not None and now < opens
    # By lot before the opening: below every moment of arrival, so before all who come later.
    rank = -random.random() if shut else now.timestamp()  # noqa: S311  an order, not a secret
    name = line_of(model=model, site=site)
    values = {"person": person, "line": name, "now": now, "lost": now - FORGOTTEN}
    kept, number = hot.rows(_JOIN, {**values, "rank": rank})[0]
    ahead = hot.rows(_AHEAD, {**values, "rank": kept, "id": number, "most": COUNTED})[0][0]
    wait = pace.wait(ahead)
    if shut and opens is not None:
        wait += opens - now
    return Place(ahead=ahead, may_try=not shut and ahead < AT_ONCE, about=wait, opens_at=opens if shut else None)


def leave(*, person: int, model: str, site: str, now: datetime) -> None:
    """Served, with a car or without."""
    pace.served()
    LinePlace.objects.filter(person=person, line=line_of(model=model, site=site), served_at=None).update(served_at=now)


def tidy(*, now: datetime) -> int:
    """Places of those who have gone are of no further use."""
    gone, _each = LinePlace.objects.filter(seen_at__lt=now - timedelta(hours=1)).delete()
    return gone
