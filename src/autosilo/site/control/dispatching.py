"""The lifts at work: each free one is given what ``dispatcher.decide`` chooses, and every job begun is seen through.

A choice is journalled before its first command. After a restart jobs that were begun go on first, by the lift and to
the place that the journal names; everything else is chosen anew.
"""

import asyncio
import logging
import time
from collections.abc import Coroutine, Iterable
from typing import Any

from autosilo.site.control import alike, eta, moves
from autosilo.site.control.dispatcher import Kind, Request, Start
from autosilo.site.control.errands import errand, make_way, withdraw
from autosilo.site.control.holding import Hold
from autosilo.site.control.idle import Idle
from autosilo.site.control.intakes import admit
from autosilo.site.control.jobs.move import CannotBegin
from autosilo.site.control.jobs.park import Park
from autosilo.site.control.journal import JournalledJob
from autosilo.site.control.planning import LiftView, Planner
from autosilo.site.control.promises import exchange
from autosilo.site.control.remaining import job_s
from autosilo.site.control.requests import begun, waiting
from autosilo.site.control.states import Collect, Errand, Purpose
from autosilo.site.control.station import StationDriver
from autosilo.site.control.types import EventKind
from autosilo.site.control.unit import CannotMove
from autosilo.site.control.urgency import later_s, timely
from autosilo.site.control.visits import LOOK_S, Floor
from autosilo.site.tasks import end, keep, say_if_it_fails
from autosilo.tower.eta import Estimate
from autosilo.tower.geometry import Place
from autosilo.tower.kinematics import travel_s

log = logging.getLogger(__name__)

BUSY_S = 0.01
"""A lift at work is not idle, however soon it will be."""


class Dispatching:
    """One loop; one task for each lift that works."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor
        self._loop: asyncio.Task[None] | None = None
        self._running: dict[str, asyncio.Task[None]] = {}
        self._planner = Planner(floor.config.tower, floor.habits)
        self._later_s = LOOK_S
        self._asked: tuple[object, float] = (None, 0.0)
        self._idle = Idle(floor, self._planner.between)
        self._parking: dict[str, Place] = {}
        self._without_bay: dict[str, Hold] = {}

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

    # --- what is told ---

    def eta(self, vin: str) -> Estimate | None:
        """See ``Tower.eta``."""
        return eta.eta(self._floor, self._planner, self._views(self.free_lifts()), vin)

    def soonest(self, vin: str, others: Iterable[str], *, due: float | None) -> str:
        """See ``Tower.soonest``."""
        return alike.soonest(self._floor, self._planner, self._views(self.free_lifts()), vin, others, due=due)

    def wait_begins(self, job_key: str, vin: str) -> None:
        """Somebody waits for this car from now on: what they are told is compared with what comes true."""
        guess = eta.guessed(self._floor, self._planner, self._views(self.free_lifts()), vin)
        if guess is not None and self._floor.journal.place_of(vin) not in self._floor.stations:
            self._floor.waits.begin(job_key, guess)

    # --- one look ---

    async def _run(self) -> None:
        while True:
            changed = self._floor.changed
            self.look()
            try:
                async with asyncio.timeout(min(LOOK_S, self._later_s)):
                    await changed.wait()
            except TimeoutError:
                continue

    def look(self) -> None:
        """Begin whatever can be begun."""
        for job in begun(self._floor):
            if not self.at_work(job.lift or ""):
                self._set_out(job)
        self._grant_what_stands_there()
        admit(self._floor, self.at_work)
        free = self.free_lifts()
        requests, now = waiting(self._floor) if free else [], time.time()
        self._later_s = later_s(self._floor, requests, now=now)
        starts = self._decide(timely(self._floor, requests, idle=len(free), now=now), free)
        for start in starts:
            self._begin(start)
        if starts:
            self._floor.wake()  # another lift may have something to do now
        elif free:
            make_way(self._floor, requests)
            self._say_what_has_no_bay(requests)
            self._use_the_time(free, waiting(self._floor))

    def _decide(self, requests: list[Request], free: set[str]) -> tuple[Start, ...]:
        """Asked again only when something has changed, or some time has passed."""
        ways = [(one.job, [(way.lift, way.destination, way.free_in_s <= 0) for way in one.options]) for one in requests]
        question, (before, asked_at) = (ways, free), self._asked
        if not requests or (question == before and time.monotonic() - asked_at < LOOK_S):
            return ()
        self._asked = question, time.monotonic()
        return self._planner.decide(requests, self._views(free), time.time())

    def _views(self, free: set[str]) -> dict[str, LiftView]:
        return {name: self._view(name, free) for name in self._floor.lifts}

    def _view(self, lift: str, free: set[str]) -> LiftView:
        floor, driver = self._floor, self._floor.lifts[lift]
        if lift in self._parking:
            home = self._parking[lift]
            return LiftView(home.name, max(BUSY_S, travel_s(driver.lift, driver.at, home.at)), driver.hold is None)
        jobs = [one for one in begun(floor) if one.lift == lift]
        if lift in free or not jobs:
            here = driver.at
            nearest = min(driver.places.values(), key=lambda one: (travel_s(driver.lift, here, one.at), one.name))
            busy_s = 0.0 if lift in free else floor.habits.dwell_s
            return LiftView(nearest.name, busy_s, driver.ready and floor.in_service(lift))
        target, busy_s = jobs[-1].bay or jobs[-1].station or "", sum(job_s(floor, driver, one) for one in jobs)
        return LiftView(target, max(BUSY_S, busy_s), driver.hold is None and floor.in_service(lift))

    def _begin(self, start: Start) -> None:
        """Journal the choice, then let the lift set out."""
        floor, option = self._floor, start.option
        job = floor.journal.job(start.request.job)
        first = None
        if option.first is not None:
            first = errand(floor, Purpose.RELOCATE, option.first.vin)
            floor.journal.update_job(first.id, lift=option.lift, bay=option.first.bay, state=Errand.MOVING)
        moving = {"lift": option.lift, "bay": option.destination}
        exchange(floor, job, option.destination)
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
        self._set_out(floor.journal.job(first.id) if first else job)

    def _set_out(self, job: JournalledJob) -> None:
        lift = job.lift or ""
        self._idle.moved(lift)
        self._run_task(lift, self._carry(lift, job.id), f"{job.purpose} {job.job_key} by {lift}")

    def _run_task(self, lift: str, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        task.add_done_callback(say_if_it_fails)
        self._running[lift] = task

    # --- when nothing is asked ---

    def _use_the_time(self, idle: set[str], requests: list[Request]) -> None:
        """Of the lifts that were left idle."""
        now = time.time()
        for lift in sorted(idle):
            tidying = self._idle.charging(lift, requests, idle=len(self.free_lifts()), now=now)
            tidying = tidying or self._idle.tidying(lift, requests, now=now)
            home = self._idle.home(lift, requests) if tidying is None else None
            if tidying is not None:
                job = errand(self._floor, Purpose.RELOCATE, tidying.vin)
                log.info("rearranged", extra={"vin": tidying.vin, "lift": lift, "to": tidying.to})
                self._set_out(self._floor.journal.update_job(job.id, lift=lift, bay=tidying.to, state=Errand.MOVING))
            elif home is not None:
                self._parking[lift] = home
                self._run_task(lift, self._park(lift, home.name), f"parking {lift}")

    async def _park(self, lift: str, place: str) -> None:
        driver = self._floor.lifts[lift]
        try:
            await Park(place).run(driver)
        except (CannotBegin, CannotMove) as error:
            log.info("not parked", extra={"lift": lift, "reason": str(error)})
            await asyncio.sleep(LOOK_S)
        finally:
            self._running.pop(lift, None)
            self._parking.pop(lift, None)
            self._floor.wake()

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

    def _say_what_has_no_bay(self, requests: list[Request]) -> None:
        """A car stands in a station and no bay takes it: a person must know. It goes on by itself when there is one."""
        floor = self._floor
        stuck = {
            floor.journal.place_of(floor.journal.job(one.job).vin)
            for one in requests
            if one.kind in (Kind.STORE, Kind.PUT_BACK, Kind.UNSTAGE) and not one.options
        }
        for name, station in floor.stations.items():
            able = any(floor.lifts[lift].ready and floor.in_service(lift) for lift in station.lifts)
            if name in stuck and able and station.hold is None:
                self._without_bay[name] = station.holding.show("no free bay takes the car in this station")
            elif name not in stuck:
                station.holding.recover(self._without_bay.pop(name, None))
