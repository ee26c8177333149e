"""What ``Tower`` answers, tells and refuses."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from autosilo.wire.books import OrderRefusal
from autosilo.wire.bus import RefusalReason as RefusalReason

DwellReason = Literal["car_stays", "zone_not_clear"]
"""The same words as in ``wire.bus.HelpWanted.reason``."""


class EventKind(StrEnum):
    """Progress of a job, in the order in which a visitor lives it."""

    QUEUED = "queued"
    """Waits for a lift or a station; more jobs are ahead."""
    FETCHING = "fetching"
    """A lift and a station were reserved for this job."""
    MOVING = "moving"
    """The PLC accepted a move; ``place`` is its destination."""
    AT_GATE = "at_gate"
    """The car stands in the delivery station; the gate is still shut."""
    GATE_OPEN = "gate_open"
    """The gate of ``place`` is fully open (delivery or intake)."""
    LEFT = "left"
    """The station's sensor says that the car is gone."""
    HANDED_OVER = "handed_over"
    """The car left, the zone is clear and the gate is shut."""
    ARRIVED = "arrived"
    """A car stands in the intake station."""
    REFUSED = "refused"
    """The car in the intake may not be stored; ``detail`` is a ``RefusalReason``."""
    DWELLING = "dwelling"
    """The job cannot go on at ``place`` since the site's limit; ``detail``: a ``DwellReason``. Told again and again."""
    STORING = "storing"
    """The intake gate is shut, the car is on its way to bay ``place``."""
    STORED = "stored"
    """The car stands in bay ``place``."""
    STAGED = "staged"
    """A booked car stands in the delivery station ``place`` ahead of time."""
    SHUT_IN = "shut_in"
    """The car ``vin`` in bay ``place`` cannot be brought down until further notice; ``detail`` says why."""
    HELD = "held"
    """A lift or a station stopped for a person to look at ``place``; ``detail`` says why."""
    RELEASED = "released"
    """An operator (``detail``) let the tower go on."""
    OFFLINE = "offline"
    """The PLC's heartbeat is gone."""
    ONLINE = "online"
    """The PLC is back, and one lift at least is ready to serve."""


@dataclass(frozen=True, slots=True)
class TowerEvent:
    """One step of a job (``job_key`` and ``vin`` set) or of the tower itself (both None). ``at`` is aware UTC."""

    kind: EventKind
    at: datetime
    job_key: str | None = None
    vin: str | None = None
    place: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class FetchResult:
    """The car stands in ``station`` and its gate is open; ``done`` when it was already handed over before."""

    station: str
    done: bool = False


@dataclass(frozen=True, slots=True)
class AdmitResult:
    """The gate of intake ``station`` is open for the car; ``done`` when it was already stored before (in ``bay``)."""

    station: str
    done: bool = False
    bay: str | None = None


@dataclass(frozen=True, slots=True)
class TakeInResult:
    """``bay`` where the car stands now, or ``refused`` with the reason."""

    bay: str | None = None
    refused: RefusalReason | None = None


class CannotFetch(Exception):
    """Anticipated and safe to show; ``reason``: ``not_here`` (the car is not in this tower), ``abandoned`` (nobody
    took it in time), ``out_of_service`` (its lift) or ``bay_blocked``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class CannotHandOver(Exception):
    """``reason``: ``not_fetched``, or ``abandoned`` (nobody took the car in time; it was stored again)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class CannotAdmit(Exception):
    """``reason``: ``no_free_bay`` or ``already_here`` (the inventory says that this car is inside)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class CannotTakeIn(Exception):
    """``reason``: ``not_admitted``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class CannotObey(Exception):
    """A technician's order has no effect: ``reason`` in a word, ``look_at`` where, ``detail`` for people."""

    def __init__(self, reason: OrderRefusal, look_at: str | None = None, detail: str = "") -> None:
        super().__init__(detail or f"{reason} {look_at or ''}".strip())
        self.reason = reason
        self.look_at = look_at
        self.detail = detail


class CannotResolve(CannotObey):
    """The reason to hold still stands."""
