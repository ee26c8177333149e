"""What the platform orders, and who carries it out. Each order is taken once; hearing it again is harmless."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, Protocol

import structlog

from autosilo.site.clock import SiteClock
from autosilo.site.control import CannotResolve
from autosilo.site.db import SiteDb
from autosilo.site.uplink.cars import CarBook
from autosilo.site.visits.store import VisitStore
from autosilo.wire.bus import DescribeCars, ExpectVisitor, ForgetVisitor, Order, ResolveHold, ShiftClock

log = structlog.get_logger(__name__)


class Holder(Protocol):
    """What a ``ResolveHold`` asks of the tower."""

    async def resolve_hold(self, *, operator: str) -> None: ...


class Orders:
    """Dispatches by kind. ``held_since`` tells when the present hold began (real time), None when there is none."""

    def __init__(
        self,
        *,
        db: SiteDb,
        visits: VisitStore,
        cars: CarBook,
        clock: SiteClock,
        tower: Holder,
        held_since: Callable[[], datetime | None],
    ) -> None:
        self._db = db
        self._visits = visits
        self._cars = cars
        self._clock = clock
        self._tower = tower
        self._held_since = held_since
        self._handlers: dict[type[Order], Callable[[Any], Awaitable[None]]] = {
            ExpectVisitor: self._expect,
            ForgetVisitor: self._forget,
            ShiftClock: self._shift,
            ResolveHold: self._resolve,
            DescribeCars: self._describe,
        }

    async def handle(self, order: Order) -> None:
        await self._handlers[type(order)](order)

    async def _expect(self, order: ExpectVisitor) -> None:
        fresh = self._visits.expect(order, now=self._clock.now())
        self._cars.paint(order.vin, order.paint_hex)
        log.info("visitor expected", trial=str(order.trial), revision=order.revision, fresh=fresh)

    async def _forget(self, order: ForgetVisitor) -> None:
        self._visits.forget(order, now=self._clock.now())
        log.info("visitor forgotten", trial=str(order.trial), reason=order.reason)

    async def _shift(self, order: ShiftClock) -> None:
        followed = self._clock.shift(order)
        log.info("clock shifted" if followed else "clock shift ignored", offset_s=order.offset_s)

    async def _describe(self, order: DescribeCars) -> None:
        for look in order.cars:
            self._cars.paint(look.vin, look.paint_hex)
        self._cars.keep()

    async def _resolve(self, order: ResolveHold) -> None:
        """Taken at most once, and only for a hold that the operator can have seen: one older than the order."""
        since = self._held_since()
        if since is None or order.at < since or not self._first_time(order):
            log.info("no hold to resolve", msg=str(order.id))
            return
        try:
            await self._tower.resolve_hold(operator=order.operator)
        except CannotResolve as error:
            log.warning("the hold stands", reason=error.reason, operator=order.operator)

    def _first_time(self, order: ResolveHold) -> bool:
        sql = "INSERT OR IGNORE INTO seen_order (id, at) VALUES (?, ?)"
        return self._db.execute(sql, str(order.id), datetime.now(UTC).isoformat()).rowcount == 1
