"""All that can be said about faces, behind one object. Models are opened at first use and then kept."""

from functools import cached_property
from pathlib import Path

import numpy as np

from autosilo.vision.faces.align import aligned
from autosilo.vision.faces.cards import (
    MINIFASNET,
    SFACE,
    EmbeddingCard,
    LivenessCard,
    embedding_card,
    liveness_card,
    models_dir,
    read_model,
)
from autosilo.vision.faces.detector import FaceDetector
from autosilo.vision.faces.embedder import FaceEmbedder
from autosilo.vision.faces.liveness import LivenessModel
from autosilo.vision.faces.pose import pose
from autosilo.vision.faces.quality import judge
from autosilo.vision.faces.types import Face, Look, Quality
from autosilo.vision.images import Rgb
from autosilo.vision.runtime import open_onnx
from autosilo.vision.vectors import unit
from autosilo.vision.weights import WeightStore


class FaceEngine:
    """Not tied to a thread: onnxruntime sessions may be shared. Every method may raise WeightsMissing at first use.

    An operator's own models in `models` take the place of ours. Raises CannotUseModel for a card that cannot be read.
    """

    def __init__(self, weights_dir: Path | None = None, *, models: Path | None = None) -> None:
        self._store = WeightStore(weights_dir)
        self._models = models or models_dir()
        self._own_embedding = embedding_card(self._models)
        self._own_liveness = liveness_card(self._models)

    @property
    def embedding_card(self) -> EmbeddingCard:
        """What the model in use says of itself, thresholds included."""
        return self._own_embedding or SFACE

    @property
    def liveness_card(self) -> LivenessCard:
        return self._own_liveness or MINIFASNET

    @cached_property
    def _detector(self) -> FaceDetector:
        return FaceDetector(open_onnx(self._store.read("yunet.onnx")))

    @cached_property
    def _embedder(self) -> FaceEmbedder:
        card = self._own_embedding
        if card is None:
            return FaceEmbedder(open_onnx(self._store.read(SFACE.file)))
        return FaceEmbedder(open_onnx(read_model(self._models / "embedding", card.file, card.sha256)), card)

    @cached_property
    def _liveness(self) -> LivenessModel:
        card = self._own_liveness
        if card is None:
            return LivenessModel([open_onnx(self._store.read(view.file)) for view in MINIFASNET.views])
        folder = self._models / "liveness"
        return LivenessModel([open_onnx(read_model(folder, view.file, view.sha256)) for view in card.views], card)

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
        raw = self._embedder.raw(image, main, crop)
        quality = judge(image, faces, crop, is_covered=self._is_covered(raw))
        return Look(tuple(faces), quality, pose(main.landmarks), self.liveness(image, main), unit(raw))

    def _is_covered(self, raw: np.ndarray) -> bool:
        """A short embedding: little of a face is to be seen."""
        return float(np.linalg.norm(raw)) < self.embedding_card.min_norm
