"""The tower's dispatch policy asked in the controller's words: requests in, starts out. Pure but for the clock that
bounds its thinking.

``dispatcher.decide`` (first come, first served) is what it falls back on: when the policy fails, or answers what cannot
be begun.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import thread_time

import numpy as np
from numpy.typing import NDArray

from autosilo.site.control import dispatcher
from autosilo.site.control.dispatcher import Kind, Option, Request, Start
from autosilo.site.control.habits import HABITS, Habits
from autosilo.tower import dispatch
from autosilo.tower.config import Lift, TowerConfig
from autosilo.tower.dispatch import Budget, LiftState, Snapshot, Station
from autosilo.tower.geometry import Place, Role, lift_places
from autosilo.tower.kinematics import handling_s, lift_ramp, second_ramp
from autosilo.tower.storage.urgency import BACK_WEIGHT, RETRIEVE_WEIGHT, STAGE_WEIGHT, STORE_WEIGHT
from autosilo.tower.traveltimes import Axis, TravelTimes, travel_times, turntable

log = logging.getLogger(__name__)

THINKING_S = 0.05
"""Processor time of one decision at most: the machine's other work stands still meanwhile. It seldom takes a tenth of
that, so the number of plans ends the search, and a decision does not depend on what else the computer does."""
WEIGHTS: dict[Kind, float] = {
    Kind.RETRIEVE: RETRIEVE_WEIGHT,
    Kind.RELOCATE: RETRIEVE_WEIGHT,
    Kind.STORE: STORE_WEIGHT,
    Kind.PUT_BACK: BACK_WEIGHT,
    Kind.UNSTAGE: BACK_WEIGHT,
    Kind.STAGE: STAGE_WEIGHT,
}
"""Cost of a second of waiting, as in the simulator. A car is moved out of the way of somebody who waits."""
KINDS: dict[Kind, dispatch.Kind] = {
    Kind.RETRIEVE: dispatch.Kind.RETRIEVE,
    Kind.RELOCATE: dispatch.Kind.RELOCATE,
    Kind.STORE: dispatch.Kind.STORE,
    Kind.PUT_BACK: dispatch.Kind.STORE,
    Kind.UNSTAGE: dispatch.Kind.STORE,
    Kind.STAGE: dispatch.Kind.STAGE,
}


KINDS_IN_ORDER = (dispatch.Kind.RETRIEVE, dispatch.Kind.RELOCATE, dispatch.Kind.STORE, dispatch.Kind.STAGE)


@dataclass(frozen=True, slots=True)
class LiftView:
    """``place``: where the lift stands, or will when its job ends, ``free_in_s`` from now (0: idle). ``available``: may
    anything be planned for it?"""

    place: str
    free_in_s: float
    available: bool = True


class Planner:
    """Holds the tables of travel times."""

    def __init__(self, tower: TowerConfig, habits: Habits = HABITS) -> None:
        self._habits = habits
        self._lifts = [lift.name for lift in tower.lifts]
        places = {lift.name: lift_places(tower, lift) for lift in tower.lifts}
        self._index = {name: {place.name: at for at, place in enumerate(found)} for name, found in places.items()}
        self._machine = [_table(lift, places[lift.name]) for lift in tower.lifts]
        self._stations = sorted(
            {place.name for found in places.values() for place in found if place.role is Role.DELIVERY}
        )

    def between(self, lift: str) -> NDArray[np.float64]:
        """Seconds of travel from bay to bay of this lift, in the order of its places."""
        number = self._lifts.index(lift)
        bays = sum(".B" in name for name in self._index[lift])
        return self._machine[number].seconds[:bays, :bays]

    def travel_s(self, lift: str, source: str, destination: str) -> float:
        """Seconds of travel between two places of this lift."""
        index = self._index[lift]
        return self._machine[self._lifts.index(lift)].rows[index[source]][index[destination]]

    def decide(self, requests: Sequence[Request], lifts: Mapping[str, LiftView], now: float) -> tuple[Start, ...]:
        """What to begin now. ``now`` in seconds since 1970, as ``Request.since``."""
        free = {name for name, view in lifts.items() if view.available and view.free_in_s <= 0}
        able = [one for one in requests if one.options]
        try:
            starts = self._ask(able, lifts, now)
        except Exception:  # whatever it is, the lifts go on
            log.exception("the dispatch policy failed; first come, first served instead")
            return dispatcher.decide(requests, free)
        sound = {one.option.lift for one in starts} <= free and _all_differ(starts)
        return starts if sound else dispatcher.decide(requests, free)

    def expected(self, requests: Sequence[Request], lifts: Mapping[str, LiftView], now: float) -> dict[int, float]:
        """When each request that can be done will be done, in seconds from ``now``, by what is planned at present."""
        able = [one for one in requests if one.options]
        if not able:
            return {}
        try:
            decision = self._decision(able, lifts, now)
        except Exception:  # whatever it is, nobody need be told a time
            log.exception("the dispatch policy failed; no wait can be said")
            return {}
        return {int(str(move.job.key)): move.done - now for move in decision.plan}

    def _ask(self, requests: Sequence[Request], lifts: Mapping[str, LiftView], now: float) -> tuple[Start, ...]:
        if not requests:
            return ()
        known = {(one.job, self._key(option)): Start(one, option) for one in requests for option in one.options}
        decision = self._decision(requests, lifts, now)
        return tuple(
            known[int(str(move.job.key)), (move.option.lift, move.option.source, move.option.destination)]
            for move in decision.moves
        )

    def _decision(self, requests: Sequence[Request], lifts: Mapping[str, LiftView], now: float) -> dispatch.Decision:
        snapshot = Snapshot(
            now=now,
            lifts=tuple(self._state(name, lifts[name], now) for name in self._lifts),
            jobs=tuple(self._job(one) for one in sorted(requests, key=_turn)),
            stations=self._free(requests, now),
        )
        budget = Budget(seconds=THINKING_S, clock=thread_time)
        return dispatch.decide(snapshot, self._machine, budget=budget, settings=self._habits.settings)

    def _free(self, requests: Sequence[Request], now: float) -> tuple[Station, ...]:
        """A station that no request can go to is not asked about."""
        free_in = {option.destination: option.free_in_s for one in requests for option in one.options}
        hold_s = self._habits.dwell_s
        return tuple(Station(free_at=now + free_in.get(name, 0.0), hold_s=hold_s) for name in self._stations)

    def _state(self, lift: str, view: LiftView, now: float) -> LiftState:
        return LiftState(self._index[lift][view.place], now + max(0.0, view.free_in_s), view.available)

    def _job(self, request: Request) -> dispatch.Job:
        return dispatch.Job(
            key=request.job,
            kind=KINDS[request.kind],
            options=tuple(self._option(one) for one in request.options),
            weight=WEIGHTS[request.kind],
            due=request.since if request.due is None else request.due,
            patience_s=self._habits.patience_s,
        )

    def _option(self, option: Option) -> dispatch.Option:
        lift, source, destination = self._key(option)
        station = self._stations.index(option.destination) if option.destination in self._stations else None
        extra_s = option.first.seconds if option.first else 0.0
        return dispatch.Option(lift, source, destination, station, extra_s)

    def _key(self, option: Option) -> tuple[int, int, int]:
        index = self._index[option.lift]
        return self._lifts.index(option.lift), index[option.source], index[option.destination]


def _turn(request: Request) -> tuple[int, float, int]:
    """The simulator's order, which decides between plans that cost the same: shoppers, cars to store, booked cars."""
    late = request.kind is Kind.STAGE
    return (KINDS_IN_ORDER.index(KINDS[request.kind]), request.due or 0.0 if late else request.since, request.job)


def _all_differ(starts: Sequence[Start]) -> bool:
    lifts, places = ({getattr(one.option, name) for one in starts} for name in ("lift", "destination"))
    return len(lifts) == len(places) == len(starts)


def _table(lift: Lift, places: Sequence[Place]) -> TravelTimes:
    return travel_times(
        [place.at.y for place in places],
        lift_ramp(lift),
        across=[place.at.x for place in places],
        second=turntable(second_ramp(lift)) if lift.turns else Axis(second_ramp(lift)),
        take_s=[handling_s(lift, place) for place in places],
    )
