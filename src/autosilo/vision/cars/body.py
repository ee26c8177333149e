"""From ImageNet's classes to body types.

ImageNet has no saloon, hatchback or SUV: its annotators put those cars under the nearest of its own words. The table
says how the cars under each word divide among body types. It is a judgement, written by hand in twentieths from the
words' meaning (WordNet 3.0) and from how common each type is on roads: what looks low is a saloon more often than a
sports car, what looks tall an SUV or a hatchback as often as a van. It is not fitted to pictures. It separates sports
cars, pick-ups and vans from the rest well, saloons from hatchbacks poorly.
"""

import numpy as np

from autosilo.vision.cars.types import Body

# ImageNet-1k index -> share of each body type under that word.
_SHARES: dict[int, dict[Body, float]] = {
    436: {Body.ESTATE: 0.55, Body.SUV: 0.15, Body.HATCHBACK: 0.15, Body.SALOON: 0.15},  # beach wagon, estate car
    468: {Body.SALOON: 0.80, Body.VAN: 0.20},  # cab
    511: {Body.CONVERTIBLE: 0.85, Body.SPORTS: 0.15},  # convertible
    609: {Body.SUV: 0.90, Body.PICKUP: 0.10},  # jeep, landrover
    627: {Body.SALOON: 0.70, Body.SUV: 0.30},  # limousine
    654: {Body.VAN: 1.00},  # minibus
    656: {Body.VAN: 0.35, Body.SUV: 0.30, Body.HATCHBACK: 0.25, Body.SALOON: 0.05, Body.ESTATE: 0.05},  # minivan
    675: {Body.VAN: 1.00},  # moving van
    717: {Body.PICKUP: 0.90, Body.SUV: 0.10},  # pickup
    734: {Body.VAN: 0.80, Body.SUV: 0.20},  # police van
    751: {Body.SPORTS: 1.00},  # racer
    817: {Body.SPORTS: 0.40, Body.SALOON: 0.35, Body.HATCHBACK: 0.10, Body.CONVERTIBLE: 0.15},  # sports car
}
_CLASSES = np.array(list(_SHARES))
_TABLE = np.array([[shares.get(body, 0.0) for body in Body] for shares in _SHARES.values()])

# Pairs that people and networks take for one another; half as good as the same.
_RELATED = {
    frozenset(pair)
    for pair in (
        (Body.HATCHBACK, Body.ESTATE),
        (Body.HATCHBACK, Body.SALOON),
        (Body.HATCHBACK, Body.SUV),
        (Body.ESTATE, Body.SALOON),
        (Body.ESTATE, Body.SUV),
        (Body.SUV, Body.VAN),
        (Body.SPORTS, Body.CONVERTIBLE),
        (Body.SPORTS, Body.SALOON),
    )
}
_RELATED_WORTH = 0.5

_OTHER_WORDS = {
    "sedan": Body.SALOON,
    "liftback": Body.SALOON,
    "wagon": Body.ESTATE,
    "crossover": Body.SUV,
    "mpv": Body.VAN,
    "minivan": Body.VAN,
    "coupe": Body.SPORTS,
    "roadster": Body.CONVERTIBLE,
    "cabriolet": Body.CONVERTIBLE,
    "truck": Body.PICKUP,
}


def body_named(word: str) -> Body:
    """The body type that a catalogue's word means ("sedan", "SUV", "crossover" ...). ValueError when it means none."""
    plain = word.strip().lower()
    return _OTHER_WORDS.get(plain) or Body(plain)


def body_types(logits: np.ndarray) -> dict[Body, float]:
    """Probabilities of the body types, most probable first, from ImageNet-1k logits (1000,) of a picture of a car.

    Only the vehicle classes count: that it is a car is known from the detector.
    """
    vehicles = logits[_CLASSES].astype(np.float64)
    weights = np.exp(vehicles - vehicles.max())
    shares = (weights / weights.sum()) @ _TABLE
    ranked = sorted(zip(Body, shares, strict=True), key=lambda pair: -pair[1])
    return {body: float(share) for body, share in ranked}


def most_likely(seen: dict[Body, float]) -> Body | None:
    """The one type that is said to be seen, None when none is."""
    return max(seen, key=lambda body: seen[body], default=None)


def likeness(seen: dict[Body, float], body: Body) -> float:
    """How well a model's body fits what was seen: 1 for the best fitting type, less for others."""
    best = max(_expected(seen, other) for other in Body)
    return _expected(seen, body) / best


def _expected(seen: dict[Body, float], body: Body) -> float:
    return sum(
        share * (1.0 if other is body else _RELATED_WORTH if frozenset((other, body)) in _RELATED else 0.0)
        for other, share in seen.items()
    )
