"""An operator's own models: what a model card must say, and how it is checked.

`AUTOSILO_HOME/models/embedding/card.json` and `…/liveness/card.json` take the place of SFace and MiniFASNet where they
are. A card names its ONNX files with their hashes, how a picture is prepared, the thresholds measured for it, and its
licence and training data. docs/reference/vision.md has an example.
"""

from pathlib import Path
from typing import Annotated, Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from autosilo.vision import thresholds
from autosilo.vision.donors import home_dir, sha256_of

CARD: Final = "card.json"
MARK_BYTES: Final = 4
SFACE_MARK: Final = b""

Share = Annotated[float, Field(ge=0, le=1)]
Cosine = Annotated[float, Field(ge=-1, le=1)]
Triple = tuple[float, float, float]
FileName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]*\.onnx$")]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class CannotUseModel(Exception):
    """The card or a file of it is not what it must be. The message names it."""


class _Card(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    v: Literal[1]
    name: str = Field(min_length=1)
    licence: str = Field(min_length=1, description="SPDX identifier, or where the contract is")
    training_data: str = Field(min_length=1, description="'unknown' is an answer")
    input: str = Field(min_length=1, description="name of the ONNX input; one picture, NCHW, float32")
    colours: Literal["RGB", "BGR"]
    mean: Triple = (0.0, 0.0, 0.0)
    std: Triple = (1.0, 1.0, 1.0)

    @model_validator(mode="after")
    def _divides(self) -> "_Card":
        if 0 in self.std:
            raise ValueError("a standard deviation of 0")
        return self


class EmbeddingCard(_Card):
    """`side`: of the aligned face that the model takes; the five points lie as ArcFace's do, scaled to it."""

    kind: Literal["embedding"]
    file: FileName
    sha256: Sha256
    side: int = Field(default=112, ge=32, le=512)
    length: int = Field(ge=16, le=4096)
    match_gate: Cosine
    match_single: Cosine
    min_norm: float = Field(default=0.0, ge=0, description="below it something covers the face; 0: not judged")

    @model_validator(mode="after")
    def _ordered(self) -> "EmbeddingCard":
        if self.match_single > self.match_gate:
            raise ValueError("match_single is above match_gate")
        return self

    @property
    def mark(self) -> bytes:
        """What tells its templates from those of every other model; empty for SFace."""
        return SFACE_MARK if self.sha256 == SFACE.sha256 else bytes.fromhex(self.sha256)[:MARK_BYTES]


class View(BaseModel):
    """One network of a liveness model, with the width of what it sees as a multiple of the face's box."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: FileName
    sha256: Sha256
    width: float = Field(ge=1, le=8)


class LivenessCard(_Card):
    """`genuine`: index of the class that means a person; the output holds probabilities, or scores with `softmax`."""

    kind: Literal["liveness"]
    views: tuple[View, ...] = Field(min_length=1, max_length=8)
    side: int = Field(ge=32, le=512)
    genuine: int = Field(ge=0)
    softmax: bool = False
    liveness: Share


SFACE: Final = EmbeddingCard.model_construct(
    v=1,
    name="SFace",
    licence="Apache-2.0",
    training_data="not stated",
    kind="embedding",
    file="sface.onnx",
    sha256="",
    input="data",
    colours="RGB",
    mean=(0.0, 0.0, 0.0),
    std=(1.0, 1.0, 1.0),
    side=112,
    length=128,
    match_gate=thresholds.MATCH_GATE,
    match_single=thresholds.MATCH_SINGLE,
    min_norm=thresholds.MIN_NORM,
)
MINIFASNET: Final = LivenessCard.model_construct(
    v=1,
    name="MiniFASNet",
    licence="Apache-2.0",
    training_data="unknown",
    kind="liveness",
    views=(
        View.model_construct(file="minifasnet_v2.onnx", sha256="", width=2.7),
        View.model_construct(file="minifasnet_v1se.onnx", sha256="", width=4.0),
    ),
    input="image",
    colours="BGR",
    mean=(0.0, 0.0, 0.0),
    std=(1.0, 1.0, 1.0),
    side=80,
    genuine=1,
    softmax=False,
    liveness=thresholds.LIVENESS,
)


def models_dir() -> Path:
    """Where an operator's own models are: `AUTOSILO_HOME/models`."""
    return home_dir() / "models"


def embedding_card(folder: Path) -> EmbeddingCard | None:
    """The card in `folder/embedding`, None where there is none. Raises CannotUseModel."""
    text = _text(folder / "embedding" / CARD)
    return None if text is None else _read(EmbeddingCard, text, folder / "embedding" / CARD)


def liveness_card(folder: Path) -> LivenessCard | None:
    """The card in `folder/liveness`, None where there is none. Raises CannotUseModel."""
    text = _text(folder / "liveness" / CARD)
    return None if text is None else _read(LivenessCard, text, folder / "liveness" / CARD)


def read_model(folder: Path, file: str, sha256: str) -> bytes:
    """The content that the card's hash is of. Raises CannotUseModel."""
    path = folder / file
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CannotUseModel(f"{path} cannot be read ({error.strerror})") from error
    if sha256_of(data) != sha256:
        raise CannotUseModel(f"{path} is not the file that its card names")
    return data


Card = TypeVar("Card", EmbeddingCard, LivenessCard)


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def _read(kind: type[Card], text: str, path: Path) -> Card:
    try:
        return kind.model_validate_json(text)
    except ValidationError as error:
        raise CannotUseModel(f"{path}: {error}") from error
