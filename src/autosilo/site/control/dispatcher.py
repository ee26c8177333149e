"""Who is served next, and by which lift: one pure function. The journal is the truth; this only chooses."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """Why a car moves."""

    RETRIEVE = "retrieve"
    STORE = "store"
    PUT_BACK = "put_back"
    RELOCATE = "relocate"
    STAGE = "stage"
    UNSTAGE = "unstage"


@dataclass(frozen=True, slots=True)
class Clearing:
    """The car ``vin`` stands before the one that is asked for, and goes to ``bay`` first, which takes ``seconds``."""

    vin: str
    bay: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Option:
    """One way: ``lift`` takes the car from ``source`` to ``destination`` in ``expected_s`` from now, with what is to be
    done ``first``. ``free_in_s``: until the destination, a station, is free, by expectation; 0: it is."""

    lift: str
    source: str
    destination: str
    expected_s: float
    first: Clearing | None = None
    free_in_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Request:
    """A journalled job that waits since ``since`` (seconds since 1970). ``due``: from when on somebody waits for it, a
    booked time; left out: since it was asked for."""

    job: int
    kind: Kind
    since: float
    options: tuple[Option, ...]
    due: float | None = None

    @property
    def possible(self) -> bool:
        """Can it be begun now, by a lift that is idle?"""
        return any(option.free_in_s <= 0 for option in self.options)


@dataclass(frozen=True, slots=True)
class Start:
    """To begin now."""

    request: Request
    option: Option


COUNTS_LATER_S: dict[Kind, float] = {
    Kind.RETRIEVE: 0.0,
    Kind.RELOCATE: 0.0,
    Kind.STORE: 45.0,
    Kind.PUT_BACK: 120.0,
    Kind.UNSTAGE: 300.0,
    Kind.STAGE: 600.0,
}
"""By how many seconds a request is taken to have come later than it did: a driver who waits goes before a car whose
driver has left, but only before one that has not waited for so much longer. So each request's turn comes: it ages."""


def decide(requests: Sequence[Request], free: Collection[str]) -> tuple[Start, ...]:
    """First come, first served, with ``COUNTS_LATER_S``. ``free``: lifts that can begin now; each begins one at most.

    No two starts share a destination. A request that cannot be done now keeps nobody waiting.
    """
    idle, taken, starts = set(free), set[str](), []
    for request in in_order(requests):
        ways = [
            one for one in request.options if one.lift in idle and one.destination not in taken and one.free_in_s <= 0
        ]
        if ways:
            best = min(ways, key=lambda one: (one.expected_s, one.destination, one.lift))
            idle.discard(best.lift)
            taken.add(best.destination)
            starts.append(Start(request, best))
    return tuple(starts)


def in_order(requests: Sequence[Request]) -> list[Request]:
    """Whose turn is first."""
    return sorted(requests, key=lambda one: (one.since + COUNTS_LATER_S[one.kind], one.job))
