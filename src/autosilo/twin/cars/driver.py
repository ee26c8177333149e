"""What a person does when the car unlocks or the intake opens: drive, once, and not before the gate is open.

Commands are level-triggered: they come again every few seconds while they hold. An errand lives as long as it is
renewed and a little longer; it is on disk before anything is done, so a restart takes it up again. Where a command
and the record contradict each other, the world is asked: it knows where the car is.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

import structlog

from autosilo.twin.cars.fleet import FleetCar
from autosilo.twin.cars.garage import CarRecord, Errand, Garage
from autosilo.twin.cars.world import Outcome, World
from autosilo.wire.cars import CarCommand

COMMAND_AGE = timedelta(seconds=30)
"""A command that waited longer, in a session kept by the broker, is about another visit."""

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Habits:
    """Seconds at real pace. ``patience_s``: how long an errand outlives the last command for it.

    ``settle_s``: how long the world takes to show what the driver has just done.
    """

    get_in_s: float = 4.0
    drive_back_s: float = 8.0
    retry_s: float = 1.0
    patience_s: float = 30.0
    settle_s: float = 15.0

    def at_pace(self, pace: float) -> "Habits":
        """The waits of the driver shrink; patience is for others and stays."""
        return Habits(
            get_in_s=self.get_in_s / pace,
            drive_back_s=self.drive_back_s / pace,
            retry_s=max(0.05, self.retry_s / pace),
            patience_s=self.patience_s,
            settle_s=self.settle_s / pace,
        )


class Drivers:
    """All drivers. ``changed(vin)`` is called when a car has news that should be told at once."""

    def __init__(self, garage: Garage, world: World, *, habits: Habits, changed: Callable[[str], None]) -> None:
        self._garage = garage
        self._world = world
        self._habits = habits
        self._changed = changed
        self._until: dict[str, float] = {}
        self._acted: dict[str, float] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def resume(self) -> None:
        """Take up the errands that a stopped process left behind."""
        for record, car in self._garage:
            if record.errand is not None:
                self._renew(record.vin)
                self._start(record, car, wait_s=0.0)

    def hear(self, site: str, vin: str, command: CarCommand) -> None:
        """Act on one command; hearing it again while it is being acted on only renews it."""
        found = self._garage.find(vin)
        if found is None or found[1].site != site or command.vin != vin:
            log.warning("command_for_no_car", vin=vin, site=site)
            return
        if command.at < datetime.now(UTC) - COMMAND_AGE:
            log.info("command_too_old", vin=vin, command=command.kind)
            return
        record, car = found
        if command.kind == "lock":
            self._drop(record, lock=True)
        elif command.station is None:
            log.warning("command_without_station", vin=vin, command=command.kind)
        else:
            act: Literal["depart", "arrive"] = "depart" if command.kind == "unlock" else "arrive"
            self._send_off(record, car, Errand(act=act, station=command.station))

    async def close(self) -> None:
        """Stop; what was begun is on disk."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    def _send_off(self, record: CarRecord, car: FleetCar, errand: Errand) -> None:
        self._renew(record.vin)
        if record.errand == errand and self._busy(record.vin):
            return
        contradicts = record.inside != (errand.act == "depart")
        if contradicts and (self._busy(record.vin) or self._just_acted(record.vin)):
            return
        if contradicts:
            self._keep(record.vin, asyncio.create_task(self._believe_world(record, car, errand)))
            return
        self._take_up(record, car, errand)

    def _take_up(self, record: CarRecord, car: FleetCar, errand: Errand) -> None:
        running = self._tasks.get(record.vin)
        if running is not None and running is not asyncio.current_task():
            running.cancel()
        record.errand = errand
        if errand.act == "depart":
            record.locked = False
        self._garage.save()
        self._changed(record.vin)
        wait_s = self._habits.get_in_s if errand.act == "depart" else self._habits.drive_back_s
        self._start(record, car, wait_s=wait_s)

    def _start(self, record: CarRecord, car: FleetCar, *, wait_s: float) -> None:
        self._keep(record.vin, asyncio.create_task(self._run(record, car, wait_s=wait_s)))

    def _keep(self, vin: str, task: asyncio.Task[None]) -> None:
        self._tasks[vin] = task
        task.add_done_callback(_report)

    async def _believe_world(self, record: CarRecord, car: FleetCar, errand: Errand) -> None:
        """Our record says that the command makes no sense. If the world says that it does, the record is wrong."""
        inside = await self._world.holds(car)
        if inside is None or inside == record.inside:
            return
        log.warning("record_was_wrong", vin=record.vin, inside=inside)
        if inside:
            record.came_in(errand.station)
        else:
            record.left()
        self._take_up(record, car, errand)

    async def _run(self, record: CarRecord, car: FleetCar, *, wait_s: float) -> None:
        errand = record.errand
        await asyncio.sleep(wait_s)
        while errand is not None and record.errand == errand:
            outcome = "not_now" if record.stays else await self._try(record, car, errand)
            if outcome == "done" or await self._happened(car, errand):
                self._finish(record, errand)
            elif outcome in ("elsewhere", "never"):
                log.warning("errand_impossible", vin=record.vin, act=errand.act, station=errand.station)
                self._drop(record, lock=record.inside)
            elif time.monotonic() > self._until.get(record.vin, 0.0):
                log.info("errand_given_up", vin=record.vin, act=errand.act, station=errand.station)
                self._drop(record, lock=record.inside)
            else:
                await asyncio.sleep(self._habits.retry_s)

    async def _try(self, record: CarRecord, car: FleetCar, errand: Errand) -> Outcome:
        if errand.act == "depart":
            return await self._world.depart(car, errand.station)
        return await self._world.arrive(car, record, errand.station)

    async def _happened(self, car: FleetCar, errand: Errand) -> bool:
        """Was the errand done although nobody told us: a lost reply, a kill before it could be written down?"""
        inside = await self._world.holds(car)
        return inside is not None and inside == (errand.act == "arrive")

    def _finish(self, record: CarRecord, errand: Errand) -> None:
        if errand.act == "depart":
            record.left()
        else:
            record.came_in(errand.station)
        self._acted[record.vin] = time.monotonic()
        self._garage.save()
        self._changed(record.vin)
        log.info("drove", vin=record.vin, act=errand.act, station=errand.station)

    def _drop(self, record: CarRecord, *, lock: bool) -> None:
        record.errand = None
        if lock and record.inside:
            record.locked = True
        self._garage.save()
        self._changed(record.vin)

    def _renew(self, vin: str) -> None:
        self._until[vin] = time.monotonic() + self._habits.patience_s

    def _busy(self, vin: str) -> bool:
        task = self._tasks.get(vin)
        return task is not None and not task.done()

    def _just_acted(self, vin: str) -> bool:
        acted = self._acted.get(vin)
        return acted is not None and time.monotonic() - acted < self._habits.settle_s


def _report(task: asyncio.Task[None]) -> None:
    """A bug in an errand must not be silent; the next command starts it again."""
    if not task.cancelled() and task.exception() is not None:
        log.error("errand_failed", exc_info=task.exception())
