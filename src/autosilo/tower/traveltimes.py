"""Tables of travel times: one lift, all places that it reaches, both axes in parallel.

The kinematics are those of ``tower.kinematics`` (trapezoidal velocity profile, standstill to standstill), for whole
arrays at once. The second axis is a shuttle (metres) or a turntable (degrees, the shorter way round).
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autosilo.tower.kinematics import Ramp

Floats = NDArray[np.float64]
FULL_TURN_DEG = 360.0


def durations(ramp: Ramp, distances: ArrayLike) -> Floats:
    """Seconds from standstill to standstill over each of ``distances`` (any shape, sign ignored, the ramp's unit)."""
    way = np.abs(np.asarray(distances, dtype=np.float64))
    full = way / ramp.speed + ramp.speed / ramp.acceleration
    return np.where(way >= ramp.speed**2 / ramp.acceleration, full, 2.0 * np.sqrt(way / ramp.acceleration))


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis: its ramp, and for a turntable the way once round in the ramp's unit (360 for degrees)."""

    ramp: Ramp
    around: float | None = None

    def between(self, positions: ArrayLike) -> Floats:
        """Seconds between each two of ``positions`` (shape n); shape n × n."""
        at = np.asarray(positions, dtype=np.float64)
        way = np.abs(at[:, None] - at[None, :])
        if self.around is not None:
            way = np.mod(way, self.around)
            way = np.minimum(way, self.around - way)
        return durations(self.ramp, way)


def turntable(ramp: Ramp) -> Axis:
    """A second axis that turns: ``ramp`` in degrees a second and degrees a second squared."""
    return Axis(ramp, around=FULL_TURN_DEG)


@dataclass(frozen=True)
class TravelTimes:
    """One lift's table. Places are numbered 0 … n - 1 by whoever builds it.

    ``seconds`` (n × n): the empty or loaded lift from place to place, without any transfer.
    ``take_s``, ``put_s`` (n): to move a car from the place onto the lift, and from the lift into the place; a rear bay
    or a station with a shutter takes longer.
    """

    seconds: Floats
    take_s: Floats
    put_s: Floats

    def __post_init__(self) -> None:
        places = len(self.take_s)
        if self.seconds.shape != (places, places) or self.put_s.shape != (places,):
            raise ValueError(f"{places} transfer times, but {self.seconds.shape} travel times, {self.put_s.shape} puts")
        for name in ("seconds", "take_s", "put_s"):
            if not np.all(np.isfinite(getattr(self, name))) or np.any(getattr(self, name) < 0):
                raise ValueError(f"{name}: every time must be finite and not negative")

    @cached_property
    def rows(self) -> list[list[float]]:
        """``seconds`` as plain lists: single look-ups are several times faster than in an array."""
        rows: list[list[float]] = self.seconds.tolist()
        return rows

    @cached_property
    def takes(self) -> list[float]:
        """``take_s`` as a plain list."""
        takes: list[float] = self.take_s.tolist()
        return takes

    @cached_property
    def puts(self) -> list[float]:
        """``put_s`` as a plain list."""
        puts: list[float] = self.put_s.tolist()
        return puts

    def __len__(self) -> int:
        return len(self.take_s)

    def move_s(self, start: int, source: int, destination: int) -> float:
        """Seconds of a whole move: travel empty to ``source``, take, travel on, put down at ``destination``."""
        return self.rows[start][source] + self.carry_s(source, destination)

    def carry_s(self, source: int, destination: int) -> float:
        """Seconds of the loaded part of a move: take, travel, put."""
        return self.takes[source] + self.rows[source][destination] + self.puts[destination]


def travel_times(
    heights: ArrayLike,
    lift: Ramp,
    *,
    across: ArrayLike | None = None,
    second: Axis | None = None,
    take_s: ArrayLike = 0.0,
    put_s: ArrayLike | None = None,
) -> TravelTimes:
    """The table of places at ``heights`` metres and ``across`` (metres or degrees; shape n each).

    ``take_s`` and ``put_s`` are one number or one for each place; ``put_s`` is ``take_s`` when left out. Without
    ``second`` only the height counts.

    Raises:
        ValueError: shapes that do not fit, or times that are negative or not finite.
    """
    rise = np.asarray(heights, dtype=np.float64)
    if (across is None) != (second is None):
        raise ValueError("positions across and the axis that runs there belong together")
    seconds = Axis(lift).between(rise)
    if second is not None:
        seconds = np.maximum(seconds, second.between(np.asarray(across, dtype=np.float64)))
    take = np.broadcast_to(np.asarray(take_s, dtype=np.float64), rise.shape).copy()
    put = take.copy() if put_s is None else np.broadcast_to(np.asarray(put_s, dtype=np.float64), rise.shape).copy()
    return TravelTimes(seconds, take, put)


def single_command_s(times: TravelTimes, station: int, bays: ArrayLike) -> float:
    """Mean seconds of travel of a single command: station, a random bay, station. Transfers are not in it."""
    chosen = np.asarray(bays, dtype=np.intp)
    return float(np.mean(times.seconds[station, chosen] + times.seconds[chosen, station]))


def dual_command_s(times: TravelTimes, station: int, bays: ArrayLike) -> float:
    """Mean seconds of travel of a dual command: station, one bay, another bay, station; drawn independently."""
    chosen = np.asarray(bays, dtype=np.intp)
    between = float(np.mean(times.seconds[np.ix_(chosen, chosen)]))
    return single_command_s(times, station, chosen) + between
