"""All that can be said about faces, behind one object. Models are opened at first use and then kept."""

from functools import cached_property
from pathlib import Path

import numpy as np

from autosilo.vision.faces.align import aligned
from autosilo.vision.faces.detector import FaceDetector
from autosilo.vision.faces.embedder import FaceEmbedder
from autosilo.vision.faces.liveness import LivenessModel
from autosilo.vision.faces.pose import pose
from autosilo.vision.faces.quality import judge
from autosilo.vision.faces.types import Enrolment, Face, Look, Quality
from autosilo.vision.images import Rgb, read_image
from autosilo.vision.runtime import open_onnx
from autosilo.vision.weights import WeightStore

_LIVENESS_VIEWS = (("minifasnet_v2.onnx", 2.7), ("minifasnet_v1se.onnx", 4.0))  # the authors' crop scales


class FaceEngine:
    """Not tied to a thread: onnxruntime sessions may be shared. Every method may raise WeightsMissing at first use."""

    def __init__(self, weights_dir: Path | None = None) -> None:
        self._store = WeightStore(weights_dir)

    @cached_property
    def _detector(self) -> FaceDetector:
        return FaceDetector(open_onnx(self._store.read("yunet.onnx")))

    @cached_property
    def _embedder(self) -> FaceEmbedder:
        return FaceEmbedder(open_onnx(self._store.read("sface.onnx")))

    @cached_property
    def _liveness(self) -> LivenessModel:
        return LivenessModel([(open_onnx(self._store.read(name)), scale) for name, scale in _LIVENESS_VIEWS])

    def warm(self) -> None:
        """Open all models now, so that the first person does not wait."""
        _ = self._detector, self._embedder, self._liveness

    def detect(self, image: Rgb) -> list[Face]:
        """The faces of the picture, largest first."""
        return self._detector.detect(image)

    def embed(self, image: Rgb, face: Face) -> np.ndarray:
        """float32 (128,) of length 1."""
        return self._embedder.embed(image, face)

    def liveness(self, image: Rgb, face: Face) -> float:
        """0 (print, screen) to 1 (person), from this frame alone."""
        return self._liveness.liveness(image, face)

    def quality(self, image: Rgb, faces: list[Face]) -> Quality:
        """`faces` as `detect` gave them."""
        return judge(image, faces)

    def look(self, image: Rgb) -> Look:
        """Everything about one frame, from one detection."""
        faces = self.detect(image)
        if not faces:
            return Look((), self.quality(image, faces), None, None, None)
        main = faces[0]
        crop = aligned(image, main.landmarks)  # once: it is what quality and embedding cost besides the model
        quality = judge(image, faces, crop)
        return Look(
            tuple(faces),
            quality,
            pose(main.landmarks),
            self.liveness(image, main),
            self._embedder.embed_aligned(crop),
        )

    def enrol(self, data: bytes) -> Enrolment:
        """From the bytes of a photo to an embedding, if its quality allows. Raises CannotRead."""
        image = read_image(data)
        faces = self.detect(image)
        quality = self.quality(image, faces)
        return Enrolment(self.embed(image, faces[0]) if quality.ok else None, quality)
