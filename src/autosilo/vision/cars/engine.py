"""From a photo to the description of its main car. Models are opened at first use and then kept."""

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from autosilo.vision.cars.body import body_types
from autosilo.vision.cars.choosing import by_weight, chosen, cut
from autosilo.vision.cars.colour import body_colour
from autosilo.vision.cars.detector import CarDetector
from autosilo.vision.cars.encoder import BUILT_IN, VERSION, LiteNetworks
from autosilo.vision.cars.fingerprint import fingerprint
from autosilo.vision.cars.own_encoder import OwnEncoder
from autosilo.vision.cars.types import CarLook, Detection, Frame, Hint, Point
from autosilo.vision.cars.view import view_of
from autosilo.vision.images import Rgb, read_image
from autosilo.vision.runtime import open_onnx
from autosilo.vision.thresholds import CAR_AREA, CAR_SCORE
from autosilo.vision.vectors import unit
from autosilo.vision.weights import WeightStore

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

_PERHAPS = 0.2  # confidence above which it is worth asking for a better picture
_AROUND = 0.04  # of the box, kept on each side of the crop: detectors cut bumpers off


class CarEngine:
    """May be shared by threads. Every method may raise WeightsMissing and CannotUseEncoder at first use."""

    def __init__(self, weights_dir: Path | None = None, encoder: Path | None = None) -> None:
        """`encoder`: an operator's own ONNX file, whose embedding is put beside the built-in one (`own_encoder.py`)."""
        self._store = WeightStore(weights_dir)
        self._own_path = encoder

    @cached_property
    def _detector(self) -> CarDetector:
        return CarDetector(open_onnx(self._store.read("ssd_mobilenet_v2.onnx")))

    @cached_property
    def _networks(self) -> LiteNetworks:
        return LiteNetworks(self._store)

    @cached_property
    def _own(self) -> OwnEncoder | None:
        return OwnEncoder(self._own_path) if self._own_path else None

    def warm(self) -> None:
        """Open all models now, so that the first person does not wait."""
        _ = self._detector, self._networks, self._own

    @property
    def encoder(self) -> str:
        """Names what makes the embeddings: those of another encoder are not comparable. Raises CannotUseEncoder."""
        built_in = f"{BUILT_IN}/{VERSION}"
        return f"{built_in}+{self._own.name}" if self._own else built_in

    def wrap_sessions(self, wrap: Callable[["InferenceSession"], Any]) -> list[Any]:
        """Put something around every model's session, for measuring; returns what was put there."""
        self.warm()
        own = self._own.wrap(wrap) if self._own else []
        return [*self._detector.wrap(wrap), *self._networks.wrap(wrap), *own]

    def look(self, photo: bytes | Rgb, at: Point | Frame | None = None) -> CarLook:
        """Describe the main car, or the one that a person chose. Bytes are decoded first: raises CannotRead."""
        return self._look(photo, at, thoroughly=False)

    def study(self, photo: bytes | Rgb, at: Point | Frame | None = None) -> CarLook:
        """Describe a reference photo: as `look`, but from the car and its mirror image, which takes twice as long."""
        return self._look(photo, at, thoroughly=True)

    def _look(self, photo: bytes | Rgb, at: Point | Frame | None, *, thoroughly: bool) -> CarLook:
        image = read_image(photo) if isinstance(photo, bytes) else photo
        size = (image.shape[1], image.shape[0])
        found = by_weight(self._detector.detect(image), image)
        cars = tuple(car for car in found if car.score >= CAR_SCORE and car.box.area >= CAR_AREA * size[0] * size[1])
        meant = chosen(found, at, image) if at is not None else next(iter([*cars, *found]), None)
        hint = _hint(meant, at is not None, size)
        if meant is None or hint is not None:
            return CarLook(found=False, score=meant.score if meant else 0.0, hint=hint, cars=cars, size=size)
        return self._described(image, meant, cars, thoroughly=thoroughly)

    def _described(self, image: Rgb, car: Detection, cars: tuple[Detection, ...], *, thoroughly: bool) -> CarLook:
        crop = cut(image, car.box, _AROUND)
        seen = self._networks.describe(crop)
        embedding = self._with_own(crop, seen.embedding)
        if thoroughly:
            mirrored = crop[:, ::-1]
            embedding = unit(embedding + self._with_own(mirrored, self._networks.describe(mirrored).embedding))
        return CarLook(
            found=True,
            score=car.score,
            box=car.box,
            body=body_types(seen.logits),
            colour=body_colour(image, car.box),
            embedding=embedding,
            cars=cars,
            size=(image.shape[1], image.shape[0]),
            view=view_of(crop, seen.logits),
            encoder=self.encoder,
            fingerprint=fingerprint(crop),
        )

    def _with_own(self, crop: Rgb, embedding: np.ndarray) -> np.ndarray:
        return unit(np.concatenate([embedding, self._own.embed(crop)])) if self._own else embedding


def _hint(car: Detection | None, pointed: bool, size: tuple[int, int]) -> Hint | None:
    """What is wrong with the car that is meant; None when nothing is. One that was pointed to may be less certain."""
    if car is None:
        return Hint.NO_CAR
    if car.score < (_PERHAPS if pointed else CAR_SCORE):
        return Hint.UNCLEAR if car.score >= _PERHAPS else Hint.NO_CAR
    return Hint.TOO_FAR if car.box.area < CAR_AREA * size[0] * size[1] else None
