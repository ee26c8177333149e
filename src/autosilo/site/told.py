"""What a kiosk says of a wait, in the form in which it goes to the page."""

from typing import Protocol

from autosilo.site.control import CannotFetch
from autosilo.tower.eta import Estimate
from autosilo.wire.wait import WaitEstimate


class Knows(Protocol):
    """What is asked of ``site.control.Tower``."""

    def eta(self, vin: str) -> Estimate | None: ...


def wait_told(tower: Knows, vin: str) -> WaitEstimate | None:
    """None when nobody can say, or the car is not here."""
    try:
        found = tower.eta(vin)
    except CannotFetch:
        return None
    return on_the_wire(found)


def on_the_wire(found: Estimate | None) -> WaitEstimate | None:
    return None if found is None else WaitEstimate(low_s=found.low_s, likely_s=found.likely_s, high_s=found.high_s)
