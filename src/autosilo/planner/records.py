"""Who comes, what waits for a lift, and what is counted."""

from dataclasses import dataclass, field
from math import inf

NOWHERE = -1


class Visit:
    """One pick-up. ``station`` is set while its car stands at, or is on its way to, a delivery bay.

    ``promised``: a car of ``model`` is kept for it; ``car`` says which, once that is settled.
    """

    __slots__ = (
        "arrived",
        "begun",
        "booked",
        "car",
        "delivered",
        "due",
        "group",
        "guess_s",
        "model",
        "number",
        "promised",
        "station",
        "travelling",
    )

    def __init__(self, number: int, *, booked: bool, due: float, model: int) -> None:
        self.number = number
        self.model = model
        self.promised = False
        self.booked = booked
        self.due = due
        self.car = NOWHERE
        self.station = NOWHERE
        self.arrived = inf
        self.travelling = False
        self.begun = inf
        self.group = ""
        self.guess_s = 0.0
        self.delivered = False


@dataclass(slots=True, eq=False)
class Returned:
    """A car in an intake that waits for a lift, since ``since``."""

    car: int
    station: int
    since: float
    back: bool = False
    """It was staged, and its shopper did not come: it stands in a delivery bay."""


@dataclass(slots=True)
class Wait:
    """What one shopper experienced: seconds, and what could be known when the wait began."""

    booked: bool
    at: float
    seconds: float
    early: float
    """So long before the booked time the shopper came; 0 for a walk-up and for those who came later."""
    queued: float
    """Of ``seconds``: until a lift set out for the car."""
    group: str = ""
    """What could be known when the wait began (``tower.eta``); empty when the car stood at the gate already."""
    guess_s: float = 0.0

    @property
    def after_due_s(self) -> float:
        """The wait from the later of booked time and identification: an early shopper has been promised nothing yet."""
        return max(0.0, self.seconds - self.early)


@dataclass(slots=True)
class Counts:
    """What is counted from the end of the warm-up."""

    waits: list[Wait] = field(default_factory=list)
    returns: list[float] = field(default_factory=list)
    """Seconds that a returning driver stood before an intake was free."""
    store_waits: list[float] = field(default_factory=list)
    refused_pickups: int = 0
    substituted: int = 0
    """Shoppers who took another model, since every car of theirs was out or promised."""
    refused_returns: int = 0
    no_shows: int = 0
    retrievals: int = 0
    relocations: int = 0
    charge_moves: int = 0
    """Of the relocations: to a charger, and away from one."""
    night_moves: int = 0
    """Of the relocations: while the site was shut."""
    moves: int = 0
    parks: int = 0
    events: int = 0
    decisions: int = 0
    lift_busy_s: list[float] = field(default_factory=list)
    bay_in_s: dict[int, float] = field(default_factory=dict)
    occupancy: list[list[int]] = field(default_factory=lambda: [[] for _ in range(24)])
    """By hour of the day: cars in bays, looked at once an hour."""
    delivery_busy_s: list[float] = field(default_factory=list)
    """Seconds for which exactly so many delivery bays were taken."""
