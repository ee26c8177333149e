"""What a lift does while nothing is asked of it.

Cars are rearranged while the site is shut, and the lift waits where the next car will probably be asked for. Both rules
are the simulator's (``tower.storage``); here they are asked.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from autosilo.site.control.dispatcher import Kind, Request
from autosilo.site.control.hours import opens
from autosilo.site.control.jobs.park import THERE_M
from autosilo.site.control.lift import LiftDriver
from autosilo.site.control.states import Purpose
from autosilo.site.control.visits import Floor
from autosilo.tower.geometry import Place, Role
from autosilo.tower.storage.charging import READY, charge_swap, may_swap
from autosilo.tower.storage.park import park_bay
from autosilo.tower.storage.rearrange import rearrange

HOME_MOVES = 20
"""After so many moves of a lift it is looked at again where it had best wait."""
LEAST_SHUT_S = 900.0
"""Nothing is rearranged when the site opens sooner than this."""
MADE_FOR_SOMEBODY = frozenset({Kind.RETRIEVE, Kind.RELOCATE})


@dataclass(frozen=True, slots=True)
class Tidying:
    """The car ``vin`` goes to the bay ``to`` of the same lift."""

    vin: str
    to: str


class Idle:
    """Remembers where each lift waits, and which racks need no more tidying."""

    def __init__(self, floor: Floor, between: Callable[[str], NDArray[np.float64]]) -> None:
        """``between``: lift -> seconds of travel from bay to bay."""
        self._floor = floor
        self._between = between
        self._homes: dict[str, Place] = {}
        self._moves: dict[str, int] = {}
        self._tidy: dict[str, Collection[object]] = {}

    def moved(self, lift: str) -> None:
        """It has begun a move of a car."""
        self._moves[lift] = self._moves.get(lift, 0) + 1

    # --- a lift without a job ---

    def tidying(self, lift: str, requests: Sequence[Request], *, now: float) -> Tidying | None:
        """The next move worth making in its rack, while the site is shut and nobody is there."""
        floor = self._floor
        if not floor.habits.tidy or requests or _visited(floor) or not _shut(floor, now):
            return None
        rack = floor.rack(lift)
        state = frozenset((*rack.stock.items(), *rack.leaves.items(), *rack.blocked))
        if self._tidy.get(lift) == state:
            return None
        rules = replace(floor.habits.rearrangement, booked=not floor.habits.ahead)
        move = rearrange(rack.filled(), now=now, rules=rules)
        if move is None:
            self._tidy[lift] = state
            return None
        source, to = rack.names[move.source], rack.names[move.target]
        places = floor.lifts[lift].places
        if source not in floor.journal.inventory or not rack.usable(places[source]):
            return None
        return Tidying(floor.journal.inventory[source], to)

    def charging(self, lift: str, requests: Sequence[Request], *, idle: int, now: float) -> Tidying | None:
        """The next move of a swap at the chargers: a car that is charged makes room, and one that is not takes its
        place. While nobody waits for this lift, and for no car that somebody has asked for."""
        floor = self._floor
        lifts = sum(floor.in_service(one) for one in floor.lifts)
        if not any(floor.lifts[lift].bays.charges) or any(_by(one, lift) for one in requests):
            return None
        if not may_swap(idle_lifts=idle, keep_free=floor.habits.staging.keep_free, lifts=lifts):
            return None
        rack, inside = floor.rack(lift), floor.journal.inventory
        names, places = rack.names, floor.lifts[lift].places
        asked = {job.vin for job in floor.journal.open_jobs()}
        here = [
            (bay, inside[name])
            for bay, name in enumerate(names)
            if name in inside and inside[name] not in asked and rack.usable(places[name])
        ]
        charges = rack.bays.charges
        wanting = [(floor.leaves(vin), floor.charge[vin], bay) for bay, vin in here if floor.wants_charge(vin)]
        charged = [bay for bay, vin in here if charges[bay] and floor.charge.get(vin, 0.0) >= READY]
        first = [bay for _, _, bay in sorted(wanting) if not charges[bay]]
        move = charge_swap(rack.filled(), wanting=first, charged=charged, now=now)
        return None if move is None else Tidying(inside[names[move.source]], names[move.target])

    def home(self, lift: str, requests: Sequence[Request]) -> Place | None:
        """Where it should wait, None when it stands there, or something is asked of it.

        A lift that has set out cannot turn round: who asks meanwhile waits until it is there, some seconds at most.
        """
        floor, driver = self._floor, self._floor.lifts[lift]
        wanted = any(one.kind in MADE_FOR_SOMEBODY and _by(one, lift) for one in requests)
        if not floor.habits.park or wanted:
            return None
        status = driver.status
        if status is None or status.load_present:
            return None
        if lift not in self._homes or self._moves.get(lift, 0) >= HOME_MOVES:
            self._homes[lift], self._moves[lift] = _home(floor, driver, self._between(lift)), 0
        home = self._homes[lift]
        return None if abs(driver.at.y - home.at.y) < THERE_M else home


def _home(floor: Floor, driver: LiftDriver, between: NDArray[np.float64]) -> Place:
    """Each car is another to a shopper."""
    bays = [place for place in driver.places.values() if place.role is Role.BAY]
    rack = floor.rack(driver.name).filled()
    return bays[park_bay(rack, list(range(len(bays))), between)]


def _by(request: Request, lift: str) -> bool:
    return any(option.lift == lift and option.free_in_s <= 0 for option in request.options)


def _visited(floor: Floor) -> bool:
    return any(job.purpose in (Purpose.COLLECT, Purpose.RETURN) for job in floor.journal.open_jobs())


def _shut(floor: Floor, now: float) -> bool:
    moment = datetime.fromtimestamp(now, UTC)
    return (opens(floor.config, moment) - moment).total_seconds() > LEAST_SHUT_S
