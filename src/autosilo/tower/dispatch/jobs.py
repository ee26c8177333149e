"""What is asked of the lifts: jobs, and the ways in which each can be done."""

from collections.abc import Hashable
from dataclasses import dataclass
from enum import StrEnum
from math import inf

PATIENCE_S = 2400.0
"""Forty minutes: beyond that, fairness counts more than the mean."""


class Kind(StrEnum):
    """Why a car moves. The policy treats all alike but ``PARK``; the caller expresses urgency by weight and due."""

    RETRIEVE = "retrieve"
    STAGE = "stage"
    STORE = "store"
    RELOCATE = "relocate"
    CHARGE_SWAP = "charge-swap"
    PARK = "park"
    """The empty lift travels to ``source`` and nothing is transferred."""


@dataclass(frozen=True, slots=True)
class Option:
    """One way to do a job.

    ``lift`` counts the snapshot's lifts, ``source`` and ``destination`` the places of that lift's table. ``station``
    counts the snapshot's stations: a car put down there keeps it occupied; None for a destination that is free by the
    caller's word. ``extra_s``: seconds beyond one take, one loaded trip and one put, such as the cars that must first
    be moved out of the way, or a swap's second car.
    """

    lift: int
    source: int
    destination: int
    station: int | None = None
    extra_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Job:
    """One car's next move.

    ``key`` names it and is unique in a snapshot. ``release`` is the earliest moment at which its lift may set out.
    ``due`` is the moment from which waiting counts: the request of a walk-up, the booked hour of a staged car; a job
    that is done earlier costs nothing. Left out, waiting counts from now, and the job does not age. ``weight``: cost of
    each second of waiting; 0 when nobody waits, and then it may be put off for ever. ``patience_s``: waiting so long
    beyond ``due`` it goes before all younger ones. Seconds on the snapshot's clock.
    """

    key: Hashable
    kind: Kind
    options: tuple[Option, ...]
    weight: float = 1.0
    due: float = -inf
    release: float = -inf
    patience_s: float = PATIENCE_S

    def __post_init__(self) -> None:
        if not self.options:
            raise ValueError(f"job {self.key!r}: no way to do it is given")
        if not 0 <= self.weight < inf:
            raise ValueError(f"job {self.key!r}: the weight must be finite and not negative, not {self.weight}")
        if self.release == inf or self.due == inf:
            raise ValueError(f"job {self.key!r}: a job that is never released or due is no job")
        if self.patience_s < 0:
            raise ValueError(f"job {self.key!r}: patience cannot be negative")
