"""The lifts at work: each free one is given what ``dispatcher.decide`` chooses, and every job begun is seen through.

A choice is journalled before its first command. After a restart jobs that were begun go on first, by the lift and to
the place that the journal names; everything else is chosen anew.
"""

import asyncio
import logging

from autosilo.site.control import moves
from autosilo.site.control.dispatcher import Kind, Request, Start, decide, in_order
from autosilo.site.control.journal import JournalledJob
from autosilo.site.control.requests import begun, waiting
from autosilo.site.control.states import Collect, Errand, Purpose, Return
from autosilo.site.control.station import StationDriver
from autosilo.site.control.types import EventKind
from autosilo.site.control.visits import LOOK_S, Floor
from autosilo.site.tasks import end, keep, say_if_it_fails

log = logging.getLogger(__name__)


class Dispatching:
    """One loop; one task for each lift that works."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor
        self._loop: asyncio.Task[None] | None = None
        self._running: dict[str, asyncio.Task[None]] = {}

    def start(self) -> None:
        self._loop = asyncio.create_task(keep("dispatching", self._run, site=self._floor.config.slug))

    async def stop(self) -> None:
        await end([task for task in (self._loop, *self._running.values()) if task is not None])

    def at_work(self, lift: str) -> bool:
        return lift in self._running

    async def quiet(self, station: StationDriver) -> None:
        """Return when the station's gate may open: at once if it has a shutter, else when none of its lifts works.

        The job must stand in a state that locks the lift, so that none begins.
        """
        if station.locks:
            await self._floor.until(lambda: not any(self.at_work(lift) for lift in station.lifts))

    def free_lifts(self) -> set[str]:
        """Those that can begin something now."""
        floor = self._floor
        return {
            name
            for name, driver in floor.lifts.items()
            if driver.ready and floor.in_service(name) and not self.at_work(name) and not floor.locked(name)
        }

    # --- one look ---

    async def _run(self) -> None:
        while True:
            changed = self._floor.changed
            self.look()
            try:
                async with asyncio.timeout(LOOK_S):
                    await changed.wait()
            except TimeoutError:
                continue

    def look(self) -> None:
        """Begin whatever can be begun."""
        for job in begun(self._floor):
            if not self.at_work(job.lift or ""):
                self._set_out(job)
        self._grant_what_stands_there()
        self._admit()
        free = self.free_lifts()
        requests = waiting(self._floor) if free else []
        for start in decide(requests, free):
            self._begin(start)
        self._make_way(requests)

    def _begin(self, start: Start) -> None:
        """Journal the choice, then let the lift set out."""
        floor, option = self._floor, start.option
        job = floor.journal.job(start.request.job)
        if option.relocates is not None:
            job = errand(floor, Purpose.RELOCATE, option.relocates)
        moving = {"lift": option.lift, "bay": option.destination}
        match Purpose(job.purpose):
            case Purpose.COLLECT if job.state == Collect.QUEUED:
                moving = {"lift": option.lift, "station": option.destination, "state": Collect.FETCHING}
            case Purpose.STAGE:
                moving = {"lift": option.lift, "station": option.destination, "state": Errand.MOVING}
            case Purpose.UNSTAGE | Purpose.RELOCATE:
                moving["state"] = Errand.MOVING
            case _:
                pass
        job = floor.journal.update_job(job.id, **moving)
        log.info("dispatched", extra={"job": job.job_key, "lift": option.lift, "to": option.destination})
        if job.state == Collect.FETCHING:
            floor.tell(EventKind.FETCHING, job=job, place=option.source)
        self._set_out(job)

    def _set_out(self, job: JournalledJob) -> None:
        lift = job.lift or ""
        task = asyncio.create_task(self._carry(lift, job.id), name=f"{job.purpose} {job.job_key} by {lift}")
        task.add_done_callback(say_if_it_fails)
        self._running[lift] = task

    async def _carry(self, lift: str, number: int) -> None:
        floor, driver = self._floor, self._floor.lifts[lift]
        try:
            name = f"a move of {lift}"
            await driver.through_faults(name, lambda: moves.carry(floor, driver, floor.journal.job(number)))
        finally:
            self._running.pop(lift, None)
            floor.wake()

    # --- what needs no lift ---

    def _grant_what_stands_there(self) -> None:
        """A car that was brought down ahead of time is at its gate already."""
        floor = self._floor
        jobs = floor.journal.open_jobs()
        moving = {job.vin for job in begun(floor)}
        for job in jobs:
            place = floor.journal.place_of(job.vin)
            station = floor.stations.get(place or "")
            if job.purpose != Purpose.COLLECT or job.state != Collect.QUEUED or job.vin in moving:
                continue
            if station is None or not station.delivery or any(one.station == place for one in jobs):
                continue
            withdraw(floor, job.vin)
            job = floor.journal.update_job(job.id, state=Collect.AT_GATE, station=place, lift=station.lifts[0])
            floor.tell(EventKind.FETCHING, job=job, place=place)
            floor.tell(EventKind.AT_GATE, job=job, place=place)

    def _admit(self) -> None:
        """Give each return that waits an intake, in their order."""
        floor = self._floor
        queue = [
            job for job in floor.journal.open_jobs() if job.purpose == Purpose.RETURN and job.state == Return.QUEUED
        ]
        for job in queue:
            free = [one for one in floor.stations.values() if not one.delivery and self._may_open(one, job)]
            if not free:
                return
            best = min(free, key=lambda one: (-max(floor.rack(lift).room() for lift in one.lifts), one.name))
            floor.journal.update_job(job.id, state=Return.ADMITTING, station=best.name)
            floor.wake()

    def _may_open(self, station: StationDriver, job: JournalledJob) -> bool:
        floor = self._floor
        lifts = [
            one
            for one in station.lifts
            if floor.in_service(one) and floor.lifts[one].ready and floor.rack(one).room() > self._promised(one)
        ]
        if not lifts or station.hold is not None or not floor.free_station(station):
            return False
        if not station.locks:
            return True
        older = any(
            request.since < job.since and any(option.lift in station.lifts for option in request.options)
            for request in waiting(floor)
        )
        return not older and not any(self.at_work(one) or floor.locked(one) for one in station.lifts)

    def _promised(self, lift: str) -> int:
        """Returns under way at the lift's intakes whose bay is not chosen yet."""
        floor = self._floor
        return sum(
            job.purpose == Purpose.RETURN and job.bay is None and lift in floor.stations[job.station].lifts
            for job in floor.journal.open_jobs()
            if job.station in floor.stations
        )

    # --- cars that were brought down too early ---

    def _make_way(self, requests: list[Request]) -> None:
        """A driver waits and every station of the lift is taken: store a car again that nobody has come for yet."""
        floor = self._floor
        for request in in_order(requests):
            vin = floor.journal.job(request.job).vin
            place = floor.journal.place_of(vin) or ""
            if request.kind is not Kind.RETRIEVE or request.options or floor.stations.get(place):
                continue
            for name, driver in floor.lifts.items():
                if place in driver.places and driver.places[place].front not in floor.journal.inventory:
                    self._unstage_one(name)

    def _unstage_one(self, lift: str) -> None:
        floor = self._floor
        wanted = {job.vin for job in floor.journal.open_jobs()}
        stations = [one for one in floor.stations_of(lift) if one.delivery]
        if any(floor.free_station(one) for one in stations):
            return
        staged = [floor.journal.inventory.get(one.name) for one in stations]
        if any(job.purpose == Purpose.UNSTAGE for job in floor.journal.open_jobs() if job.vin in staged):
            return
        for vin in staged:
            if vin is not None and vin not in wanted:
                errand(floor, Purpose.UNSTAGE, vin)
                floor.wake()
                return


def errand(floor: Floor, purpose: Purpose, vin: str) -> JournalledJob:
    """A job of the tower's own for this car, open already or new."""
    key = f"{purpose}:{vin}"
    job = floor.journal.find_job(key, purpose)
    if job is None or job.state in (Errand.DONE, Errand.WITHDRAWN):
        job = floor.journal.add_job(job_key=key, purpose=purpose, vin=vin, state=Errand.QUEUED)
    return job


def withdraw(floor: Floor, vin: str) -> None:
    """Errands for this car that no lift has begun are off."""
    for job in floor.journal.open_jobs():
        if job.vin == vin and job.purpose in (Purpose.STAGE, Purpose.UNSTAGE) and job.state == Errand.QUEUED:
            floor.journal.update_job(job.id, state=Errand.WITHDRAWN)
