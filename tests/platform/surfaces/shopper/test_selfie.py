"""A face for the kiosk: consent first, captured live, never the only way."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from autosilo.platform.journey.identity import tickets
from autosilo.platform.journey.identity.consent_text import PASS_FACE_VERSION, VERSION
from autosilo.platform.journey.identity.faces import face_of
from autosilo.platform.journey.identity.models import BiometricConsent, FaceTemplate
from autosilo.platform.journey.identity.tickets import Ticket
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.resources.people.models import Person
from autosilo.platform.surfaces.shopper.capturing.conversation import enrolled
from autosilo.vision.faces import template_bytes
from autosilo.wire.capture import CaptureOver
from autosilo.wire.identity import IdentityMode
from autosilo.wire.passes import with_key

TEMPLATE = template_bytes(face_of("Ming"))


@pytest.fixture
def trial(shop: Any, signed_in: Callable[..., Person]) -> Trial:
    shop.add_cars(1)
    booked: Trial = shop.book(signed_in())
    return booked


def begin(client: Client, trial: Trial, *, consent: str = VERSION, **headers: str) -> Any:
    return client.post(f"/trials/{trial.pk}/selfie/begin", {"consent": consent}, headers=headers)


def capture(trial: Trial, *, version: str = VERSION) -> CaptureOver:
    """What the WebSocket ends with for somebody who was there, alive, all the time."""
    ticket = Ticket(trial=trial.pk, person=trial.person_id, version=version, language="en")
    return enrolled(ticket, TEMPLATE)


def test_shows_the_consent_and_an_equal_other_way(client: Client, trial: Trial) -> None:
    text = client.get(f"/trials/{trial.pk}/selfie").content.decode()
    assert "for the kiosk" not in text or "What for:" in text
    assert "How long:" in text
    assert f'value="{VERSION}" data-consent data-testid="selfie-consent">' in text  # not ticked beforehand
    assert 'data-testid="use-pass"' in text


def test_a_ticket_says_who_for_what_and_in_which_language(client: Client, trial: Trial) -> None:
    answer = begin(client, trial, **{"accept-language": "zh-hans"})
    ticket = tickets.read(answer.json()["ticket"])
    assert (ticket.trial, ticket.person) == (trial.pk, trial.person_id)
    assert (ticket.version, ticket.language) == (VERSION, "zh-hans")
    assert "no-store" in answer["Cache-Control"]


def test_without_consent_there_is_no_ticket(client: Client, trial: Trial) -> None:
    answer = begin(client, trial, consent="")
    assert answer.status_code == 422
    assert answer.json() == {"v": 1, "words": "Please read the consent and tick it first."}


def test_nobody_gets_a_ticket_to_another_s_visit(client: Client, shop: Any, signed_in: Any) -> None:
    shop.add_cars(1)
    theirs = shop.book()
    signed_in()
    assert begin(client, theirs).status_code == 404


def test_tickets_are_counted(client: Client, trial: Trial) -> None:
    answers = [begin(client, trial).status_code for _ in range(11)]
    assert answers == [200] * 10 + [429]


def test_a_captured_face_is_kept_as_a_sealed_template(client: Client, trial: Trial) -> None:
    assert capture(trial) == CaptureOver(outcome="enrolled", to=f"/trials/{trial.pk}")
    assert FaceTemplate.objects.get().sealed
    assert BiometricConsent.objects.get().text_version == VERSION
    assert "The kiosk knows your face" in client.get(f"/trials/{trial.pk}").content.decode()


def test_a_page_takes_no_photo(client: Client, trial: Trial) -> None:
    photo = SimpleUploadedFile("photo.jpg", b"a good face")
    assert client.post(f"/trials/{trial.pk}/selfie", {"consent": VERSION, "photo": photo}).status_code == 405
    assert b'type="file"' not in client.get(f"/trials/{trial.pk}/selfie").content


def test_an_outdated_consent_is_asked_for_again(client: Client, trial: Trial) -> None:
    response = begin(client, trial, consent="face-1999-01")
    assert "The words of the consent have changed." in response.json()["words"]


def test_withdrawing_destroys_the_template(client: Client, trial: Trial) -> None:
    capture(trial)
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
    assert client.get(f"/trials/{trial.pk}/selfie")["Location"] == f"/trials/{trial.pk}/pass"
    assert "not offered in this market" in begin(client, trial).json()["words"]
    assert capture(trial).outcome == "closed"
    assert not FaceTemplate.objects.exists()


def test_pass_and_face_show_the_pass_once_and_nowhere_again(client: Client, trial: Trial, offering: Any) -> None:
    offering(*IdentityMode)
    page = client.get(f"/trials/{trial.pk}/selfie?way=pass_face").content.decode()
    assert f'value="{PASS_FACE_VERSION}" data-consent' in page
    assert 'data-testid="use-pass"' in page
    over = capture(trial, version=PASS_FACE_VERSION)
    assert over.to == f"/trials/{trial.pk}/selfie/pass"
    answer = client.post(over.to, {"held": over.held})
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


@pytest.mark.parametrize(
    "held", ["", "AS1-2222-2222-2222", "no pass at all", with_key("AS1-2222-2222-2222", b"k" * 32)]
)
def test_no_pass_but_one_s_own_is_drawn(client: Client, trial: Trial, offering: Any, held: str) -> None:
    offering(*IdentityMode)
    answer = client.post(f"/trials/{trial.pk}/selfie/pass", {"held": held})
    assert answer["Location"] == f"/trials/{trial.pk}/pass"


def test_the_first_way_that_a_market_offers_is_shown_first(client: Client, trial: Trial, offering: Any) -> None:
    offering(*IdentityMode)
    assert 'data-testid="other-way"' in client.get(f"/trials/{trial.pk}/selfie").content.decode()
    offering(IdentityMode.PASS_FACE, IdentityMode.PASS_CODE)
    text = client.get(f"/trials/{trial.pk}/selfie?way=face_expected").content.decode()
    assert f'value="{PASS_FACE_VERSION}" data-consent' in text
    assert 'data-testid="other-way"' not in text
    assert "in this market" in begin(client, trial).json()["words"], "the other way's consent opens nothing here"


def test_a_finished_trial_needs_no_face(shop: Any, client: Client, trial: Trial) -> None:
    shop.bring_back(shop.drive_off(trial))
    response = client.get(f"/trials/{trial.pk}/selfie", follow=True)
    assert "This trial needs no face any more." in response.content.decode()
