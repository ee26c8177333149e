"""Which of several equal cars a visitor gets: the one that the tower can bring soonest (ADR 21).

Asked when they have come, or when their car may be brought down ahead; without the platform's word it stays the one
that was ordered. The platform follows what was chosen, so that nobody else is promised the car.
"""

from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from typing import Protocol
from uuid import UUID

import structlog

from autosilo.site.clock import SiteClock
from autosilo.site.uplink.outbox import Outbox
from autosilo.site.visits.states import VisitState
from autosilo.site.visits.store import Visit, VisitStore
from autosilo.wire.alike import CarAlike
from autosilo.wire.bus import CarChosen

log = structlog.get_logger(__name__)

OPEN = (VisitState.EXPECTED, VisitState.COLLECTING)

Ask = Callable[[UUID], Awaitable[tuple[CarAlike, ...]]]


class Chooses(Protocol):
    """What is asked of ``site.control.Tower``."""

    def undecided(self, vin: str) -> bool: ...
    def soonest(self, vin: str, others: Iterable[str], *, due: datetime | None = None) -> str: ...


async def nobody(trial: UUID) -> tuple[CarAlike, ...]:
    """Of a site without anybody to ask."""
    return ()


class Choice:
    """One question a visit; nothing is remembered but what the visits say."""

    def __init__(
        self, *, visits: VisitStore, tower: Chooses, clock: SiteClock, outbox: Outbox, ask: Ask = nobody
    ) -> None:
        self._visits = visits
        self._tower = tower
        self._clock = clock
        self._outbox = outbox
        self._ask = ask

    async def settle(self, visit: Visit, *, due: datetime | None = None) -> Visit:
        """The visit with the car that it had best get. ``due``: its shopper has not come and is booked for then."""
        if not self._tower.undecided(visit.vin):
            return visit
        offered = {car.vin: car for car in await self._ask(visit.trial)}
        now = self._visits.find(visit.trial)
        if now is None or now.state not in OPEN or not self._tower.undecided(now.vin):
            return now or visit
        others = [vin for vin in offered if vin != now.vin and not self._visits.moves(vin)]
        vin = self._tower.soonest(now.vin, others, due=due and self._clock.real(due)) if others else now.vin
        if vin == now.vin:
            return now
        with self._visits.db.transaction():
            self._visits.give(now.trial, offered[vin])
            self._outbox.put(CarChosen(at=self._clock.now(), trial=now.trial, vin=vin))
        log.info("another car of the kind is there sooner", trial=str(now.trial), ordered=now.vin, chosen=vin)
        return self._visits.find(now.trial) or now
