"""Embeddings to keep and to compare.

The stored form is five bytes of head and the numbers: b"AF", version, model, bytes a number; then 128 numbers.
With an operator's own model, the four bytes of its mark stand between head and numbers.
Half precision moves a cosine by less than 0.0005 and halves what is kept of a person.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from autosilo.vision.faces.cards import SFACE_MARK
from autosilo.vision.faces.types import Match
from autosilo.vision.vectors import unit

LENGTH = 128
_MAGIC = b"AF"
_VERSION = 1
_SFACE, _OWN = 1, 2
_KINDS: dict[int, np.dtype[Any]] = {2: np.dtype("<f2"), 4: np.dtype("<f4")}


class CannotUseTemplate(Exception):
    """The bytes are not a template of this version and model."""


def template_bytes(embedding: np.ndarray, model: bytes = SFACE_MARK) -> bytes:
    """261 bytes for SFace's (128,) embedding; with the `model`'s mark for another's. ValueError for another shape."""
    if embedding.ndim != 1 or (model == SFACE_MARK and len(embedding) != LENGTH):
        raise ValueError(f"an embedding has {LENGTH} numbers, not shape {embedding.shape}")
    return _head(model) + unit(embedding).astype("<f2").tobytes()


def from_bytes(data: bytes, model: bytes = SFACE_MARK) -> np.ndarray:
    """float32 (128,) of length 1. Raises CannotUseTemplate; a template of another model is never compared."""
    own = _head(model)
    head, body = data[: len(own)], data[len(own) :]
    if len(head) < len(own) or head[:4] + head[5:] != own[:4] + own[5:]:
        raise CannotUseTemplate("not a face template of this version and model")
    kind = _KINDS.get(head[4])
    length = LENGTH if model == SFACE_MARK else len(body) // (kind.itemsize if kind else 1)
    if kind is None or not body or len(body) != length * kind.itemsize:
        raise CannotUseTemplate("a face template of the wrong length")
    try:
        return unit(np.frombuffer(body, kind).astype(np.float32))
    except ValueError as error:
        raise CannotUseTemplate("a face template without a direction") from error


def _head(model: bytes) -> bytes:
    return _MAGIC + bytes((_VERSION, _SFACE if model == SFACE_MARK else _OWN, 2)) + model


def match(probe: np.ndarray, templates: Mapping[str, np.ndarray]) -> Match:
    """The template nearest to `probe` (all of length 1). The caller compares the score with a threshold."""
    best = Match(None, -1.0)
    for key, template in templates.items():
        score = float(probe @ template)
        if best.best is None or score > best.score:
            best = Match(key, score)
    return best


def mean_of(embeddings: list[np.ndarray]) -> np.ndarray:
    """The direction between several embeddings of one person: steadier than any of them. ValueError when empty."""
    if not embeddings:
        raise ValueError("no embeddings to average")
    return unit(np.mean(embeddings, axis=0))
