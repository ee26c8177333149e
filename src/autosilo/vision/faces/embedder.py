"""A face as a point: SFace (Zhong et al. 2021, "SFace: Sigmoid-Constrained Hypersphere Loss")."""

from typing import TYPE_CHECKING

import numpy as np

from autosilo.vision.faces.align import aligned
from autosilo.vision.faces.types import Face
from autosilo.vision.images import Rgb
from autosilo.vision.vectors import unit

if TYPE_CHECKING:
    from onnxruntime import InferenceSession


class FaceEmbedder:
    def __init__(self, session: "InferenceSession") -> None:
        self._session = session

    def embed(self, image: Rgb, face: Face) -> np.ndarray:
        """float32 (128,) of length 1. The cosine of two embeddings tells how alike two faces are."""
        return self.embed_aligned(aligned(image, face.landmarks))

    def embed_aligned(self, crop: Rgb) -> np.ndarray:
        """The same from a face that is aligned already."""
        tensor = crop.transpose(2, 0, 1)[None].astype(np.float32)  # the model scales the values itself
        (output,) = self._session.run(None, {"data": tensor})
        return unit(output[0])
