"""One lift's control program: fetches a car, brings it, parks; guards itself every scan."""

from autosilo.tower.config import Lift
from autosilo.tower.geometry import Point, lift_of
from autosilo.tower.kinematics import transfer_s, travel_s
from autosilo.twin.plc.carriage import Carriage
from autosilo.twin.plc.handling import put, take
from autosilo.twin.plc.leaf import Leaf
from autosilo.twin.plc.lift_interlocks import LiftInterlocks, fault_of
from autosilo.twin.plc.memory import TAKING, Job, LiftMemory, Step
from autosilo.twin.plc.standing import Standing, standing
from autosilo.twin.plc.unit import Unit
from autosilo.twin.plc.world import World
from autosilo.wire.mailbox import Command, Fault, JobState, Kind, Reject

_NEXT = {
    Step.TO_SOURCE: Step.TAKE_OPEN,
    Step.TAKE_OPEN: Step.TAKE,
    Step.TAKE: Step.TAKE_SHUT,
    Step.TO_DESTINATION: Step.PUT_OPEN,
    Step.PUT_OPEN: Step.PUT,
    Step.PUT: Step.PUT_SHUT,
}
_TRAVEL = (Step.TO_SOURCE, Step.TO_DESTINATION)
_TRANSFER = (Step.TAKE, Step.PUT)
_OPENING = (Step.TAKE_OPEN, Step.PUT_OPEN)
_SHUTTING = (Step.TAKE_SHUT, Step.PUT_SHUT)


class LiftUnit(Unit):
    """Each step begins when the one before has ended, not at the scan that sees it: so a move takes what
    ``kinematics`` says, whatever the scan cycle."""

    kinds = frozenset({Kind.MOVE, Kind.PARK})

    def __init__(self, lift: Lift, world: World, interlocks: LiftInterlocks) -> None:
        self.lift = lift
        self.memory: LiftMemory = world.memory.lifts[lift.name]
        self.carriage = Carriage(lift, Point(self.memory.x, self.memory.y))
        self._interlocks = interlocks
        self._places = world.reached[lift.name]
        self._ends = 0.0
        super().__init__(lift.name, world, self.memory)

    def scan(self, now: float) -> None:
        self.carriage.step(now)
        job = self.memory.job
        if job is not None and job.running:
            self._guard(job, now)
            while job.running and now >= self._ends:
                self._advance(job, now)
        elif job is not None:
            self._stop_reopening(job)
        self.memory.x, self.memory.y = self.carriage.at.x, self.carriage.at.y

    @property
    def active(self) -> bool:
        return self.carriage.moving or self.memory.job is not None

    @property
    def transferring(self) -> bool:
        """Does a car just go between carriage and place?"""
        job = self.memory.job
        return job is not None and job.running and job.step in _TRANSFER

    def _more_status(self) -> dict[str, int | str]:
        at = self.carriage.at
        return {
            "LoadPresent": int(self._interlocks.sensors.loaded(self.name)),
            "PositionLift": max(0, round(at.y * 1000)),
            "PositionSecond": max(0, round(at.x * 1000)),
            "Phase": self.phase,
        }

    # --- the course of a job ---

    def _check_new(self, command: Command) -> Reject:
        if self.carriage.moving:  # it still brakes, after a job that was given up
            return Reject.BUSY
        return self._interlocks.new(self.name, self.memory, command)

    def _check_resume(self) -> Reject:
        if self.carriage.moving:
            return Reject.BUSY
        job = self.memory.job
        return self._interlocks.resume(self.name, self.memory, stands=job is not None and self._stands(job))

    def _first_step(self, command: Command) -> Step:
        return Step.TO_DESTINATION if command.kind == Kind.PARK else Step.TO_SOURCE

    def _start(self, job: Job, now: float) -> None:
        where = self._where(job)
        if job.command.kind == Kind.PARK:
            self._enter(job, Step.TO_DESTINATION, now, now)
        elif not self._stands(job):
            self._go_on(job, where, now, now)
        elif job.step in TAKING:
            self._enter(job, Step.TAKE_OPEN if where is Standing.AT_SOURCE else Step.TAKE_SHUT, now, now)
        else:
            self._enter(job, Step.PUT_OPEN if where is Standing.LOADED else Step.PUT_SHUT, now, now)

    def _where(self, job: Job) -> Standing | None:
        return standing(self._interlocks.sensors, self.name, job.command)

    def _go_on(self, job: Job, where: Standing | None, start: float, now: float) -> None:
        """Every shutter is shut: travel on from where the car is."""
        if where is Standing.DONE:
            self._finish(job, JobState.ENDED)
        elif where is None:
            self._interrupt(job, Fault.SENSOR_MISMATCH, now)
        else:
            self._enter(job, Step.TO_DESTINATION if where is Standing.LOADED else Step.TO_SOURCE, start, now)

    def _stands(self, job: Job) -> bool:
        """Is the carriage at rest before the place that it was about to take from or put to?"""
        return job.handles is not None and self.carriage.stands_at(self._places[job.handles].at)

    def _enter(self, job: Job, step: Step, start: float, now: float) -> None:
        """Begin ``step``, which was due at ``start``; refuse it if the machine forbids it now."""
        job.step = step
        self._world.touch()
        forbidden = self._forbidden(job) or self._unready(job)
        if forbidden is not Reject.NONE:
            self._interrupt(job, fault_of(forbidden), now)
            return
        self._ends = start + self._set_off(job, start)
        self.carriage.step(now)

    def _set_off(self, job: Job, start: float) -> float:
        """Start what moves in this step; returns its seconds."""
        if job.step in _TRAVEL:
            target = self._places[job.command.src if job.step is Step.TO_SOURCE else job.command.dst].at
            seconds = travel_s(self.lift, self.carriage.at, target)
            self.carriage.travel(target, start)
            return seconds
        if job.step in _TRANSFER:
            return transfer_s(self.lift, self._places[job.handles or ""])
        leaf = self._leaf(job)
        return leaf.drive(opened=job.step in _OPENING, travel_s=self._shutter_s(job)) if leaf else 0.0

    def _advance(self, job: Job, now: float) -> None:
        """The step has ended: note what it did, and begin the next."""
        ended = self._ends
        self.carriage.step(now)
        leaf = self._leaf(job)
        if leaf is not None and job.step not in _TRANSFER:
            leaf.opened = leaf.goal
        if job.step in _TRANSFER:
            self._transfer(job)
            if self._interlocks.mismatch(self.name, job):
                self._interrupt(job, Fault.SENSOR_MISMATCH, now)
                return
        if job.command.kind == Kind.PARK:
            self._finish(job, JobState.ENDED)
        elif job.step in _SHUTTING:
            self._go_on(job, self._where(job), ended, now)
        else:
            self._enter(job, _NEXT[job.step], ended, now)

    def _transfer(self, job: Job) -> None:
        if job.step is Step.TAKE:
            take(self._world, self.name, job)
        else:
            put(self._world, self.name, job)

    def _leaf(self, job: Job) -> Leaf | None:
        """The shutter before which the carriage stands to take or put."""
        station = job.handles
        return self._world.shutter(station, self.name) if station in self._world.stations and station else None

    def _shutter_s(self, job: Job) -> float:
        return self._places[job.handles or ""].shutter_s

    # --- protection ---

    def _forbidden(self, job: Job) -> Reject:
        at = job.handles
        return self._interlocks.axes(self.name) if at is None else self._interlocks.handling(self.name, at)

    def _unready(self, job: Job) -> Reject:
        """Before a transfer the sensors must say that it can be done."""
        sensors = self._interlocks.sensors
        if job.step in (Step.TAKE_OPEN, Step.TAKE) and not sensors.occupied(job.command.src):
            return Reject.SOURCE_EMPTY
        if job.step in (Step.PUT_OPEN, Step.PUT) and sensors.occupied(job.command.dst):
            return Reject.DESTINATION_TAKEN
        return Reject.NONE

    def _guard(self, job: Job, now: float) -> None:
        forbidden = self._forbidden(job)
        if forbidden is not Reject.NONE:
            self._interrupt(job, fault_of(forbidden), now)
            return
        leaf, at = self._leaf(job), job.handles or ""
        if leaf is not None and leaf.shutting and job.step in _SHUTTING and self._world.fault("shutter_blocked", at):
            self._interrupt(job, Fault.SHUTTER_BLOCKED, now)
            leaf.drive(opened=True, travel_s=self._shutter_s(job))

    def _stop_reopening(self, job: Job) -> None:
        """A shutter that opens again because something is in it stops, too, when everything has to."""
        leaf = self._leaf(job)
        if leaf is None or not leaf.moving:
            return
        owner = lift_of(job.handles or "")
        if (self._interlocks.machine(self.name) or self._interlocks.switched_off(owner)) is not Reject.NONE:
            leaf.stop()
            self._world.touch()

    def _interrupt(self, job: Job, fault: Fault, now: float) -> None:
        leaf = self._leaf(job)
        if leaf is not None:
            leaf.stop()
        self.carriage.brake(now)
        self._interrupted(job, fault)
