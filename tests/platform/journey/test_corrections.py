""" "It is this one": kept with consent, looked at by a person, gone in time."""

from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from PIL import Image

from autosilo.platform.journey.scan import consent_text, corrections, galleries
from autosilo.platform.journey.scan.corrections import CannotCorrect, CannotDecide
from autosilo.platform.journey.scan.learning import CannotLearn, learn
from autosilo.platform.journey.scan.models import Correction, CorrectionChange, GalleryVersion
from autosilo.platform.journey.scan.seeing import reader
from autosilo.platform.journey.scan.states import VersionState
from autosilo.platform.resources.catalogue.models import ReferenceLook

from .test_gallery import PictureReader, picture, train


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


def taught_by_a_shopper(shop: Any) -> Correction:
    """A version in use, and one before it, that have a share of a shopper's photo."""
    for number in range(4):
        learn(model=shop.model, photo=picture(f"white saloon {number}"), note="", now=shop.now)
    kept = suggest(shop)
    corrections.accept(correction=kept, by=shop.add_person(), now=shop.now)
    for _ in range(2):
        train(shop)
    return kept


def used(shop: Any) -> tuple[int, int]:
    """Photos of the version in use, and how many versions there are."""
    return GalleryVersion.objects.get(state=VersionState.ACTIVE).photo_count, GalleryVersion.objects.count()


def test_what_is_taken_back_leaves_every_version_that_it_has_taught(shop: Any) -> None:
    before = GalleryVersion.objects.create(state=VersionState.FAILED, asked_at=shop.now, finished_at=None)
    kept = taught_by_a_shopper(shop)
    assert used(shop) == (5, 3)
    corrections.withdraw(correction=kept.pk, now=shop.now + timedelta(days=1))
    assert used(shop) == (5, 3), (
        "the one before is gone at once; the one in use until the next is there; one is ordered"
    )
    galleries.train(version=GalleryVersion.objects.get(state=VersionState.ORDERED).pk, clock=lambda: shop.now)
    assert used(shop) == (4, 2)
    assert GalleryVersion.objects.filter(pk=before.pk).exists()


def test_a_training_that_was_under_way_when_it_was_taken_back_is_done_again(shop: Any) -> None:
    kept = taught_by_a_shopper(shop)
    galleries.order(activate=True, by=None, now=shop.now)
    running = GalleryVersion.objects.get(state=VersionState.ORDERED)
    corrections.withdraw(correction=kept.pk, now=shop.now)
    galleries.train(version=running.pk, clock=lambda: shop.now)
    again = GalleryVersion.objects.get(state=VersionState.ORDERED)
    assert again.pk > running.pk
    galleries.train(version=again.pk, clock=lambda: shop.now)
    assert list(GalleryVersion.objects.values_list("pk", flat=True)) == [again.pk]


def test_the_only_photo_taken_back_leaves_no_gallery(shop: Any) -> None:
    kept = suggest(shop)
    corrections.accept(correction=kept, by=shop.add_person(), now=shop.now)
    train(shop)
    corrections.withdraw(correction=kept.pk, now=shop.now)
    assert not GalleryVersion.objects.exists()


def test_a_withdrawal_whose_training_died_is_tried_again_by_the_clock(shop: Any) -> None:
    kept = taught_by_a_shopper(shop)
    corrections.withdraw(correction=kept.pk, now=shop.now)
    late = shop.now + galleries.LOST_AFTER + timedelta(minutes=1)
    galleries.give_up_lost(now=late)
    galleries.renew(now=late)
    galleries.train(version=GalleryVersion.objects.get(state=VersionState.ORDERED).pk, clock=lambda: late)
    assert GalleryVersion.objects.get(state=VersionState.ACTIVE).photo_count == 4


def test_nothing_waits_longer_than_was_agreed(shop: Any) -> None:
    kept = suggest(shop)
    assert corrections.let_lapse(now=shop.now + timedelta(days=consent_text.KEPT_DAYS) - timedelta(minutes=1)) == 0
    assert corrections.let_lapse(now=shop.now + timedelta(days=consent_text.KEPT_DAYS)) == 1
    kept.refresh_from_db()
    assert (kept.state, kept.jpeg) == ("lapsed", None)
    assert str(consent_text.KEPT_DAYS) in consent_text.text("en")
    assert str(consent_text.KEPT_DAYS) in consent_text.text("zh-hans")
