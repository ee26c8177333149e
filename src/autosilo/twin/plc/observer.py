"""It watches world and units from outside and counts what must never happen, however the PLC is programmed.

The invariants are those of the mailbox's reference ("What the PLC guards"). Those of a single event are counted where
it happens: two cars in one place and a car lifted with its plug in by ``handling`` and ``world``, a number that runs
twice by ``witness``. Those of a state and of a course of time are counted here, every scan; one that lasts is counted
once.
"""

from collections.abc import Iterable, Mapping
from typing import Protocol

from autosilo.tower.geometry import Point, lift_of
from autosilo.twin.plc.memory import Job, Step
from autosilo.twin.plc.world import World
from autosilo.wire.mailbox import Mode

_REACTION_S = 0.001


class Moves(Protocol):
    """What the observer sees of a lift."""

    @property
    def moving(self) -> bool: ...
    @property
    def stopping_s(self) -> float: ...
    def stands_at(self, to: Point) -> bool: ...


class Observer:
    """``carriages``: by lift."""

    def __init__(self, world: World, carriages: Mapping[str, Moves]) -> None:
        self._world = world
        self._carriages = carriages
        self._unsafe_since: dict[str, float] = {}
        self._standing: set[tuple[str, str]] = set()
        self._looked_at = -1

    def look(self, now: float) -> None:
        """Once a scan, after every unit's."""
        seen: set[tuple[str, str]] = set()
        if self._world.version != self._looked_at:
            seen |= {("car_not_in_exactly_one_place", "")} if self._cars_wrong() else set()
        else:
            seen |= {one for one in self._standing if one[0] == "car_not_in_exactly_one_place"}
        seen |= set(self._leaves()) | set(self._lifts(now)) | set(self._gates(now))
        for violation, _ in seen - self._standing:
            self._world.violation(violation)
        self._standing = seen
        self._looked_at = self._world.version

    # --- cars ---

    def _cars_wrong(self) -> bool:
        memory = self._world.memory
        held = [*memory.places.values(), *(lift.load for lift in memory.lifts.values() if lift.load is not None)]
        return len(held) != len(set(held)) or set(held) != set(memory.cars)

    # --- gates and shutters ---

    def _leaves(self) -> Iterable[tuple[str, str]]:
        for name, station in self._world.memory.stations.items():
            open_to = [lift for lift, leaf in station.shutters.items() if not leaf.shut]
            if open_to and not station.gate.shut:
                yield "gate_and_shutter_open", name
            if any(not self._stands_before(lift, name) for lift in open_to):
                yield "shutter_open_without_carriage", name
            if len(open_to) > 1 or len(self._serving(name)) > 1:
                yield "two_lifts_in_station", name
            if not station.shutters and not station.gate.shut and self._works(lift_of(name)):
                yield "gate_open_while_moving", name

    def _stands_before(self, lift: str, station: str) -> bool:
        return self._carriages[lift].stands_at(self._world.reached[lift][station].at)

    def _serving(self, station: str) -> list[str]:
        jobs = ((lift, self._job(lift)) for lift in self._world.lifts_at[station])
        return [lift for lift, job in jobs if job is not None and job.handles == station]

    # --- motion ---

    def _works(self, lift: str) -> bool:
        """Does an axis move, or a car between carriage and place?"""
        job = self._job(lift)
        transferring = job is not None and job.running and job.step in (Step.TAKE, Step.PUT)
        return self._carriages[lift].moving or transferring

    def _lifts(self, now: float) -> Iterable[tuple[str, str]]:
        for lift, carriage in self._carriages.items():
            moves = self._works(lift) or self._shutter_moves(lift)
            if self._too_long(lift, self._lift_unsafe(lift), now, carriage.stopping_s) and moves:
                yield "moved_while_unsafe", lift
            job = self._job(lift)
            if job is not None and job.running and job.step in (Step.TAKE, Step.PUT) and self._front_taken(job):
                yield "rear_through_front", lift

    def _off(self, lift: str) -> bool:
        return self._world.memory.lifts[lift].mode is not Mode.AUTO or self._world.fault("emergency_stop", lift)

    def _lift_unsafe(self, lift: str) -> bool:
        """Somebody in the hoistway or in what is open to it, an emergency stop or another mode than Auto in either."""
        world = self._world
        if self._off(lift) or world.person_in(lift):
            return True
        open_to = [name for name in world.stations_of[lift] if self._open_to(name, lift)]
        return any(world.person_in(name) or self._off(lift_of(name)) for name in open_to)

    def _open_to(self, station: str, lift: str) -> bool:
        leaf = self._world.shutter(station, lift)
        return leaf is None or not leaf.shut

    def _shutter_moves(self, lift: str) -> bool:
        """One that opens again because something is in it may, and must, but not after an emergency stop."""
        leaves = ((name, self._world.shutter(name, lift)) for name in self._world.stations_of[lift])
        return any(leaf is not None and leaf.moving and not self._reopens(name, lift) for name, leaf in leaves)

    def _reopens(self, station: str, lift: str) -> bool:
        job, leaf = self._job(lift), self._world.shutter(station, lift)
        interrupted = job is not None and not job.running
        off = self._off(lift) or self._off(lift_of(station))
        return leaf is not None and leaf.goal == 1.0 and interrupted and not off

    def _gates(self, now: float) -> Iterable[tuple[str, str]]:
        for name, station in self._world.memory.stations.items():
            person = self._world.person_in(name) and station.gate.shutting
            if self._too_long(name, self._off(lift_of(name)) or person, now, 0.0) and station.gate.moving:
                yield "moved_while_unsafe", name

    def _too_long(self, unit: str, unsafe: bool, now: float, stopping_s: float) -> bool:
        if not unsafe:
            self._unsafe_since.pop(unit, None)
            return False
        return now - self._unsafe_since.setdefault(unit, now) > stopping_s + _REACTION_S

    def _front_taken(self, job: Job) -> bool:
        front = self._world.places[job.handles or ""].front
        return front is not None and front in self._world.memory.places

    def _job(self, lift: str) -> Job | None:
        return self._world.memory.lifts[lift].job
