""" "It is this one": kept with consent, looked at by a person, gone in time."""

from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from PIL import Image

from autosilo.platform.journey.scan import consent_text, corrections
from autosilo.platform.journey.scan.corrections import CannotCorrect, CannotDecide
from autosilo.platform.journey.scan.learning import CannotLearn, learn
from autosilo.platform.journey.scan.models import Correction, CorrectionChange
from autosilo.platform.journey.scan.seeing import reader
from autosilo.platform.resources.catalogue.models import ReferenceLook

from .test_gallery import PictureReader, picture


@pytest.fixture(autouse=True)
def _reader() -> Any:
    with reader.replaced(PictureReader()):
        yield


def suggest(shop: Any, words: str = "red suv", **changes: Any) -> Correction:
    given = {
        "photo": picture(words),
        "at": None,
        "slug": shop.model.pk,
        "taken_for": "tang",
        "consent": consent_text.VERSION,
        "language": "en",
        "now": shop.now,
    }
    return corrections.suggest(**(given | changes))


def test_what_is_kept_is_the_small_covered_crop_and_numbers(shop: Any) -> None:
    kept = suggest(shop)
    crop = Image.open(BytesIO(bytes(kept.jpeg)))
    assert crop.width <= 320
    assert not set(crop.info) & {"exif", "comment"}
    assert (kept.state, kept.view, kept.taken_for) == ("waiting", "front", "tang")
    assert kept.text_digest == consent_text.digest("en")
    assert not {"person", "session", "address"} & {field.name for field in Correction._meta.fields}


def test_of_two_cars_the_chosen_one_is_kept(shop: Any) -> None:
    left, right = (suggest(shop, "two red suv", at=(x, 0.5)) for x in (0.2, 0.8))
    assert bytes(left.jpeg)[:2] == bytes(right.jpeg)[:2] == b"\xff\xd8"
    assert (left.width, right.width) == (180, 180)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [({"consent": ""}, "no_consent"), ({"consent": "yes"}, "no_consent"), ({"slug": "tank"}, "no_such_model")],
)
def test_without_consent_or_model_nothing_is_kept(shop: Any, changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(CannotCorrect) as refusal:
        suggest(shop, **changes)
    assert refusal.value.reason == reason
    assert not Correction.objects.exists()


def test_no_car_and_too_many_are_refused(shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CannotCorrect) as refusal:
        suggest(shop, "nothing")
    assert refusal.value.reason == "no_car"
    monkeypatch.setattr(corrections, "MOST_WAITING", 1)
    suggest(shop)
    with pytest.raises(CannotCorrect) as refusal:
        suggest(shop, "blue van")
    assert refusal.value.reason == "enough"


def test_accepted_it_becomes_a_reference_and_the_picture_goes(shop: Any) -> None:
    operator = shop.add_person()
    kept = suggest(shop)
    look = corrections.accept(correction=kept, by=operator, now=shop.now)
    kept.refresh_from_db()
    assert (kept.state, kept.jpeg, kept.vector, kept.decided_by) == ("accepted", None, None, operator)
    assert (look.model, look.origin) == (shop.model, "shopper")
    assert CorrectionChange.objects.get().by == f"operator {operator.pk}"
    with pytest.raises(CannotDecide):
        corrections.accept(correction=kept, by=operator, now=shop.now)
    with pytest.raises(CannotDecide):
        corrections.decline(correction=kept, by=operator, now=shop.now)


def test_what_the_gallery_knows_already_is_not_accepted_twice(shop: Any) -> None:
    kept = suggest(shop)
    learn(model=shop.model, photo=picture("red suv"), note="", now=shop.now)
    with pytest.raises(CannotLearn):
        corrections.accept(correction=kept, by=shop.add_person(), now=shop.now)
    kept.refresh_from_db()
    assert kept.state == "waiting"


def test_declined_nothing_is_left_but_that_it_was(shop: Any) -> None:
    kept = suggest(shop)
    corrections.decline(correction=kept, by=shop.add_person(), now=shop.now)
    assert (kept.state, kept.jpeg, kept.vector, kept.fingerprint) == ("declined", None, None, "")
    assert not ReferenceLook.objects.exists()


def test_the_shopper_takes_it_back_before_and_after_it_was_accepted(shop: Any) -> None:
    first, second = suggest(shop), suggest(shop, "blue van")
    corrections.accept(correction=second, by=shop.add_person(), now=shop.now)
    for one in (first, second, second):
        corrections.withdraw(correction=one.pk, now=shop.now)
        one.refresh_from_db()
        assert (one.state, one.jpeg) == ("withdrawn", None)
    assert not ReferenceLook.objects.exists()
    corrections.withdraw(correction=uuid4(), now=shop.now)


def test_nothing_waits_longer_than_was_agreed(shop: Any) -> None:
    kept = suggest(shop)
    assert corrections.let_lapse(now=shop.now + timedelta(days=consent_text.KEPT_DAYS) - timedelta(minutes=1)) == 0
    assert corrections.let_lapse(now=shop.now + timedelta(days=consent_text.KEPT_DAYS)) == 1
    kept.refresh_from_db()
    assert (kept.state, kept.jpeg) == ("lapsed", None)
    assert str(consent_text.KEPT_DAYS) in consent_text.text("en")
    assert str(consent_text.KEPT_DAYS) in consent_text.text("zh-hans")
