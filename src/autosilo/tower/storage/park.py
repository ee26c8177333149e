"""Where an idle lift waits, so that whoever asks next waits least."""

import numpy as np
from numpy.typing import NDArray

from autosilo.tower.storage.rack import Rack


def park_bay(rack: Rack, models: list[int], between: NDArray[np.float64]) -> int:
    """The bay from which the car that is asked for next is reached soonest, by expectation (Egbelu 1991, for racks).

    ``models[bay]``: what the car there is, to a shopper: of equal cars the nearest is taken, so only that one counts.
    ``between`` (bays × bays): seconds of travel. The weight of a car is its rate. Bay 0 of an empty rack.
    """
    weights = np.zeros(len(rack.car))
    seen: set[int] = set()
    for bay in rack.order:
        if rack.car[bay] >= 0 and models[bay] not in seen:
            seen.add(models[bay])
            weights[bay] = rack.rate[bay]
    return int(np.argmin(between @ weights))
