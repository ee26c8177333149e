"""Make a clip for a browser's fake camera out of a still photo of a face.

Chromium takes it with `--use-fake-device-for-media-stream --use-file-for-fake-video-capture=FILE` as its camera
and starts again at its end. A person before a camera never holds still, so the view drifts, breathes and flickers a
little; every motion has a whole number of periods in the clip, so the loop has no jump.
"""

import argparse
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from autosilo.vision.faces import Face, FaceEngine
from autosilo.vision.images import Rgb, read_image

_FACE_SHARE = 0.40  # of the frame's height: a person at arm's length from a telephone
_LARGEST_SHARE = 0.70  # accepted where the photo shows too little for more
_MIRRORED = 0.8  # of the room beside the face: how much of it may be mirrored at the photo's edge to widen it
_DRIFT = 0.02  # of the window, each way
_BREATH = 0.02  # of its size
_FLICKER = 0.04  # of the brightness
_SENSOR_NOISE = 1.5  # standard deviation, of 255
_JPEG_QUALITY = 92


class CannotMakeClip(Exception):
    """The photo has no face, or too little around it."""


def make_clip(
    photo: Path,
    out: Path,
    seconds: float = 4.0,
    *,
    size: tuple[int, int] = (640, 480),
    frames_a_second: int = 15,
    engine: FaceEngine | None = None,
) -> None:
    """Write `out`, whose suffix says the form: .y4m (raw) or .mjpeg (which Chromium plays at 30 frames a second).

    Raises CannotRead, CannotMakeClip, WeightsMissing (the face is found by the engine).
    """
    count = max(1, round(seconds * frames_a_second))
    stills = frames(photo.read_bytes(), count, size=size, engine=engine)
    if out.suffix == ".y4m":
        _write_y4m(stills, out, size, frames_a_second)
    elif out.suffix == ".mjpeg":
        _write_mjpeg(stills, out)
    else:
        raise ValueError(f"{out.name}: the suffix must be .y4m or .mjpeg")


def frames(
    photo: bytes, count: int, *, size: tuple[int, int] = (640, 480), engine: FaceEngine | None = None
) -> Iterator[Image.Image]:
    """The clip's pictures, RGB, all of `size` (width, height). Raises as `make_clip`."""
    image = read_image(photo)
    faces = (engine or FaceEngine()).detect(image)
    if not faces:
        raise CannotMakeClip("there is no face in the photo")
    image, face = _widened(image, faces[0], size)
    left, top, width, height = _window(face, image.shape[1], image.shape[0], size)
    picture = Image.fromarray(image)
    noise = np.random.default_rng(0)
    for index in range(count):
        turn = 2 * math.pi * index / count
        zoom = 1 - _BREATH * (1 - math.cos(2 * turn)) / 2  # only inwards: the window already touches the edges
        w, h = width * zoom * (1 - 2 * _DRIFT), height * zoom * (1 - 2 * _DRIFT)
        x = left + (width - w) / 2 + width * _DRIFT * math.sin(turn)
        y = top + (height - h) / 2 + height * _DRIFT * math.sin(3 * turn)
        view = picture.resize(size, Image.Resampling.BICUBIC, box=(x, y, x + w, y + h), reducing_gap=3.0)
        yield _as_seen(view, 1 + _FLICKER * math.sin(2 * turn), noise)


def _widened(image: Rgb, face: Face, size: tuple[int, int]) -> tuple[Rgb, Face]:
    """A portrait is often too narrow for a camera's frame: mirror its edges outwards, though never into the face."""
    wanted = face.height / _FACE_SHARE * size[0] / size[1]
    room = min(face.left, image.shape[1] - face.left - face.width)
    side = int(min(max(wanted - image.shape[1], 0) / 2 + 1, max(room, 0) * _MIRRORED))
    wide = np.pad(image, ((0, 0), (side, side), (0, 0)), mode="symmetric")
    return wide, replace(face, left=face.left + side)


def _window(face: Face, width: int, height: int, size: tuple[int, int]) -> tuple[float, float, float, float]:
    """Left, top, width, height of the part of the photo that fills the frame: the face in the middle where possible."""
    aspect = size[0] / size[1]
    tall = min(face.height / _FACE_SHARE, height, width / aspect)
    if face.height / tall > _LARGEST_SHARE:
        raise CannotMakeClip("the photo has too little around the face")
    x, y = face.centre
    left = min(max(x - tall * aspect / 2, 0), width - tall * aspect)
    top = min(max(y - tall / 2, 0), height - tall)
    return left, top, tall * aspect, tall


def _as_seen(view: Image.Image, light: float, noise: np.random.Generator) -> Image.Image:
    grain = noise.normal(0, _SENSOR_NOISE, (view.height, view.width, 1))
    return Image.fromarray(np.clip(np.asarray(view) * light + grain, 0, 255).astype(np.uint8))


def _write_mjpeg(stills: Iterator[Image.Image], out: Path) -> None:
    with out.open("wb") as stream:
        for still in stills:
            still.save(stream, "JPEG", quality=_JPEG_QUALITY)


def _write_y4m(stills: Iterator[Image.Image], out: Path, size: tuple[int, int], frames_a_second: int) -> None:
    """YUV4MPEG2 with 4:2:0 chroma, limited range (ITU-R BT.601)."""
    with out.open("wb") as stream:
        stream.write(f"YUV4MPEG2 W{size[0]} H{size[1]} F{frames_a_second}:1 Ip A1:1 C420\n".encode())
        for still in stills:
            luma, blue, red = still.convert("YCbCr").split()
            stream.write(b"FRAME\n")
            stream.write(_limited(np.asarray(luma, np.float32) * (219 / 255) + 16))
            for chroma in (blue, red):
                stream.write(_limited((np.asarray(chroma.reduce(2), np.float32) - 128) * (224 / 255) + 128))


def _limited(plane: np.ndarray) -> bytes:
    return np.rint(plane).astype(np.uint8).tobytes()


def main(argv: Sequence[str] | None = None) -> int:
    """`python -m autosilo.vision.samples.clip PHOTO OUT`."""
    parser = argparse.ArgumentParser(description="Make a fake-camera clip out of a photo of a face.")
    parser.add_argument("photo", type=Path)
    parser.add_argument("out", type=Path, help="a .y4m or .mjpeg file")
    parser.add_argument("--seconds", type=float, default=4.0)
    options = parser.parse_args(argv)
    make_clip(options.photo, options.out, options.seconds)
    print(f"{options.out}: {options.out.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
