"""What a site does again and again without being asked: show the tower, report the inventory, keep its books."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

import structlog
from pydantic import TypeAdapter

from autosilo.site.clock import SiteClock
from autosilo.site.control import EventKind, TowerEvent
from autosilo.site.control.holding import Hold
from autosilo.site.control.types import DwellReason
from autosilo.site.service import trial_of
from autosilo.site.tasks import keep
from autosilo.site.uplink.cars import CarBook
from autosilo.site.uplink.outbox import Outbox
from autosilo.site.visits.store import VisitStore
from autosilo.wire.books import TowerBooks
from autosilo.wire.bus import HelpWanted, InventoryReported, StoredCar, TowerHeld, TowerReleased
from autosilo.wire.live import TowerLive

log = structlog.get_logger(__name__)

MOVING_S = 0.18
"""From one frame to the next while something moves: a little under a fifth of a second, for no timer is exact."""
STILL_S = 1.0
LOOK_S = 0.1
"""How soon a still picture notices that something began to move."""
REPORT_S = 60.0
BOOKS_S = 30.0


class Watched(Protocol):
    """What is looked at, of ``site.control.Tower``."""

    @property
    def held(self) -> str | None: ...
    @property
    def hold(self) -> Hold | None: ...
    def snapshot(self) -> TowerLive: ...
    def inventory(self) -> dict[str, str]: ...
    def free_bays(self) -> int: ...
    def books(self) -> TowerBooks: ...


class Beat:
    """Loops of one site. ``show`` gets each live frame."""

    def __init__(
        self,
        *,
        site: str,
        tower: Watched,
        outbox: Outbox,
        visits: VisitStore,
        cars: CarBook,
        clock: SiteClock,
        show: Callable[[TowerLive], Awaitable[None]],
    ) -> None:
        self._site = site
        self._tower = tower
        self._outbox = outbox
        self._visits = visits
        self._cars = cars
        self._clock = clock
        self._show = show

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            for work in (self._live, self._inventory, self._tower_books, self._books):
                group.create_task(keep(work.__name__.strip("_"), work, site=self._site))

    def on_tower(self, event: TowerEvent) -> None:
        """State holds, releases and what else waits for a person as facts."""
        now = self._clock.now()
        if event.kind is EventKind.HELD:
            self._outbox.put(
                TowerHeld(
                    at=now,
                    reason=event.detail or "held",
                    look_at=event.place or self._site,
                    trial=trial_of(event.job_key),
                )
            )
        elif event.kind is EventKind.DWELLING:
            why = TypeAdapter(DwellReason).validate_python(event.detail)
            self._outbox.put(HelpWanted(at=now, reason=why, look_at=event.place, trial=trial_of(event.job_key)))
        elif event.kind is EventKind.SHUT_IN:
            self._tell_the_booked(event)
        elif event.kind is EventKind.RELEASED:
            self._released(event)

    def _released(self, event: TowerEvent) -> None:
        """While another part is still held the tower is: that is what the platform must show then."""
        now, rest = self._clock.now(), self._tower.hold
        if rest is None:
            self._outbox.put(TowerReleased(at=now, by=event.detail or "operator"))
        else:
            self._outbox.put(TowerHeld(at=now, reason=rest.reason, look_at=rest.look_at))

    def _tell_the_booked(self, event: TowerEvent) -> None:
        """Each visitor who is expected for a car that cannot be brought down for the present."""
        for visit in self._visits.expected_for(event.vin or ""):
            self._outbox.put(
                HelpWanted(at=self._clock.now(), reason="car_shut_in", look_at=event.place, trial=visit.trial)
            )

    async def _live(self) -> None:
        """Five frames a second while something moves, one when still; a change is shown at once."""
        last, sent_at = "", 0.0
        loop = asyncio.get_running_loop()
        while True:
            frame = self._tower.snapshot()
            look = frame.model_dump_json(exclude={"at"})
            age = loop.time() - sent_at
            if look != last or age >= STILL_S - LOOK_S / 2:
                last, sent_at = look, loop.time()
                await self._show(frame)
                await asyncio.sleep(rest_s(sent_at, loop.time()))
            else:
                await asyncio.sleep(LOOK_S)

    async def _inventory(self) -> None:
        """At the start, on each change, and every minute."""
        last: tuple[object, ...] = ()
        said_at = 0.0
        loop = asyncio.get_running_loop()
        while True:
            cars, free, held = self._tower.inventory(), self._tower.free_bays(), self._tower.held
            state = (tuple(sorted(cars.items())), free, held)
            if state != last or loop.time() - said_at >= REPORT_S:
                last, said_at = state, loop.time()
                self._outbox.put(self._report(cars, free, held))
            await asyncio.sleep(STILL_S)

    def _report(self, cars: dict[str, str], free: int, held: str | None) -> InventoryReported:
        stored = tuple(StoredCar(vin=vin, place=place) for place, vin in sorted(cars.items()))
        return InventoryReported(at=self._clock.now(), site=self._site, cars=stored, free_bays=free, held=held)

    async def _tower_books(self) -> None:
        """At the start, on each change, and every minute."""
        last, said_at = "", 0.0
        loop = asyncio.get_running_loop()
        while True:
            books = self._tower.books()
            state = books.model_dump_json(exclude={"id", "at"})
            if state != last or loop.time() - said_at >= REPORT_S:
                last, said_at = state, loop.time()
                self._outbox.put(books.model_copy(update={"at": self._clock.now()}))
            await asyncio.sleep(STILL_S)

    async def _books(self) -> None:
        while True:
            await asyncio.sleep(BOOKS_S)
            self._cars.keep()
            shredded = self._visits.shred_stale(now=self._clock.now())
            if shredded:
                log.info("stale templates shredded", count=shredded)
            if not self._visits.db.scrub_again():
                log.warning("somebody reads the site's file: old pages stay in its write-ahead log until that ends")


def rest_s(sent_at: float, now: float) -> float:
    """Seconds until the next frame is due, whatever it took to send the last."""
    return max(0.0, sent_at + MOVING_S - now)
