"""A photo of a car, what the page says to it, and what one can say back."""

import io
import re
from typing import Any

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from autosilo.platform.journey.scan import actions as scan
from autosilo.platform.journey.scan import consent_text
from autosilo.platform.journey.scan.actions import Candidate, ScanResult
from autosilo.platform.journey.scan.models import Correction, Demand
from autosilo.platform.journey.scan.queries import entries, paints_of
from autosilo.platform.journey.scan.seeing import InstantCarReader, reader
from autosilo.platform.resources.catalogue.models import CarModel, Paint
from autosilo.vision.cars import Body, CarLook, Colour, Reason, rank


def send(client: Client, photo: bytes, *, at: str = "", **headers: str) -> Any:
    return client.post("/scan", {"photo": SimpleUploadedFile("photo.jpg", photo), "at": at}, headers=headers)


def test_offers_the_closest_models_with_reasons(shop: Any, client: Client) -> None:
    shop.add_model("tang", body="suv")
    text = send(client, b"red suv").content.decode()
    assert 'data-testid="scan-similar"' in text
    assert "We see: SUV, Red" in text
    assert text.index('data-slug="tang"') < text.index('data-slug="byd-seal"')
    assert "same body type" in text
    assert "comes in this colour" in text


def test_names_the_model_when_it_is_sure(shop: Any, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    found = ScanResult(
        found=True,
        candidates=(Candidate(model=shop.model, exact=True, score=0.99, reasons=("look", "make")),),
        body="saloon",
        colour="white",
    )
    monkeypatch.setattr(scan, "look", lambda **_: found)
    text = send(client, b"any").content.decode()
    assert 'data-testid="scan-exact"' in text
    assert text.index("same make") < text.index("looks like it")
    assert 'href="/book/byd-seal"' in text
    assert 'href="/cars/byd-seal"' in text


HELP = [("no_car", "Aim at one car"), ("unclear", "another angle"), ("too_far", "Come closer")]


@pytest.mark.parametrize(("hint", "words"), HELP)
def test_says_that_there_is_no_car_and_what_would_help(
    shop: Any, client: Client, monkeypatch: pytest.MonkeyPatch, hint: str, words: str
) -> None:
    monkeypatch.setattr(scan, "look", lambda **_: ScanResult(found=False, hint=hint))
    text = send(client, b"nothing").content.decode()
    assert "No car in this picture" in text
    assert words in text


def test_every_unreadable_picture_has_words(shop: Any, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for reason, words in scan.CannotRead.messages.items():

        def refuse(reason: str = reason, **_: Any) -> ScanResult:
            raise scan.CannotRead(reason)

        monkeypatch.setattr(scan, "look", refuse)
        response = send(client, b"?")
        assert response.status_code == 422
        assert str(words) in response.content.decode()


def test_an_empty_file_and_no_file_are_explained(db: None, client: Client) -> None:
    assert "This file is empty." in send(client, b"").content.decode()
    assert "Please choose a photo first." in client.post("/scan").content.decode()


def test_a_file_over_the_limit_is_explained(db: None, client: Client, settings: Any) -> None:
    settings.MAX_UPLOAD_BYTES = settings.FILE_UPLOAD_MAX_MEMORY_SIZE = settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20
    response = send(client, b"x" * (3 * 2**20))
    assert response.status_code == 422
    assert "larger than 2 MB" in response.content.decode()


def test_htmx_gets_the_answer_alone(shop: Any, client: Client) -> None:
    part = send(client, b"red suv", **{"HX-Request": "true"})
    assert b"<html" not in part.content
    assert b"scan-candidate" in part.content


def test_too_many_photos_are_stopped(shop: Any, client: Client) -> None:
    answers = [send(client, b"nothing").status_code for _ in range(22)]
    assert answers[0] == 200
    assert answers[-1] == 429


def test_candidates_are_drawn_in_a_paint_that_stands_in_a_tower(shop: Any, client: Client) -> None:
    tang = shop.add_model("tang", body="suv")
    text = send(client, b"red suv").content.decode()
    assert 'href="/cars/tang?paint=red"' in text  # no car yet: any of its paints
    shop.add_cars(1, model=tang, code="white")
    text = send(client, b"red suv").content.decode()
    assert 'href="/cars/tang?paint=white"' in text
    (tangs,) = (part for part in text.split('data-slug="') if part.startswith('tang"'))
    assert "#f2f4f3" in tangs
    assert "#a3161f" not in tangs


def test_a_reason_names_the_same_body_only_where_it_is_the_same(shop: Any, client: Client) -> None:
    shop.add_model("tang", body="suv")
    shop.add_model("bus", body="van")
    look = CarLook(
        found=True, score=0.9, body={Body.SUV: 0.55, Body.VAN: 0.45}, colour=Colour.RED, embedding=np.ones(1280) / 36
    )
    offered = {one.slug: one.reasons for one in rank(look, {}, entries(*catalogue()))}
    assert Reason.BODY in offered["tang"]
    assert Reason.SHAPE not in offered["tang"]
    assert Reason.BODY not in offered["bus"]
    assert Reason.SHAPE in offered["bus"]


def catalogue() -> tuple[list[CarModel], dict[str, list[Paint]]]:
    models = list(CarModel.objects.all())
    return models, paints_of(models)


# --- several cars, another colour ---


def test_of_several_cars_one_can_be_chosen(shop: Any, client: Client) -> None:
    text = send(client, b"two red suv").content.decode()
    assert "2 cars in the picture" in text
    (left, right) = re.findall(r'name="at" value="([^"]+)"', text)[:2]
    assert pressed(text) == ["true", "false"]
    assert pressed(send(client, b"two red suv", at=right).content.decode()) == ["false", "true"]
    assert pressed(send(client, b"two red suv", at=left).content.decode()) == ["true", "false"]


def pressed(text: str) -> list[str]:
    return re.findall(r'data-car="[^"]+" aria-pressed="(\w+)"', text)


@pytest.mark.parametrize("at", ["", "left", "0.5", "2,0.5", "nan,nan", "0.5,0.5,0.5", "inf,0"])
def test_a_place_that_is_none_means_the_main_car(shop: Any, client: Client, at: str) -> None:
    assert pressed(send(client, b"two red suv", at=at).content.decode()) == ["true", "false"]


def note_of(text: str) -> str:
    return re.findall(r'name="seen" value="([^"]+)"', text)[0]


def test_another_colour_is_one_tap(shop: Any, client: Client) -> None:
    tang = shop.add_model("tang", body="suv")
    shop.add_cars(1, model=tang, code="white")
    shop.add_cars(1, model=tang, code="red")
    text = send(client, b"two red suv").content.decode()
    assert set(re.findall(r'name="colour" value="(\w+)"', text)) == {"red", "white"}
    white = client.get("/scan/colour", {"seen": note_of(text), "colour": "white"}).content.decode()
    assert "We see: SUV, White" in white
    assert 'href="/cars/tang?paint=white"' in white
    assert "2 cars in the picture" in white
    again = client.get("/scan/colour", {"seen": note_of(white), "colour": "red"}).content.decode()
    assert 'href="/cars/tang?paint=red"' in again


def test_a_note_that_is_not_ours_or_a_colour_that_is_none_is_refused(shop: Any, client: Client) -> None:
    note = note_of(send(client, b"red suv").content.decode())
    assert client.get("/scan/colour", {"seen": note, "colour": "plaid"}).status_code == 404
    for wrong in ("", "x", note[:-2] + "xx"):
        assert client.get("/scan/colour", {"seen": wrong, "colour": "red"}).status_code == 422
        assert client.post("/scan/correction", {"seen": wrong, "model": "byd-seal"}).status_code == 422
    assert client.post("/scan/correction/withdraw", {"kept": note}).status_code == 404


# --- what one can say back ---


class JpegReader(InstantCarReader):
    """Sees a red SUV in whatever Pillow can open."""

    def look(self, photo: bytes, at: Any = None) -> CarLook:
        Image.open(io.BytesIO(photo)).verify()
        return super().look(b"red suv", at)


def jpeg() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (400, 300), "teal").save(out, "JPEG")
    return out.getvalue()


def correct(client: Client, **said: Any) -> Any:
    note = note_of(send(client, jpeg()).content.decode())
    photo = SimpleUploadedFile("photo.jpg", jpeg())
    return client.post("/scan/correction", {"seen": note, "photo": photo, "model": "byd-seal"} | said)


@pytest.fixture
def _jpegs() -> Any:
    with reader.replaced(JpegReader()):
        yield


@pytest.mark.usefixtures("_jpegs")
def test_the_consent_is_unticked_and_without_it_nothing_is_kept(shop: Any, client: Client) -> None:
    text = send(client, jpeg()).content.decode()
    (box,) = re.findall(r'<input type="checkbox"[^>]*name="consent"[^>]*>', text)
    assert "checked" not in box
    answer = correct(client).content.decode()
    assert "Nothing of your photo was kept." in answer
    assert 'href="/cars/byd-seal"' in answer
    assert not Correction.objects.exists()


@pytest.mark.usefixtures("_jpegs")
def test_with_consent_it_waits_for_a_person_and_can_be_deleted(shop: Any, client: Client) -> None:
    answer = correct(client, consent=consent_text.VERSION).content.decode()
    kept = Correction.objects.get()
    assert (kept.state, kept.model_id, kept.taken_for) == ("waiting", "byd-seal", "byd-seal")
    (token,) = re.findall(r'name="kept" value="([^"]+)"', answer)
    gone = client.post("/scan/correction/withdraw", {"kept": token}).content.decode()
    assert "It is deleted." in gone
    kept.refresh_from_db()
    assert (kept.state, kept.jpeg) == ("withdrawn", None)


@pytest.mark.usefixtures("_jpegs")
def test_a_consent_without_its_photo_or_a_model_is_explained(shop: Any, client: Client) -> None:
    assert correct(client, consent=consent_text.VERSION, photo="").status_code == 422
    assert correct(client, model="").status_code == 422
    assert correct(client, consent="some other words").status_code == 422
    assert not Correction.objects.exists()


@pytest.mark.usefixtures("_jpegs")
@pytest.mark.parametrize(("make", "counted"), [("BMW", "BMW"), ("", ""), ("my neighbour Wang", "")])
def test_a_car_that_we_do_not_have_is_counted_by_make(shop: Any, client: Client, make: str, counted: str) -> None:
    answer = correct(client, model="-", make=make).content.decode()
    assert "Not in our catalogue yet" in answer
    (row,) = Demand.objects.all()
    assert (row.body, row.make, row.source, row.count) == ("suv", counted, "told", 1)


@pytest.mark.usefixtures("_jpegs")
def test_htmx_gets_what_was_said_alone(shop: Any, client: Client) -> None:
    note = note_of(send(client, jpeg()).content.decode())
    part = client.post("/scan/correction", {"seen": note, "model": "byd-seal"}, headers={"HX-Request": "true"})
    assert b"<html" not in part.content


def test_a_car_of_no_model_of_ours_says_so(shop: Any, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    other = Candidate(model=shop.model, exact=False, score=0.3, reasons=("body",))
    found = ScanResult(found=True, candidates=(other,), body="saloon", colour="red", in_catalogue=False, make="BYD")
    monkeypatch.setattr(scan, "look", lambda **_: found)
    text = send(client, b"any").content.decode()
    assert 'data-testid="scan-not-sold"' in text
    assert "It may be a BYD that we do not have." in text
    assert "Similar ones that you can try" in text
