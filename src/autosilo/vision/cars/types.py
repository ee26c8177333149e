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


class View(StrEnum):
    """From where a car was photographed; a guess (`view.py`)."""

    FRONT = "front"
    SIDE = "side"
    REAR = "rear"


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
    MAKE = "make"  # of the make that the car seen probably is


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

    def holds(self, point: "Point") -> bool:
        return self.left <= point.x <= self.right and self.top <= point.y <= self.bottom


@dataclass(frozen=True)
class Point:
    """A spot that a person tapped, in shares of the picture's width and height, 0..1."""

    x: float
    y: float

    def on(self, size: tuple[int, int]) -> "Point":
        """The same spot in pixels of a picture of `size` (width, height)."""
        return Point(self.x * size[0], self.y * size[1])


@dataclass(frozen=True)
class Frame:
    """A rectangle that a person drew, in shares of the picture's width and height, 0..1."""

    left: float
    top: float
    right: float
    bottom: float

    def on(self, size: tuple[int, int]) -> Box:
        """The same rectangle in pixels, edges in order and inside a picture of `size` (width, height)."""
        across = sorted(min(max(edge, 0.0), 1.0) * size[0] for edge in (self.left, self.right))
        down = sorted(min(max(edge, 0.0), 1.0) * size[1] for edge in (self.top, self.bottom))
        return Box(across[0], down[0], across[1], down[1])


@dataclass(frozen=True)
class Detection:
    """One vehicle and the detector's confidence, 0..1."""

    box: Box
    score: float


@dataclass(frozen=True)
class CarLook:
    """The main car of a picture.

    `found` is False exactly when `hint` is set; then `score` is what the best candidate reached and there is no
    description. `cars`: all cars seen, the main one first. `size`: width and height of the picture that boxes refer to
    (it may be smaller than the file's). `body`: probabilities that sum to 1. `embedding`: float32 of length 1, of as
    many numbers as the encoder named by `encoder` makes. `fingerprint`: perceptual hash of the crop.
    """

    found: bool
    score: float
    hint: Hint | None = None
    box: Box | None = None
    body: dict[Body, float] = field(default_factory=dict)
    colour: Colour | None = None
    embedding: np.ndarray | None = None
    cars: tuple[Detection, ...] = ()
    size: tuple[int, int] = (0, 0)
    view: View | None = None
    encoder: str = ""
    fingerprint: int | None = None


@dataclass(frozen=True)
class CatalogueEntry:
    """What the ranking needs to know of a model: its body type and the names of the colours that it comes in."""

    slug: str
    body: Body
    paints: tuple[Colour, ...]
    make: str = ""


@dataclass(frozen=True)
class Candidate:
    """A model that may be meant. `score` 0..1 orders candidates, it is no probability. `exact`: may be named.

    `confidence`: the calibrated probability, 0..1, that it is this model; None where looks are not compared.
    """

    slug: str
    score: float
    exact: bool
    reasons: tuple[Reason, ...]
    confidence: float | None = None


@dataclass(frozen=True)
class Verdict:
    """What is said of a car: up to five candidates, best first, and whether it is of the catalogue at all.

    `known`: the calibrated probability, 0..1, that the car is one of the gallery's models, and `in_catalogue` what is
    said of it; both None where looks are not compared. `make`: the make that it probably is, None when unsure.
    `colour`: the colour seen, among those in which the likely models are to be had.
    """

    candidates: tuple[Candidate, ...] = ()
    known: float | None = None
    in_catalogue: bool | None = None
    make: str | None = None
    colour: Colour | None = None
