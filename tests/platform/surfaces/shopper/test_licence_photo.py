"""A photo of the licence for a person to look at: agreed to, pixels alone, sealed, and gone with the decision."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from PIL import Image

from autosilo.platform.kit import clock
from autosilo.platform.resources.licences import queries, reviewing
from autosilo.platform.resources.licences.consent_text import VERSION
from autosilo.platform.resources.licences.models import LicenceProof, LicenceReview, LicenceReviewChange
from autosilo.platform.resources.licences.sealing import seal, unseal
from autosilo.platform.resources.licences.states import Way
from autosilo.platform.resources.notices.models import Notice
from autosilo.platform.resources.people.models import AuditEntry, DrivingLicence, Person

PLACE = b"Amaurot, 12 Harbour Street"


def picture(width: int = 2600, height: int = 1600) -> bytes:
    """As a phone takes it: turned by its EXIF, which names a place."""
    exif = Image.Exif()
    exif[0x010E] = PLACE.decode()
    exif[0x0112] = 6
    out = io.BytesIO()
    Image.new("RGB", (width, height), (180, 40, 60)).save(out, "JPEG", exif=exif)
    return out.getvalue()


def send(client: Client, photo: bytes, **fields: str) -> str:
    upload = SimpleUploadedFile("licence.jpg", photo, content_type="image/jpeg")
    given = {"consent": VERSION} | fields
    return client.post("/me/licence/photo", given | {"photo": upload}, follow=True).content.decode()


@contextmanager
def refusing(reason: str) -> Iterator[None]:
    with pytest.raises(reviewing.CannotDecideLicence) as caught:
        yield
    assert caught.value.reason == reason


@pytest.fixture
def person(shop: Any, signed_in: Callable[..., Person]) -> Person:
    return signed_in(proven=False)


@pytest.fixture
def operator(shop: Any) -> Person:
    person: Person = shop.add_person(is_staff=True, proven=False)
    return person


def sent(client: Client) -> LicenceReview:
    send(client, picture())
    return LicenceReview.objects.get(state="open")


def test_it_is_kept_sealed_and_without_exif(person: Person, client: Client, operator: Person) -> None:
    assert PLACE in picture()
    page = send(client, picture())
    assert 'data-testid="licence-photo-waits"' in page
    review = LicenceReview.objects.get()
    assert (review.person, review.consent, review.state) == (person, VERSION, "open")
    assert b"JFIF" not in bytes(review.sealed or b"")
    seen = reviewing.look(review=review, by=operator, now=clock.now())
    assert seen is not None
    assert PLACE not in seen
    opened = Image.open(io.BytesIO(seen))
    assert opened.size == (1231, 2000), "upright, and no larger than is needed"
    assert not opened.getexif()
    entry = AuditEntry.objects.get(action="licence_photo_seen")
    assert (entry.actor, entry.target, entry.detail) == (operator, f"person {person.pk}", {})


@pytest.mark.parametrize(
    ("photo", "fields", "words"),
    [
        (picture(), {"consent": ""}, "Please read the consent"),
        (picture(), {"consent": "licence-1999"}, "Please read the consent"),
        (b"no picture", {}, "not a photo that we can read"),
        (b"", {}, "This file is empty"),
    ],
)
def test_what_is_not_taken(person: Person, client: Client, photo: bytes, fields: dict[str, str], words: str) -> None:
    assert words in send(client, photo, **fields)
    assert not LicenceReview.objects.exists()


def test_details_come_first_and_one_photo_waits_at_a_time(person: Person, client: Client) -> None:
    send(client, picture())
    assert "waits for an answer already" in send(client, picture())
    assert LicenceReview.objects.count() == 1
    LicenceReview.objects.all().delete()
    DrivingLicence.objects.all().delete()
    assert "complete your details" in send(client, picture())
    assert not LicenceReview.objects.exists()


def test_the_shopper_takes_it_back(person: Person, client: Client, operator: Person) -> None:
    review = sent(client)
    assert "Your photo is deleted." in client.post("/me/licence/photo/withdraw", follow=True).content.decode()
    assert "no photo of yours" in client.post("/me/licence/photo/withdraw", follow=True).content.decode()
    review.refresh_from_db()
    assert (review.state, review.sealed) == ("withdrawn", None)
    assert reviewing.look(review=review, by=operator, now=clock.now()) is None
    with refusing("decided"):
        reviewing.refuse(review=review, reason="It is too dark to read.", by=operator, now=clock.now())


def test_accepted_it_counts_and_the_photo_is_gone(person: Person, client: Client, operator: Person) -> None:
    review = sent(client)
    until = date(2031, 5, 4)
    reviewing.accept(review=review, expires_on=until, categories=["B", "X"], by=operator, now=clock.now())
    proof = LicenceProof.objects.get()
    assert (proof.way, proof.categories, proof.expires_on) == (Way.REVIEW, ["B"], until)
    assert queries.proved_until(queries.licence_with_proof(person=person)) == until
    review.refresh_from_db()
    assert (review.state, review.sealed, review.decided_by) == ("accepted", None, operator)
    change = LicenceReviewChange.objects.get()
    assert (change.source, change.target, change.by) == ("open", "accepted", f"operator {operator.pk}")
    assert Notice.objects.get().kind == "licence_accepted"
    assert set(AuditEntry.objects.values_list("action", flat=True)) == {"licence_decided", "licence_proven"}
    assert 'data-state="verified"' in client.get("/me/licence").content.decode()


def test_refused_with_a_reason_the_shopper_can_send_another(person: Person, client: Client, operator: Person) -> None:
    review = sent(client)
    with refusing("reason_missing"):
        reviewing.refuse(review=review, reason="no", by=operator, now=clock.now())
    reviewing.refuse(review=review, reason="The number cannot be read.", by=operator, now=clock.now())
    review.refresh_from_db()
    assert review.sealed is None
    assert "The number cannot be read." in Notice.objects.get().body
    page = client.get("/me/licence").content.decode()
    assert "The number cannot be read." in page
    assert 'data-testid="licence-photo-send"' in page
    assert not LicenceProof.objects.exists()
    assert sent(client).state == "open"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"categories": []}, "category"),
        ({"categories": ["A"]}, "category"),
        ({"expires_on": date(2020, 1, 1)}, "expired"),
    ],
)
def test_what_cannot_be_accepted(
    person: Person, client: Client, operator: Person, changes: dict[str, Any], reason: str
) -> None:
    review = sent(client)
    given = {"categories": ["B"], "expires_on": date(2031, 1, 1)} | changes
    with refusing(reason):
        reviewing.accept(review=review, **given, by=operator, now=clock.now())
    assert LicenceReview.objects.get().state == "open"


def test_other_details_since_then_need_another_photo(person: Person, client: Client, operator: Person) -> None:
    review = sent(client)
    DrivingLicence.objects.update(stated_at=clock.now() + timedelta(seconds=1))
    with refusing("changed"):
        reviewing.accept(review=review, expires_on=date(2031, 1, 1), categories=["B"], by=operator, now=clock.now())
    assert LicenceReview.objects.get().state == "open"
    assert not LicenceProof.objects.exists()


def test_nobody_decides_on_their_own(person: Person, client: Client) -> None:
    review = sent(client)
    with refusing("own"):
        reviewing.accept(review=review, expires_on=date(2031, 1, 1), categories=["B"], by=person, now=clock.now())


def test_a_photo_that_nobody_looks_at_goes_after_a_week(person: Person, client: Client) -> None:
    review = sent(client)
    assert reviewing.let_lapse(now=clock.now() + timedelta(days=6)) == 0
    assert reviewing.let_lapse(now=clock.now() + timedelta(days=8)) == 1
    review.refresh_from_db()
    assert (review.state, review.sealed) == ("lapsed", None)
    assert "Nobody looked in time" in client.get("/me/licence").content.decode()
    assert reviewing.let_lapse(now=clock.now() + timedelta(days=500)) == 0
    assert not LicenceReview.objects.exists()


def test_the_database_keeps_no_photo_of_what_is_decided(person: Person, client: Client) -> None:
    review = sent(client)
    with pytest.raises(IntegrityError), transaction.atomic():
        LicenceReview.objects.filter(pk=review.pk).update(state="accepted")


def test_a_sealed_photo_opens_in_its_own_row_under_its_own_key(settings: Any, person: Person, client: Client) -> None:
    review = sent(client)
    other = LicenceReview(person=person)
    sealed = seal(b"pixels", review=review.pk)
    assert unseal(sealed, review=review.pk) == b"pixels"
    with pytest.raises(InvalidTag):
        unseal(sealed, review=other.pk)
    settings.SECRET_KEY = "another"
    with pytest.raises(InvalidTag):
        unseal(sealed, review=review.pk)
