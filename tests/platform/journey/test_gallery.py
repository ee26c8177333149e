"""What an operator's photos teach the scan."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from autosilo.platform.journey.scan.learning import CannotLearn, learn
from autosilo.platform.resources.catalogue.models import ReferenceLook


def test_a_photo_becomes_numbers_and_a_second_time_nothing(shop):
    look = learn(model=shop.model, photo=b"red suv", note="front", now=shop.now)
    assert len(bytes(look.vector)) == 1280 * 4
    with pytest.raises(CannotLearn) as refusal:
        learn(model=shop.model, photo=b"red suv", note="again", now=shop.now)
    assert refusal.value.reason == "known_already"
    with pytest.raises(CannotLearn) as refusal:
        learn(model=shop.model, photo=b"nothing", note="", now=shop.now)
    assert refusal.value.reason == "no_car"
    assert ReferenceLook.objects.count() == 1


def test_the_command_tells_what_it_took_and_what_it_did_not(shop, tmp_path):
    (tmp_path / "car.jpg").write_bytes(b"blue saloon")
    (tmp_path / "letter.jpg").write_bytes(b"")
    said, complained = StringIO(), StringIO()
    call_command(
        "gallery_add",
        shop.model.pk,
        tmp_path / "car.jpg",
        tmp_path / "letter.jpg",
        tmp_path / "absent.jpg",
        stdout=said,
        stderr=complained,
    )
    assert "1 of 3 added, 1 in all" in said.getvalue()
    assert "letter.jpg: This is not a picture." in complained.getvalue()
    assert "absent.jpg" in complained.getvalue()
    listed = StringIO()
    call_command("gallery_list", stdout=listed)
    assert f"   1  {shop.model.pk}" in listed.getvalue()
    assert "compared once 3 models have photos; 1 have" in listed.getvalue()


def test_an_unknown_model_is_named_with_those_that_there_are(shop):
    with pytest.raises(CommandError, match=shop.model.pk):
        call_command("gallery_add", "no-such-car", "x.jpg")
