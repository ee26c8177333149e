"""How long a shopper will wait, with its uncertainty. Pure."""

from autosilo.tower.eta.calibration import Calibration, calibrate
from autosilo.tower.eta.estimate import Estimate, estimate
from autosilo.tower.eta.guess import Way, group, guess_s
from autosilo.tower.eta.told import Coverage, ToldWait, coverage, usual

__all__ = [
    "Calibration",
    "Coverage",
    "Estimate",
    "ToldWait",
    "Way",
    "calibrate",
    "coverage",
    "estimate",
    "group",
    "guess_s",
    "usual",
]
