"""What is told to a shopper."""

from dataclasses import dataclass

from autosilo.tower.eta.calibration import Calibration, Errors
from autosilo.tower.eta.guess import UNDER_WAY

BEFORE_ANY_DATA = Calibration(
    groups={
        "": Errors(-5.0, 5.0, 60.0),
        "idle": Errors(-5.0, 0.0, 5.0),
        "busy": Errors(-5.0, 5.0, 45.0),
        "full": Errors(0.0, 60.0, 180.0),
        "queue": Errors(-15.0, 15.0, 120.0),
        UNDER_WAY: Errors(-3.0, 1.0, 10.0),
    },
    coverage=0.8,
    samples=0,
)
"""For a site without a history of its own: wide, and measured by nobody. It is replaced by ``calibrate``."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """Seconds from now. With the calibration's coverage the wait lies between ``low_s`` and ``high_s``."""

    low_s: float
    likely_s: float
    high_s: float


def estimate(guess: float, *, group: str, calibration: Calibration = BEFORE_ANY_DATA) -> Estimate:
    """The guess with its uncertainty; nobody waits less than no time."""
    errors = calibration.of(group)
    low = max(0.0, guess + errors.low)
    likely = max(low, guess + errors.likely)
    return Estimate(low, likely, max(likely, guess + errors.high))
