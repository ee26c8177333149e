"""A photo of a car, and what the page says to it."""

from typing import Any

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from autosilo.platform.journey.scan import actions as scan
from autosilo.platform.journey.scan.actions import Candidate, ScanResult
from autosilo.platform.journey.scan.queries import entries, paints_of
from autosilo.platform.resources.catalogue.models import CarModel, Paint
from autosilo.vision.cars.ranking import rank
from autosilo.vision.cars.types import Body, CarLook, Colour, Reason


def send(client: Client, photo: bytes, **headers: str) -> Any:
    return client.post("/scan", {"photo": SimpleUploadedFile("photo.jpg", photo)}, headers=headers)


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
        candidates=(Candidate(model=shop.model, exact=True, score=0.99, reasons=("look",)),),
        body="saloon",
        colour="white",
    )
    monkeypatch.setattr(scan, "look", lambda photo: found)
    text = send(client, b"any").content.decode()
    assert 'data-testid="scan-exact"' in text
    assert "looks like it" in text
    assert 'href="/cars/byd-seal"' in text


HELP = [("no_car", "Aim at one car"), ("unclear", "another angle"), ("too_far", "Come closer")]


@pytest.mark.parametrize(("hint", "words"), HELP)
def test_says_that_there_is_no_car_and_what_would_help(
    shop: Any, client: Client, monkeypatch: pytest.MonkeyPatch, hint: str, words: str
) -> None:
    monkeypatch.setattr(scan, "look", lambda photo: ScanResult(found=False, hint=hint))
    text = send(client, b"nothing").content.decode()
    assert "No car in this picture" in text
    assert words in text


def test_every_unreadable_picture_has_words(shop: Any, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for reason, words in scan.CannotRead.messages.items():

        def refuse(photo: bytes, reason: str = reason) -> ScanResult:
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
