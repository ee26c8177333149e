"""What a tower is asked to do, and how far it is: purposes of journalled jobs, and their states. Names only."""

from enum import StrEnum


class Purpose(StrEnum):
    """The first two are visits, with a person; the others are errands of the tower's own."""

    COLLECT = "collect"
    RETURN = "return"
    STAGE = "stage"
    """Bring a booked car to a delivery station ahead of time."""
    UNSTAGE = "unstage"
    """Store a car again that was brought down and is not wanted yet."""
    RELOCATE = "relocate"
    """Bring a car to another bay, because it stands before one that is wanted."""


class Collect(StrEnum):
    """States of a collection; each names what is being done or has come to an end."""

    QUEUED = "queued"
    FETCHING = "fetching"
    AT_GATE = "at_gate"
    GATE_OPEN = "gate_open"
    LEFT = "left"
    ABANDONING = "abandoning"
    PUTTING_BACK = "putting_back"
    DONE = "done"
    ABANDONED = "abandoned"


class Return(StrEnum):
    """States of a return."""

    QUEUED = "queued"
    ADMITTING = "admitting"
    GATE_OPEN = "gate_open"
    REFUSED = "refused"
    ACCEPTED = "accepted"
    STORING = "storing"
    DISMISSING = "dismissing"
    TIMING_OUT = "timing_out"
    STORED = "stored"
    DISMISSED = "dismissed"
    TIMED_OUT = "timed_out"


class Errand(StrEnum):
    """States of the tower's own jobs."""

    QUEUED = "queued"
    MOVING = "moving"
    DONE = "done"
    WITHDRAWN = "withdrawn"


ENDED: frozenset[str] = frozenset(
    {
        Collect.DONE,
        Collect.ABANDONED,
        Return.STORED,
        Return.DISMISSED,
        Return.TIMED_OUT,
        Errand.DONE,
        Errand.WITHDRAWN,
    }
)
"""Nothing more is to be done."""

DRIVER_AT_WORK: frozenset[str] = frozenset(
    {
        Collect.GATE_OPEN,
        Collect.LEFT,
        Collect.ABANDONING,
        Return.ADMITTING,
        Return.GATE_OPEN,
        Return.REFUSED,
        Return.ACCEPTED,
        Return.DISMISSING,
        Return.TIMING_OUT,
    }
)
"""The car in the station may come or go before the journal knows it."""

GATE_IN_USE: frozenset[str] = DRIVER_AT_WORK | {Collect.AT_GATE}
"""The job's gate is open, or about to be opened: without a shutter this locks the lift."""
