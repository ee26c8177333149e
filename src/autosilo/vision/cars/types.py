"""What the car part says about a picture, and what a catalogue tells it."""

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np


class Body(StrEnum):
    """Body types that are told apart."""

    HATCHBACK = "hatchback"
    SALOON = "saloon"
    ESTATE = "estate"
    SUV = "suv"
    VAN = "van"
    PICKUP = "pickup"
    SPORTS = "sports"
    CONVERTIBLE = "convertible"


class Colour(StrEnum):
    """Names of body colours."""

    WHITE = "white"
    SILVER = "silver"
    GREY = "grey"
    BLACK = "black"
    RED = "red"
    ORANGE = "orange"
    BROWN = "brown"
    YELLOW = "yellow"
    GREEN = "green"
    BLUE = "blue"


class Hint(StrEnum):
    """What the person could do when no car was found."""

    NO_CAR = "no_car"  # nothing like a car in the picture
    UNCLEAR = "unclear"  # perhaps a car: another angle, better light
    TOO_FAR = "too_far"  # a car, but too small to be told apart: come closer


class Reason(StrEnum):
    """Why a model of the catalogue is offered."""

    LOOK = "look"  # like the reference photos of this model
    BODY = "body"  # the same type of body as the one seen
    SHAPE = "shape"  # another type of body that is like it
    COLOUR = "colour"  # to be had in the colour seen


@dataclass(frozen=True)
class Box:
    """Pixels, origin at the upper left corner of the picture."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def area(self) -> float:
        return (self.right - self.left) * (self.bottom - self.top)


@dataclass(frozen=True)
class Detection:
    """One vehicle and the detector's confidence, 0..1."""

    box: Box
    score: float


@dataclass(frozen=True)
class CarLook:
    """The main car of a picture.

    `found` is False exactly when `hint` is set; then `score` is what the best candidate reached and the rest is empty.
    `body`: probabilities that sum to 1. `embedding`: float32 (1280,) of length 1.
    """

    found: bool
    score: float
    hint: Hint | None = None
    box: Box | None = None
    body: dict[Body, float] = field(default_factory=dict)
    colour: Colour | None = None
    embedding: np.ndarray | None = None


@dataclass(frozen=True)
class CatalogueEntry:
    """What the ranking needs to know of a model: its body type and the names of the colours that it comes in."""

    slug: str
    body: Body
    paints: tuple[Colour, ...]


@dataclass(frozen=True)
class Candidate:
    """A model that may be meant. `score` 0..1 orders candidates, it is no probability. `exact`: may be named."""

    slug: str
    score: float
    exact: bool
    reasons: tuple[Reason, ...]
