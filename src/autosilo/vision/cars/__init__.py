"""Cars: is there one, which body and colour has it, and which model of a catalogue is it like?"""

from autosilo.vision.cars.assessing import Advice, Assessment, ReferencePhoto, Suspect, assess
from autosilo.vision.cars.body import body_named
from autosilo.vision.cars.checking import Doubt, DoubtKind, check
from autosilo.vision.cars.engine import CarEngine
from autosilo.vision.cars.fingerprint import fingerprint, near
from autosilo.vision.cars.gallery import CannotUseGallery, Gallery, fit
from autosilo.vision.cars.keepsake import keepsake
from autosilo.vision.cars.own_encoder import CannotUseEncoder
from autosilo.vision.cars.ranking import judge, rank
from autosilo.vision.cars.tuning import CannotTune, CannotUseHead, Head, fine_tune
from autosilo.vision.cars.types import (
    Body,
    Box,
    Candidate,
    CarLook,
    CatalogueEntry,
    Colour,
    Detection,
    Frame,
    Hint,
    Point,
    Reason,
    Verdict,
    View,
)

__all__ = [
    "Advice",
    "Assessment",
    "Body",
    "Box",
    "Candidate",
    "CannotTune",
    "CannotUseEncoder",
    "CannotUseGallery",
    "CannotUseHead",
    "CarEngine",
    "CarLook",
    "CatalogueEntry",
    "Colour",
    "Detection",
    "Doubt",
    "DoubtKind",
    "Frame",
    "Gallery",
    "Head",
    "Hint",
    "Point",
    "Reason",
    "ReferencePhoto",
    "Suspect",
    "Verdict",
    "View",
    "assess",
    "body_named",
    "check",
    "fine_tune",
    "fingerprint",
    "fit",
    "judge",
    "keepsake",
    "near",
    "rank",
]
