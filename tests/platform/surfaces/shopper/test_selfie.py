"""The selfie: consent first, judged by the server, never the only way."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from autosilo.platform.journey.identity.consent_text import PASS_FACE_VERSION, VERSION
from autosilo.platform.journey.identity.models import BiometricConsent, FaceTemplate
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.resources.people.models import Person
from autosilo.wire.identity import IdentityMode


@pytest.fixture
def trial(shop: Any, signed_in: Callable[..., Person]) -> Trial:
    shop.add_cars(1)
    booked: Trial = shop.book(signed_in())
    return booked


def send(client: Client, trial: Trial, photo: bytes = b"a good face", *, consent: str = VERSION, **headers: str) -> Any:
    data: dict[str, Any] = {"consent": consent, "photo": SimpleUploadedFile("photo.jpg", photo)}
    return client.post(f"/trials/{trial.pk}/selfie", data, headers=headers)


def test_shows_the_consent_and_an_equal_other_way(client: Client, trial: Trial) -> None:
    text = client.get(f"/trials/{trial.pk}/selfie").content.decode()
    assert "for the kiosk" not in text or "What for:" in text
    assert "How long:" in text
    assert f'value="{VERSION}" data-consent data-testid="selfie-consent">' in text  # not ticked beforehand
    assert 'data-testid="use-pass"' in text


def test_a_good_picture_is_kept_as_a_sealed_template(client: Client, trial: Trial) -> None:
    response = send(client, trial)
    assert response["Location"] == f"/trials/{trial.pk}"
    assert FaceTemplate.objects.get().sealed
    assert BiometricConsent.objects.get().text_version == VERSION
    assert "The kiosk knows your face" in client.get(f"/trials/{trial.pk}").content.decode()


def test_htmx_is_sent_on_by_a_header(client: Client, trial: Trial) -> None:
    assert send(client, trial, **{"HX-Request": "true"})["HX-Redirect"] == f"/trials/{trial.pk}"


def test_the_consent_is_recorded_in_the_language_that_was_shown(client: Client, trial: Trial) -> None:
    send(client, trial, **{"accept-language": "zh-hans"})
    assert BiometricConsent.objects.get().language == "zh-hans"


@pytest.mark.parametrize(
    ("photo", "words"),
    [
        (b"no_face", "There is no face in this picture."),
        (b"several_faces", "There is more than one face."),
        (b"too_dark", "It is too dark."),
        (b"", "This file is empty."),
    ],
)
def test_a_bad_picture_is_explained_and_nothing_is_kept(client: Client, trial: Trial, photo: bytes, words: str) -> None:
    whole = send(client, trial, photo)
    part = send(client, trial, photo, **{"HX-Request": "true"})
    assert (whole.status_code, part.status_code) == (422, 422)
    assert words in whole.content.decode()
    assert words in part.content.decode()
    assert b"<html" not in part.content
    assert not FaceTemplate.objects.exists()
    assert not BiometricConsent.objects.exists()


def test_without_consent_the_picture_is_not_even_looked_at(client: Client, trial: Trial, fakes: Any) -> None:
    response = send(client, trial, consent="")
    assert response.status_code == 422
    assert "Please read the consent and tick it first." in response.content.decode()
    assert not FaceTemplate.objects.exists()


def test_an_outdated_consent_is_asked_for_again(client: Client, trial: Trial) -> None:
    response = send(client, trial, consent="face-1999-01")
    assert "The words of the consent have changed." in response.content.decode()


def test_withdrawing_destroys_the_template(client: Client, trial: Trial) -> None:
    send(client, trial)
    assert 'data-testid="withdraw-confirm"' in client.get(f"/trials/{trial.pk}/selfie").content.decode()
    response = client.post(f"/trials/{trial.pk}/selfie/withdraw", follow=True)
    assert "the template is destroyed" in response.content.decode()
    assert FaceTemplate.objects.get().sealed is None
    again = client.post(f"/trials/{trial.pk}/selfie/withdraw", follow=True)
    assert "Nothing of your face is kept, and no consent to it holds." in again.content.decode()


def test_where_no_face_is_taken_only_pass_and_code_are_offered(client: Client, trial: Trial, offering: Any) -> None:
    assert 'data-testid="to-selfie"' in client.get(f"/trials/{trial.pk}").content.decode()
    offering(IdentityMode.PASS_CODE)
    hub, there = (client.get(f"/trials/{trial.pk}{page}").content.decode() for page in ("", "/pass"))
    assert 'data-testid="to-selfie"' not in hub
    assert 'data-testid="to-pass"' in hub
    assert 'data-testid="or-by-face"' not in there
    for answer in (client.get(f"/trials/{trial.pk}/selfie"), send(client, trial)):
        assert answer["Location"] == f"/trials/{trial.pk}/pass"
    assert not FaceTemplate.objects.exists()


def test_pass_and_face_show_the_pass_once_and_nowhere_again(client: Client, trial: Trial, offering: Any) -> None:
    offering(*IdentityMode)
    page = client.get(f"/trials/{trial.pk}/selfie?way=pass_face").content.decode()
    assert f'value="{PASS_FACE_VERSION}" data-consent' in page
    assert "hx-post" not in page
    assert 'data-testid="use-pass"' in page
    answer = send(client, trial, consent=PASS_FACE_VERSION)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert 'data-testid="face-pass"' in text
    drawing = text.split('class="ticket-qr"')[1].split("</svg>")[0].split('d="')[2]
    assert FaceTemplate.objects.get().mode == "pass_face"
    later = client.get(f"/trials/{trial.pk}/pass").content.decode()
    assert 'data-testid="with-face"' in later
    assert drawing not in later
    assert f'value="{PASS_FACE_VERSION}"' in client.get(f"/trials/{trial.pk}/selfie").content.decode(), "as before"
    assert "Your pass and your face" in client.get(f"/trials/{trial.pk}").content.decode()


def test_pass_and_face_refuse_a_bad_picture_in_the_same_way_of_being_known(
    client: Client, trial: Trial, offering: Any
) -> None:
    offering(*IdentityMode)
    answer = send(client, trial, b"too_dark", consent=PASS_FACE_VERSION)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "It is too dark." in text
    assert f'value="{PASS_FACE_VERSION}" data-consent' in text


def test_the_first_way_that_a_market_offers_is_shown_first(client: Client, trial: Trial, offering: Any) -> None:
    offering(*IdentityMode)
    assert 'data-testid="other-way"' in client.get(f"/trials/{trial.pk}/selfie").content.decode()
    offering(IdentityMode.PASS_FACE, IdentityMode.PASS_CODE)
    text = client.get(f"/trials/{trial.pk}/selfie?way=face_expected").content.decode()
    assert f'value="{PASS_FACE_VERSION}" data-consent' in text
    assert 'data-testid="other-way"' not in text
    assert "in this market" in send(client, trial).content.decode(), "the other way's consent opens nothing here"


def test_too_many_pictures_are_stopped(client: Client, trial: Trial) -> None:
    answers = [send(client, trial, b"no_face").status_code for _ in range(22)]
    assert answers[-1] == 429


def test_a_finished_trial_needs_no_face(shop: Any, client: Client, trial: Trial) -> None:
    shop.bring_back(shop.drive_off(trial))
    response = client.get(f"/trials/{trial.pk}/selfie", follow=True)
    assert "This trial needs no face any more." in response.content.decode()
