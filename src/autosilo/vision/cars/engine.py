"""From a photo to the description of its main car. Models are opened at first use and then kept."""

import math
from functools import cached_property
from pathlib import Path

from autosilo.vision.cars.body import body_types
from autosilo.vision.cars.classifier import CarClassifier
from autosilo.vision.cars.colour import body_colour
from autosilo.vision.cars.detector import CarDetector
from autosilo.vision.cars.types import Box, CarLook, Detection, Hint
from autosilo.vision.images import Rgb, read_image
from autosilo.vision.runtime import open_onnx
from autosilo.vision.thresholds import CAR_AREA, CAR_SCORE
from autosilo.vision.vectors import unit
from autosilo.vision.weights import WeightStore

_PERHAPS = 0.2  # confidence above which it is worth asking for a better picture
_AROUND = 0.04  # of the box, kept on each side of the crop: detectors cut bumpers off


class CarEngine:
    """May be shared by threads. Every method may raise WeightsMissing at first use."""

    def __init__(self, weights_dir: Path | None = None) -> None:
        self._store = WeightStore(weights_dir)

    @cached_property
    def _detector(self) -> CarDetector:
        return CarDetector(open_onnx(self._store.read("ssd_mobilenet_v2.onnx")))

    @cached_property
    def _classifier(self) -> CarClassifier:
        return CarClassifier(self._store.read("efficientnet_lite3.tflite"))

    def warm(self) -> None:
        """Open all models now, so that the first person does not wait."""
        _ = self._detector, self._classifier

    def look(self, photo: bytes | Rgb) -> CarLook:
        """Describe the main car. Bytes are decoded first: raises CannotRead."""
        image = read_image(photo) if isinstance(photo, bytes) else photo
        main = main_car(self._detector.detect(image), image)
        if main is None:
            return CarLook(found=False, score=0.0, hint=Hint.NO_CAR)
        if main.score < CAR_SCORE:
            return CarLook(found=False, score=main.score, hint=Hint.UNCLEAR if main.score >= _PERHAPS else Hint.NO_CAR)
        if main.box.area < CAR_AREA * image.shape[0] * image.shape[1]:
            return CarLook(found=False, score=main.score, hint=Hint.TOO_FAR)
        features, logits = self._classifier.describe(_crop(image, main.box))
        return CarLook(
            found=True,
            score=main.score,
            box=main.box,
            body=body_types(logits),
            colour=body_colour(image, main.box),
            embedding=unit(features),
        )


def main_car(found: list[Detection], image: Rgb) -> Detection | None:
    """The car that is meant: confident, large, central. None when there is none."""
    return max(found, key=lambda detection: _weight(detection, image), default=None)


def _weight(detection: Detection, image: Rgb) -> float:
    """Confidence times the box's mean side times 1 in the middle of the picture, 1/2 in its corners."""
    height, width = image.shape[:2]
    box = detection.box
    away = math.hypot((box.left + box.right) / width - 1, (box.top + box.bottom) / height - 1) / math.sqrt(2)
    return detection.score * math.sqrt(box.area) * (1 - away / 2)


def _crop(image: Rgb, box: Box) -> Rgb:
    height, width = image.shape[:2]
    sideways, upwards = (box.right - box.left) * _AROUND, (box.bottom - box.top) * _AROUND
    top, bottom = max(int(box.top - upwards), 0), min(math.ceil(box.bottom + upwards), height)
    left, right = max(int(box.left - sideways), 0), min(math.ceil(box.right + sideways), width)
    return image[top:bottom, left:right]
