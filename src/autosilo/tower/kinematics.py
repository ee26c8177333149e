"""Motion of an axis with a trapezoidal velocity profile, and of a lift made of two such axes in parallel.

Standard kinematics: below the distance v²/a the axis never reaches its speed and the profile is a triangle,
t = 2·sqrt(d/a); above it t = d/v + v/a.
"""

from dataclasses import dataclass
from math import sqrt

from autosilo.tower.config import Lift
from autosilo.tower.geometry import Place, Point


@dataclass(frozen=True, slots=True)
class Ramp:
    """Speed limit in m/s and acceleration (= deceleration) in m/s², both positive."""

    speed: float
    acceleration: float

    def duration(self, distance: float) -> float:
        """Seconds from standstill to standstill over ``distance`` metres (sign ignored)."""
        distance = abs(distance)
        if distance >= self.speed**2 / self.acceleration:
            return distance / self.speed + self.speed / self.acceleration
        return 2.0 * sqrt(distance / self.acceleration)

    def state(self, distance: float, t: float) -> tuple[float, float]:
        """Signed (metres covered, velocity) at ``t`` seconds after the start of a move over signed ``distance``."""
        sign = -1.0 if distance < 0 else 1.0
        distance = abs(distance)
        total = self.duration(distance)
        if t <= 0:
            return 0.0, 0.0
        if t >= total:
            return sign * distance, 0.0
        peak = min(self.speed, sqrt(distance * self.acceleration))
        rising = peak / self.acceleration
        if t < rising:
            return sign * self.acceleration * t**2 / 2, sign * self.acceleration * t
        if t <= total - rising:
            return sign * (peak * rising / 2 + peak * (t - rising)), sign * peak
        left = total - t
        return sign * (distance - self.acceleration * left**2 / 2), sign * self.acceleration * left

    def braking(self, velocity: float, t: float) -> tuple[float, float]:
        """Signed (metres covered, velocity) at ``t`` seconds after braking began at signed ``velocity``."""
        sign = -1.0 if velocity < 0 else 1.0
        velocity = abs(velocity)
        t = max(0.0, min(t, velocity / self.acceleration))
        return sign * (velocity * t - self.acceleration * t**2 / 2), sign * (velocity - self.acceleration * t)

    def stopping_s(self) -> float:
        """Seconds to stop from full speed."""
        return self.speed / self.acceleration


def lift_ramp(lift: Lift) -> Ramp:
    """The carriage, vertical."""
    return Ramp(lift.speed_m_s, lift.acceleration_m_s2)


def shuttle_ramp(lift: Lift) -> Ramp:
    """The shuttle, horizontal."""
    return Ramp(lift.shuttle_speed_m_s, lift.shuttle_acceleration_m_s2)


def travel_s(lift: Lift, start: Point, end: Point) -> float:
    """Seconds from ``start`` to ``end``; both axes run in parallel."""
    return max(lift_ramp(lift).duration(end.y - start.y), shuttle_ramp(lift).duration(end.x - start.x))


def move_s(lift: Lift, start: Point, source: Place, destination: Place) -> float:
    """Seconds of a whole MOVE of a car: travel to it, take it, travel on, put it down."""
    return (
        travel_s(lift, start, source.at) + lift.transfer_s + travel_s(lift, source.at, destination.at) + lift.transfer_s
    )
