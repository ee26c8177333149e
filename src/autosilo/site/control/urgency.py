"""Which of the requests that could be begun should be: the rules are the simulator's (``tower.storage``).

Work for which nobody waits leaves a lift idle for whoever comes; booked cars come down in order, when nobody waits.
"""

from collections.abc import Iterable, Sequence
from math import inf

from autosilo.site.control.dispatcher import Kind, Request
from autosilo.site.control.visits import Floor
from autosilo.tower.storage.staging import how_many
from autosilo.tower.storage.urgency import may_store

UP = frozenset({Kind.STORE, Kind.PUT_BACK, Kind.UNSTAGE})


def timely(floor: Floor, requests: Sequence[Request], *, idle: int, now: float) -> list[Request]:
    """``idle``: lifts that could begin something. ``now``: seconds since 1970."""
    waiting = [one for one in requests if one.kind in (Kind.RETRIEVE, Kind.RELOCATE)]
    pressed = any(not one.possible for one in waiting)
    up = [one for one in requests if one.kind in UP and (pressed or _may_go_up(floor, one, idle=idle, now=now))]
    return [*waiting, *up, *([] if waiting else _staged(floor, requests, idle=idle, now=now))]


def later_s(floor: Floor, requests: Sequence[Request], *, now: float) -> float:
    """Seconds until another of them is timely although nothing happens; ``inf`` when none will be."""
    staging, longest_s = floor.habits.staging, floor.habits.patience.longest_s
    moments = [one.since + longest_s for one in requests if one.kind in UP]
    for one in requests:
        if one.kind is Kind.STAGE:
            moments += [_due(one) - staging.ahead_s, _due(one) - staging.by_s]
    return min((at - now for at in moments if at > now), default=inf)


def _may_go_up(floor: Floor, request: Request, *, idle: int, now: float) -> bool:
    return may_store(
        floor.habits.patience,
        waited_s=now - request.since,
        idle_lifts=idle,
        free_intakes=_free(floor, delivery=False),
        lifts=len(floor.lifts),
    )


def _staged(floor: Floor, requests: Iterable[Request], *, idle: int, now: float) -> list[Request]:
    booked = sorted((one for one in requests if one.kind is Kind.STAGE and one.options), key=_due)
    free = _free(floor, delivery=True)
    count = how_many(
        floor.habits.staging, map(_due, booked), now=now, idle_lifts=idle, free_bays=free, lifts=len(floor.lifts)
    )
    return booked[:count]


def _due(request: Request) -> float:
    return request.since if request.due is None else request.due


def _free(floor: Floor, *, delivery: bool) -> int:
    return sum(one.delivery == delivery and floor.free_station(one) for one in floor.stations.values())
