"""Folders of pictures, a subfolder a class, looked at once."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from autosilo.vision.cars import CarEngine, CarLook
from autosilo.vision.images import CannotRead

Look = Callable[[bytes], CarLook]
ENDINGS = frozenset({".jpg", ".jpeg", ".png", ".webp"})


@dataclass(frozen=True)
class Looked:
    """One picture: `embedding` as a shopper's photo, `studied` as a reference; None when no car was found in it."""

    path: Path
    label: str
    embedding: np.ndarray | None
    studied: np.ndarray | None = None


def pictures_in(folder: Path) -> list[Path]:
    """All pictures below a folder, in the order of their names. ValueError when there is none."""
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in ENDINGS and path.is_file())
    if not found:
        raise ValueError(f"no picture below {folder}")
    return found


def look_at(engine: CarEngine, folder: Path, *, cache: Path | None = None, references: bool = False) -> list[Looked]:
    """Look at every picture of a folder as a shopper's photo is looked at, and `references` as an operator's, too.

    `cache`: a folder in which embeddings are kept by the picture's and the encoder's names, for the next run.
    """
    found = []
    for path in pictures_in(folder):
        embedding = _embedded(engine.look, engine.encoder, path, cache)
        studied = _embedded(engine.study, f"studied {engine.encoder}", path, cache) if references else None
        found.append(Looked(path, path.parent.name, embedding, studied))
    return found


def references(looked: Sequence[Looked]) -> dict[str, np.ndarray]:
    """label -> embeddings (n, d) of the pictures in which a car was found."""
    rows: dict[str, list[np.ndarray]] = {}
    for one in looked:
        if one.studied is not None:
            rows.setdefault(one.label, []).append(one.studied)
    return {label: np.stack(own) for label, own in rows.items()}


def by_label(looked: Sequence[Looked]) -> Mapping[str, list[Looked]]:
    groups: dict[str, list[Looked]] = {}
    for one in looked:
        groups.setdefault(one.label, []).append(one)
    return groups


def _embedded(look: Look, name: str, path: Path, cache: Path | None) -> np.ndarray | None:
    data = path.read_bytes()
    if cache is None:
        return _looked(look, data)
    kept = cache / f"{hashlib.sha256(name.encode() + data).hexdigest()}.npy"
    if kept.exists():
        row = np.load(kept)
    else:
        found = _looked(look, data)
        row = np.empty(0, np.float32) if found is None else found
        cache.mkdir(parents=True, exist_ok=True)
        np.save(kept, row)
    return row if len(row) else None


def _looked(look: Look, data: bytes) -> np.ndarray | None:
    try:
        return look(data).embedding
    except CannotRead:
        return None
