"""What the platform orders, and who carries it out. Each order is taken once; hearing it again is harmless."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, Protocol, get_args

import structlog

from autosilo.site.clock import SiteClock
from autosilo.site.control import CannotObey
from autosilo.site.db import SiteDb
from autosilo.site.uplink.cars import CarBook
from autosilo.site.uplink.outbox import Outbox
from autosilo.site.visits.store import VisitStore
from autosilo.wire.books import BlockBay, ConfirmBay, FinishReconciliation, LiftService, OrderRefused, UnblockBay
from autosilo.wire.bus import DescribeCars, ExpectVisitor, ForgetVisitor, Order, ResolveHold, ShiftClock

log = structlog.get_logger(__name__)


class Machine(Protocol):
    """What a technician's orders ask of the tower. Each raises ``CannotObey``."""

    async def resolve_hold(self, *, operator: str) -> None: ...
    def block_bay(self, place: str, *, reason: str, by: str) -> None: ...
    def unblock_bay(self, place: str, *, by: str) -> None: ...
    def take_out_of_service(self, lift: str, *, reason: str, by: str) -> None: ...
    def return_to_service(self, lift: str, *, by: str) -> None: ...
    def confirm_bay(self, place: str, vin: str | None, *, by: str) -> None: ...
    def finish_reconciliation(self, lift: str, *, by: str) -> None: ...


Technicians = BlockBay | UnblockBay | LiftService | ConfirmBay | FinishReconciliation


class Orders:
    """Dispatches by kind. ``held_since`` tells when the present hold began (real time), None when there is none."""

    def __init__(
        self,
        *,
        db: SiteDb,
        visits: VisitStore,
        cars: CarBook,
        clock: SiteClock,
        outbox: Outbox,
        tower: Machine,
        held_since: Callable[[], datetime | None],
    ) -> None:
        self._db = db
        self._visits = visits
        self._cars = cars
        self._clock = clock
        self._outbox = outbox
        self._tower = tower
        self._held_since = held_since
        self._handlers: dict[type[Order], Callable[[Any], Awaitable[None]]] = {
            ExpectVisitor: self._expect,
            ForgetVisitor: self._forget,
            ShiftClock: self._shift,
            ResolveHold: self._resolve,
            DescribeCars: self._describe,
            **dict.fromkeys(get_args(Technicians), self._obey),
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
        if not self._first_time(order):
            return
        since = self._held_since()
        try:
            if since is None:
                raise CannotObey("no_hold", detail="the tower is not held")
            if order.at < since:
                raise CannotObey("no_hold", detail="what holds the tower now began after this order was given")
            await self._tower.resolve_hold(operator=order.operator)
        except CannotObey as error:
            self._refuse(order, error)

    async def _obey(self, order: Technicians) -> None:
        """At most once: an order that comes again must not undo what somebody has done since."""
        if not self._first_time(order):
            return
        try:
            self._carry_out(order)
        except CannotObey as error:
            self._refuse(order, error)
        else:
            log.info("order carried out", order=order.kind, operator=order.operator)

    def _carry_out(self, order: Technicians) -> None:
        tower, by = self._tower, order.operator
        match order:
            case BlockBay():
                tower.block_bay(order.place, reason=order.reason, by=by)
            case UnblockBay():
                tower.unblock_bay(order.place, by=by)
            case LiftService(in_service=True):
                tower.return_to_service(order.lift, by=by)
            case LiftService():
                tower.take_out_of_service(order.lift, reason=order.reason, by=by)
            case ConfirmBay():
                tower.confirm_bay(order.place, order.vin, by=by)
            case FinishReconciliation():
                tower.finish_reconciliation(order.lift, by=by)

    def _refuse(self, order: ResolveHold | Technicians, error: CannotObey) -> None:
        """So that the console can show why nothing happened."""
        log.warning("order refused", order=order.kind, operator=order.operator, reason=str(error))
        fact = OrderRefused(
            at=self._clock.now(), order=order.id, reason=error.reason, look_at=error.look_at, detail=error.detail
        )
        self._outbox.put(fact)

    def _first_time(self, order: ResolveHold | Technicians) -> bool:
        sql = "INSERT OR IGNORE INTO seen_order (id, at) VALUES (?, ?)"
        return self._db.execute(sql, str(order.id), datetime.now(UTC).isoformat()).rowcount == 1
