"""The border where bytes from outside become a picture. Everything behind it may trust what it gets.

The header is read first: form, size and frames are judged before a single pixel is decoded, so a small file that would
unpack to gigabytes costs nothing. The decoder is Pillow; its own bomb limit stays as it is, ours is tighter.
"""

import io
import warnings
from enum import StrEnum
from typing import Final

import numpy as np
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

Rgb = np.ndarray
"""A picture: uint8, shape (height, width, 3), RGB."""

MAX_BYTES: Final = 25_000_000  # a phone's 48-megapixel JPEG has 10 to 20 MB
MAX_PIXELS: Final = 50_000_000  # 48-megapixel phones pass, a 60-megapixel picture does not
MAX_METADATA_BYTES: Final = 2_000_000  # colour profile, EXIF and comments together; ordinary ones have some 100 kB
MIN_SIDE: Final = 32  # pixels; below it there is nothing to see
JPEG_QUALITY: Final = 85
MAX_SIDE: Final = 1600  # pixels of the longer side that the models here can make use of
_FORMATS: Final = ("JPEG", "PNG", "WEBP")


class Unreadable(StrEnum):
    """Why bytes were not taken as a picture."""

    NOT_AN_IMAGE = "not_an_image"
    UNSUPPORTED = "unsupported"  # an image of another form: GIF, TIFF, HEIC without a decoder ...
    DAMAGED = "damaged"
    ANIMATED = "animated"
    TOO_MANY_BYTES = "too_many_bytes"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_SMALL = "too_small"
    METADATA_TOO_LARGE = "metadata_too_large"


class CannotRead(Exception):
    """The bytes are not a picture that is taken here. `reason` is safe to show."""

    def __init__(self, reason: Unreadable) -> None:
        super().__init__(reason.value)
        self.reason = reason


def read_image(data: bytes, *, max_side: int = MAX_SIDE) -> Rgb:
    """Decode a JPEG, PNG or WebP, upright by its EXIF, on white where transparent.

    The longer side is at most `max_side` pixels.

    Raises CannotRead, and nothing else whatever the bytes are.
    """
    if len(data) > MAX_BYTES:
        raise CannotRead(Unreadable.TOO_MANY_BYTES)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of odd metadata; the picture is what matters
            return _decoded(_judged(_opened(data)), max_side)
    except CannotRead:
        raise
    except Image.DecompressionBombError as bomb:
        raise CannotRead(Unreadable.TOO_MANY_PIXELS) from bomb
    except Exception as error:  # a decoder fed with hostile bytes fails in many ways, none of them a bug of ours
        raise CannotRead(Unreadable.DAMAGED) from error


def _opened(data: bytes) -> ImageFile.ImageFile:
    try:
        return Image.open(io.BytesIO(data), formats=_FORMATS)
    except UnidentifiedImageError as unknown:
        reason = Unreadable.UNSUPPORTED if _looks_like_an_image(data) else Unreadable.NOT_AN_IMAGE
        raise CannotRead(reason) from unknown


def _looks_like_an_image(data: bytes) -> bool:
    """Known signatures of forms that are not decoded here. A JPEG, PNG or WebP that came this far is broken.

    Sources: GIF89a, TIFF 6.0, BMP, ISO/IEC 23008-12 (HEIF: `ftyp` box with an image brand).
    """
    if data[4:8] == b"ftyp" and data[8:12] in (b"heic", b"heix", b"heif", b"hevc", b"mif1", b"msf1", b"avif"):
        return True
    return data.startswith((b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*", b"BM", b"\xff\x0a", b"\0\0\0\x0cJXL"))


def as_jpeg(picture: Rgb) -> bytes:
    """Encode a picture with nothing but its pixels: no EXIF, no place, no colour profile, no comment."""
    kept = io.BytesIO()
    Image.fromarray(picture).save(kept, "JPEG", quality=JPEG_QUALITY, optimize=True)
    return kept.getvalue()


def _judged(image: ImageFile.ImageFile) -> ImageFile.ImageFile:
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise CannotRead(Unreadable.TOO_MANY_PIXELS)
    if min(width, height) < MIN_SIDE:
        raise CannotRead(Unreadable.TOO_SMALL)
    if getattr(image, "n_frames", 1) > 1 and image.format != "MPO":
        raise CannotRead(Unreadable.ANIMATED)
    blobs = (value for value in image.info.values() if isinstance(value, bytes | str))
    if sum(len(blob) for blob in blobs) > MAX_METADATA_BYTES:
        raise CannotRead(Unreadable.METADATA_TOO_LARGE)
    return image


def _decoded(image: ImageFile.ImageFile, max_side: int) -> Rgb:
    image.draft("RGB", (max_side, max_side))  # a JPEG is decoded at 1/2, 1/4 or 1/8 where that is still large enough
    upright = ImageOps.exif_transpose(image)
    upright.thumbnail((max_side, max_side), Image.Resampling.BILINEAR, reducing_gap=2.0)
    return np.asarray(_flat(upright))


def _flat(image: Image.Image) -> Image.Image:
    """RGB; transparent parts on white."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        whole = image.convert("RGBA")
        white = Image.new("RGBA", whole.size, "white")
        return Image.alpha_composite(white, whole).convert("RGB")
    return image.convert("RGB")
