"""Every kind of bad picture at the border of the scan: a clear sentence, never a server error, the reader unasked."""

import io
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from autosilo.platform.journey.scan import consent_text
from autosilo.platform.journey.scan.models import Correction
from autosilo.platform.journey.scan.seeing import InstantCarReader, reader
from autosilo.vision.cars import CarLook
from autosilo.vision.images import read_image


class Border(InstantCarReader):
    """Decodes as the engine does, and sees a red SUV."""

    def look(self, photo: bytes, at: Any = None) -> CarLook:
        read_image(photo)
        return super().look(b"red suv", at)


@pytest.fixture(autouse=True)
def _border() -> Iterator[None]:
    with reader.replaced(Border()):
        yield


def encoded(form: str, size: tuple[int, int] = (320, 240), **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, form, **options)
    return out.getvalue()


def noise() -> bytes:
    out = io.BytesIO()
    Image.fromarray(np.random.default_rng(1).integers(0, 255, (400, 400, 3), np.uint8)).save(out, "JPEG")
    return out.getvalue()


def moving(form: str) -> bytes:
    frames = [Image.new("RGB", (64, 64), colour) for colour in ("red", "blue")]
    out = io.BytesIO()
    frames[0].save(out, form, save_all=True, append_images=frames[1:], duration=100)
    return out.getvalue()


def huge_metadata() -> bytes:
    info = PngInfo()
    for number in range(4):
        info.add_text(f"Comment{number}", "x" * 600_000)
    return encoded("PNG", pnginfo=info)


HEIC = b"\0\0\0\x18ftypheic\0\0\0\0heicmif1" + b"\0" * 200
BAD = {
    "a text": (b"a letter and no photo", "This is not a picture."),
    "a program": (b"MZ" + b"\0" * 500, "This is not a picture."),
    "truncated": (noise()[:4000], "This picture is damaged."),
    "60 megapixels": (encoded("JPEG", (10_000, 6_000), quality=5), "too many pixels"),
    "an animated WebP": (moving("WEBP"), "This is a moving picture."),
    "an animated PNG": (moving("PNG"), "This is a moving picture."),
    "an animated GIF": (moving("GIF"), "This kind of picture is not supported."),
    "HEIC": (HEIC, "This is a HEIC picture"),
    "TIFF": (encoded("TIFF"), "This kind of picture is not supported."),
    "huge metadata": (huge_metadata(), "carries too much besides the picture"),
    "tiny": (encoded("PNG", (8, 8)), "too small to see anything"),
    "empty": (b"", "This file is empty."),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_picture_is_explained(shop: Any, client: Client, kind: str) -> None:
    photo, words = BAD[kind]
    response = client.post("/scan", {"photo": SimpleUploadedFile("photo.jpg", photo)})
    assert response.status_code == 422
    assert words in response.content.decode()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_good_one_is_taken(shop: Any, client: Client, form: str) -> None:
    response = client.post("/scan", {"photo": SimpleUploadedFile("photo", encoded(form))})
    assert response.status_code == 200
    assert b"We see: SUV, Red" in response.content


SEEDS = {form: encoded(form, (64, 48)) for form in ("JPEG", "PNG", "WEBP")}
ANSWERS = {200, 422}
EDITS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=12)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(form=st.sampled_from(sorted(SEEDS)), edits=EDITS, keep=st.floats(0.05, 1), at=st.text(max_size=30))
def test_damaged_bytes_and_a_nonsensical_place_are_answered(
    unlimited: Client, form: str, edits: list[tuple[float, int]], keep: float, at: str
) -> None:
    data = bytearray(SEEDS[form])
    for where, value in edits:
        data[int(where * (len(data) - 1))] = value
    photo = SimpleUploadedFile("photo", bytes(data[: int(len(data) * keep)]))
    response = unlimited.post("/scan", {"photo": photo, "at": at})
    assert response.status_code in ANSWERS
    if response.status_code == 422:
        assert b'data-testid="scan-problem"' in response.content, "says what is wrong"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=400))
def test_any_bytes_are_answered(unlimited: Client, data: bytes) -> None:
    assert unlimited.post("/scan", {"photo": SimpleUploadedFile("photo", data)}).status_code == 422


@pytest.fixture
def unlimited(shop: Any, client: Client, settings: Any) -> Client:
    """Who may ask as often as the fuzzer does."""
    settings.LIMITS_FACTOR = 1_000_000
    return client


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    fields=st.fixed_dictionaries(
        {},
        optional={
            "seen": st.one_of(st.just("real"), st.text(max_size=40)),
            "model": st.one_of(st.sampled_from(["byd-seal", "-"]), st.text(max_size=80)),
            "make": st.text(max_size=60),
            "consent": st.one_of(st.just(consent_text.VERSION), st.text(max_size=20)),
            "at": st.text(max_size=30),
            "photo": st.binary(max_size=300),
        },
    ),
    good=st.booleans(),
)
def test_a_correction_made_of_anything_is_answered(unlimited: Client, fields: dict[str, Any], good: bool) -> None:
    sent = dict(fields)
    if sent.get("seen") == "real":
        sent["seen"] = seen_by(unlimited)
    if "photo" in sent:
        sent["photo"] = SimpleUploadedFile("photo", SEEDS["JPEG"] if good else sent["photo"])
    response = unlimited.post("/scan/correction", sent)
    has_nul = any("\0" in value for name, value in sent.items() if name != "photo")
    assert response.status_code in ({400} if has_nul else ANSWERS), response.status_code
    kept = Correction.objects.count()
    Correction.objects.all().delete()
    if kept:
        assert (sent["model"], sent["consent"], good) == ("byd-seal", consent_text.VERSION, True)


@given(kept=st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=200))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_was_not_given_out_by_us_withdraws_nothing(unlimited: Client, kept: str) -> None:
    assert unlimited.post("/scan/correction/withdraw", {"kept": kept}).status_code == 404


def seen_by(client: Client) -> str:
    """What the page of a scan remembers of it."""
    page = client.post("/scan", {"photo": SimpleUploadedFile("photo", SEEDS["JPEG"])}).content.decode()
    found = re.search(r'name="seen" value="([^"]+)"', page)
    assert found is not None
    return found[1]
