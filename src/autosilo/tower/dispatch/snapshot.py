"""What the policy is told: the lifts, the stations and the queue at one moment."""

from dataclasses import dataclass
from math import isfinite

from autosilo.tower.dispatch.jobs import Job


@dataclass(frozen=True, slots=True)
class LiftState:
    """One lift. ``place`` is where it stands, or will stand when its present job ends; counts its table's places.

    ``free_at``: when it can set out again; up to now means idle. A lift that is locked while a shopper is in its zone
    has the moment at which that probably ends. ``available`` is false for a lift in service or at fault: it is given
    nothing, and no plan counts on it.
    """

    place: int
    free_at: float
    available: bool = True


@dataclass(frozen=True, slots=True)
class Station:
    """A place at street level where a delivered car waits for its driver, the lifts' buffer.

    ``free_at``: when it can be taken again, by expectation; up to now means that it is free, empty and not reserved.
    A station that stays occupied longer than expected is given a moment after now. ``inf`` closes it.
    ``hold_s``: how long a car that is put there will stay, by expectation.
    """

    free_at: float
    hold_s: float = 120.0


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that one decision follows from. ``jobs`` are those that no lift has begun."""

    now: float
    lifts: tuple[LiftState, ...]
    jobs: tuple[Job, ...]
    stations: tuple[Station, ...] = ()

    def check(self, places: tuple[int, ...]) -> None:
        """Is it sound, for lifts with so many ``places`` each?

        Raises:
            ValueError: a number that points nowhere, two jobs of one key, or a time that is none.
        """
        if not isfinite(self.now) or len(places) != len(self.lifts):
            raise ValueError(f"now {self.now}, {len(self.lifts)} lifts and {len(places)} tables of travel times")
        for number, lift in enumerate(self.lifts):
            if not 0 <= lift.place < places[number]:
                raise ValueError(f"lift {number} stands at place {lift.place} of {places[number]}")
        if len({job.key for job in self.jobs}) != len(self.jobs):
            raise ValueError("two jobs have the same key")
        for job in self.jobs:
            self._check_options(job, places)

    def _check_options(self, job: Job, places: tuple[int, ...]) -> None:
        for option in job.options:
            if not 0 <= option.lift < len(places):
                raise ValueError(f"job {job.key!r}: there is no lift {option.lift}")
            if not 0 <= option.source < places[option.lift] or not 0 <= option.destination < places[option.lift]:
                raise ValueError(f"job {job.key!r}: lift {option.lift} does not reach its places")
            if option.station is not None and not 0 <= option.station < len(self.stations):
                raise ValueError(f"job {job.key!r}: there is no station {option.station}")
