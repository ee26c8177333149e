"""How long a shopper will wait, with its uncertainty. Pure."""

from autosilo.tower.eta.calibration import Calibration, calibrate
from autosilo.tower.eta.estimate import Estimate, estimate
from autosilo.tower.eta.guess import Way, group, guess_s

__all__ = ["Calibration", "Estimate", "Way", "calibrate", "estimate", "group", "guess_s"]
