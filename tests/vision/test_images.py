import io
import struct
import time
import zlib
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from autosilo.vision.images import MAX_METADATA_BYTES, CannotRead, Unreadable, read_image


def encoded(image: Image.Image, form: str = "JPEG", **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, form, **options)
    return stream.getvalue()


def scene(width: int = 120, height: int = 80) -> Image.Image:
    """Left half red, right half blue."""
    image = Image.new("RGB", (width, height), "red")
    image.paste("blue", (width // 2, 0, width, height))
    return image


def reason_for(data: bytes) -> Unreadable:
    with pytest.raises(CannotRead) as refused:
        read_image(data)
    return refused.value.reason


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds next to nothing."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 10)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_picture_becomes_an_rgb_array(form: str) -> None:
    image = read_image(encoded(scene(), form))
    assert image.shape == (80, 120, 3)
    assert image.dtype == np.uint8
    assert image[40, 20, 0] > 200 > 60 > image[40, 20, 2]
    assert image[40, 100, 2] > 200 > 60 > image[40, 100, 0]


def test_a_large_picture_is_reduced_and_keeps_its_proportions() -> None:
    assert read_image(encoded(scene(4000, 3000)), max_side=800).shape == (600, 800, 3)


def test_exif_rotation_is_undone() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter clockwise
    image = read_image(encoded(scene(), exif=exif))
    assert image.shape == (120, 80, 3)
    assert image[10, 40, 0] > 200, "what was left is now above"


def test_transparency_becomes_white() -> None:
    image = read_image(encoded(Image.new("RGBA", (50, 50), (0, 0, 0, 0)), "PNG"))
    assert (image == 255).all()


@pytest.mark.parametrize("mode", ["L", "P", "1", "CMYK", "LA", "I;16"])
def test_other_colour_models_become_rgb(mode: str) -> None:
    form = "JPEG" if mode == "CMYK" else "PNG"
    source = Image.new("I;16", (50, 40)) if mode == "I;16" else scene(50, 40).convert(mode)
    assert read_image(encoded(source, form)).shape == (40, 50, 3)


def test_text_is_not_an_image() -> None:
    assert reason_for(b"I am a photograph, trust me.\n" * 50) is Unreadable.NOT_AN_IMAGE
    assert reason_for(b"") is Unreadable.NOT_AN_IMAGE


def test_a_cut_file_is_damaged() -> None:
    whole = encoded(scene(600, 400))
    assert reason_for(whole[: len(whole) // 2]) is Unreadable.DAMAGED


def test_an_animation_is_refused() -> None:
    frames = [scene(), scene().transpose(Image.Transpose.FLIP_LEFT_RIGHT)]
    moving = encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:])
    assert reason_for(moving) is Unreadable.ANIMATED
    moving = encoded(frames[0], "PNG", save_all=True, append_images=frames[1:])
    assert reason_for(moving) is Unreadable.ANIMATED


def test_foreign_forms_are_named_unsupported() -> None:
    assert reason_for(encoded(scene(), "GIF")) is Unreadable.UNSUPPORTED
    assert reason_for(encoded(scene(), "TIFF")) is Unreadable.UNSUPPORTED
    assert reason_for(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 100) is Unreadable.UNSUPPORTED


def test_a_60_megapixel_picture_is_refused_before_it_is_decoded() -> None:
    started = time.perf_counter()
    assert reason_for(png_header(10_000, 6_000)) is Unreadable.TOO_MANY_PIXELS
    assert reason_for(png_header(60_000, 60_000)) is Unreadable.TOO_MANY_PIXELS
    assert time.perf_counter() - started < 0.5, "decoding 60 megapixels takes longer"


def test_a_real_60_megapixel_jpeg_is_refused() -> None:
    assert reason_for(encoded(Image.new("L", (10_000, 6_000)), quality=1)) is Unreadable.TOO_MANY_PIXELS


def test_too_many_bytes_are_refused() -> None:
    assert reason_for(encoded(scene()) + b"\0" * 25_000_000) is Unreadable.TOO_MANY_BYTES


def test_huge_metadata_is_refused() -> None:
    profile = b"x" * (MAX_METADATA_BYTES + 1)
    assert reason_for(encoded(scene(), icc_profile=profile)) is Unreadable.METADATA_TOO_LARGE


def test_a_dot_is_refused() -> None:
    assert reason_for(encoded(scene(16, 16), "PNG")) is Unreadable.TOO_SMALL


SEEDS = {form: encoded(scene(64, 48), form) for form in ("JPEG", "PNG", "WEBP")}


@settings(max_examples=300, deadline=None)
@given(
    form=st.sampled_from(sorted(SEEDS)),
    edits=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=12),
    keep=st.floats(0.05, 1),
)
def test_damaged_bytes_give_a_picture_or_a_refusal(form: str, edits: list[tuple[float, int]], keep: float) -> None:
    data = bytearray(SEEDS[form])
    for where, value in edits:
        data[int(where * (len(data) - 1))] = value
    with suppress(CannotRead):
        image = read_image(bytes(data[: int(len(data) * keep)]))
        assert image.dtype == np.uint8
        assert image.ndim == 3
        assert image.shape[2] == 3


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_refused_in_good_order(data: bytes) -> None:
    assert reason_for(data) in set(Unreadable)
