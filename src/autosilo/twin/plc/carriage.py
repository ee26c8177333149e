"""A lift's two axes with real ramps: it can travel, and it can brake from any speed."""

from dataclasses import dataclass

from autosilo.tower.config import FULL_CIRCLE_DEG, Lift
from autosilo.tower.geometry import Point
from autosilo.tower.kinematics import Ramp, lift_ramp, second_distance, second_ramp


@dataclass(slots=True)
class _Axis:
    """One axis. ``started`` is None at standstill."""

    ramp: Ramp
    position: float
    velocity: float = 0.0
    origin: float = 0.0
    distance: float = 0.0
    started: float | None = None
    braking_from: float | None = None

    def go(self, distance: float, now: float) -> None:
        self.origin, self.distance = self.position, distance
        self.started, self.braking_from = now, None

    def brake(self, now: float) -> None:
        self.step(now)
        if self.started is not None and self.braking_from is None:
            self.origin, self.started, self.braking_from = self.position, now, self.velocity

    def step(self, now: float) -> None:
        if self.started is None:
            return
        t = now - self.started
        if self.braking_from is not None:
            covered, self.velocity = self.ramp.braking(self.braking_from, t)
            finished = self.velocity == 0.0
        else:
            covered, self.velocity = self.ramp.state(self.distance, t)
            finished = t >= self.ramp.duration(self.distance)
        self.position = self.origin + covered
        if finished:
            self.started = self.braking_from = None
            self.velocity = 0.0


class Carriage:
    """Positions in metres, of a turntable in degrees (0 up to 360). Times of a monotonic clock, in seconds."""

    def __init__(self, lift: Lift, at: Point) -> None:
        self._lift = lift
        self._vertical = _Axis(lift_ramp(lift), at.y)
        self._second = _Axis(second_ramp(lift), at.x)

    def travel(self, to: Point, now: float) -> None:
        """Set off from standstill; a turntable turns the shorter way round."""
        self._vertical.go(to.y - self._vertical.position, now)
        self._second.go(second_distance(self._lift, self._second.position, to.x), now)

    def brake(self, now: float) -> None:
        """Stop both axes on their ramps."""
        self._vertical.brake(now)
        self._second.brake(now)

    def step(self, now: float) -> None:
        """Advance both axes to ``now``."""
        self._vertical.step(now)
        self._second.step(now)

    @property
    def at(self) -> Point:
        x = self._second.position
        return Point(x % FULL_CIRCLE_DEG if self._lift.turns else x, self._vertical.position)

    def stands_at(self, to: Point) -> bool:
        """At rest before ``to``, within what an encoder tells apart (1 mm, 0.001 degree)."""
        if self.moving or abs(to.y - self._vertical.position) >= _RESOLUTION:
            return False
        return abs(second_distance(self._lift, self._second.position, to.x)) < _RESOLUTION

    @property
    def moving(self) -> bool:
        """Is either axis under way?"""
        return self._vertical.started is not None or self._second.started is not None

    @property
    def stopping_s(self) -> float:
        """Longest time that braking can take."""
        return max(self._vertical.ramp.stopping_s(), self._second.ramp.stopping_s())


_RESOLUTION = 0.001
