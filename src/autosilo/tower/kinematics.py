"""Motion of an axis with a trapezoidal velocity profile, and of a lift made of two such axes in parallel.

Standard kinematics: below the distance v²/a the axis never reaches its speed and the profile is a triangle,
t = 2·sqrt(d/a); above it t = d/v + v/a.
"""

from dataclasses import dataclass
from math import sqrt

from autosilo.tower.config import FULL_CIRCLE_DEG, Lift
from autosilo.tower.geometry import Place, Point


@dataclass(frozen=True, slots=True)
class Ramp:
    """Speed limit in m/s and acceleration (= deceleration) in m/s², both positive. Degrees do as well as metres."""

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


def second_ramp(lift: Lift) -> Ramp:
    """The shuttle (m), or the turntable (degrees)."""
    if lift.turntable_speed_deg_s is not None and lift.turntable_acceleration_deg_s2 is not None:
        return Ramp(lift.turntable_speed_deg_s, lift.turntable_acceleration_deg_s2)
    if lift.shuttle_speed_m_s is not None and lift.shuttle_acceleration_m_s2 is not None:
        return Ramp(lift.shuttle_speed_m_s, lift.shuttle_acceleration_m_s2)
    raise AssertionError("the site file's check lets no lift pass without a second axis")


def second_distance(lift: Lift, start: float, end: float) -> float:
    """Signed way of the second axis from ``start`` to ``end``: a turntable goes the shorter way round."""
    way = end - start
    if not lift.turns:
        return way
    half = FULL_CIRCLE_DEG / 2
    return (way + half) % FULL_CIRCLE_DEG - half


def travel_s(lift: Lift, start: Point, end: Point) -> float:
    """Seconds from ``start`` to ``end``; both axes run in parallel."""
    return max(
        lift_ramp(lift).duration(end.y - start.y),
        second_ramp(lift).duration(second_distance(lift, start.x, end.x)),
    )


def transfer_s(lift: Lift, place: Place) -> float:
    """Seconds in which a car goes from carriage to ``place`` or back, without its shutter."""
    return lift.transfer_rear_s if place.rear and lift.transfer_rear_s is not None else lift.transfer_s


def handling_s(lift: Lift, place: Place) -> float:
    """Seconds in which the carriage stands at ``place`` to take or put a car: shutter up, transfer, shutter down."""
    return transfer_s(lift, place) + 2 * place.shutter_s


def move_s(lift: Lift, start: Point, source: Place, destination: Place) -> float:
    """Seconds of a whole MOVE of a car: travel to it, take it, travel on, put it down."""
    return (
        travel_s(lift, start, source.at)
        + handling_s(lift, source)
        + travel_s(lift, source.at, destination.at)
        + handling_s(lift, destination)
    )
