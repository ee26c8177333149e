"""A face as a point: SFace (Zhong et al. 2021, "Sigmoid-Constrained Hypersphere Loss"), or an operator's own model."""

from typing import TYPE_CHECKING

import numpy as np

from autosilo.vision.faces.align import SIDE, aligned
from autosilo.vision.faces.cards import SFACE, CannotUseModel, EmbeddingCard
from autosilo.vision.faces.prepared import tensor_of
from autosilo.vision.faces.types import Face
from autosilo.vision.images import Rgb
from autosilo.vision.vectors import unit

if TYPE_CHECKING:
    from onnxruntime import InferenceSession


class FaceEmbedder:
    """`card` says how the model wants its picture."""

    def __init__(self, session: "InferenceSession", card: EmbeddingCard = SFACE) -> None:
        self._session = session
        self._card = card

    def embed(self, image: Rgb, face: Face) -> np.ndarray:
        """float32 (128,) (or as long as the card says) of length 1. The cosine of two tells how alike two faces are."""
        return unit(self.raw(image, face))

    def raw(self, image: Rgb, face: Face, crop: Rgb | None = None) -> np.ndarray:
        """Before it is brought to length 1: how long it is tells how much of a face is to be seen.

        `crop`: the aligned face of 112 pixels, where it is there already.
        """
        side = self._card.side
        if crop is None or side != SIDE:
            crop = aligned(image, face.landmarks, side=side)
        (output, *_) = self._session.run(None, {self._card.input: tensor_of(crop, self._card)})
        vector = np.asarray(output).reshape(-1)
        if len(vector) != self._card.length:
            raise CannotUseModel(f"{self._card.name} answers {len(vector)} numbers, its card says {self._card.length}")
        return vector
