"""Cars: is there one, which body and colour has it, and which model of a catalogue is it like?"""

from autosilo.vision.cars.body import body_named
from autosilo.vision.cars.engine import CarEngine
from autosilo.vision.cars.gallery import Gallery, rank
from autosilo.vision.cars.types import Body, Box, Candidate, CarLook, CatalogueEntry, Colour, Hint, Reason

__all__ = [
    "Body",
    "Box",
    "Candidate",
    "CarEngine",
    "CarLook",
    "CatalogueEntry",
    "Colour",
    "Gallery",
    "Hint",
    "Reason",
    "body_named",
    "rank",
]
