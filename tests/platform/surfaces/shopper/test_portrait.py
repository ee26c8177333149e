"""The licence's portrait and a captured face: compared where it is given, once, and kept by nobody."""

import base64
import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.test import Client

from autosilo.platform.journey.flow import retention
from autosilo.platform.journey.identity import consent_text, queries
from autosilo.platform.journey.identity.consent_text import VERSION, WITH_PORTRAIT
from autosilo.platform.journey.identity.faces import face_of
from autosilo.platform.journey.identity.models import FaceTemplate, PortraitAsk
from autosilo.platform.journey.identity.tickets import Ticket
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.kit import clock
from autosilo.platform.resources.licences import actions
from autosilo.platform.resources.licences.mdl import MobileLicences
from autosilo.platform.resources.people.models import AuditEntry, Person
from autosilo.platform.surfaces.shopper.capturing.conversation import enrolled
from autosilo.twin.wallet import presenting
from autosilo.twin.wallet.authority import founded
from autosilo.twin.wallet.credential import Credential, Holder, issue
from autosilo.vision.faces import template_bytes
from autosilo.wire.capture import CaptureOver, Portrait
from autosilo.wire.sealed import CannotUnseal, Sealed, unseal

AUTHORITY = founded(datetime.now(UTC) - timedelta(days=400))
MING = b"ming look"
"""As ``InstantEye`` sees a portrait."""


@pytest.fixture(autouse=True)
def _trusted(tmp_path: Path) -> Iterator[None]:
    roots = tmp_path / "roots.pem"
    roots.write_bytes(AUTHORITY.root.public_bytes(Encoding.PEM))
    with actions.reader.replaced(MobileLicences(roots)):
        yield


@pytest.fixture
def trial(shop: Any, signed_in: Callable[..., Person]) -> Trial:
    shop.add_cars(1)
    booked: Trial = shop.book(signed_in())
    return booked


def phone_of(person: Person, **changes: Any) -> Credential:
    given = {
        "given_name": person.first_name,
        "family_name": person.last_name,
        "birth_date": person.birth_date,
        "number": person.licence.number,
        "expires_on": date(2099, 1, 1),
        "portrait": MING,
    }
    began = clock.now() - timedelta(minutes=1)
    return issue(AUTHORITY, Holder(**(given | changes)), now=began, life=timedelta(days=900))


def ask(client: Client, trial: Trial) -> dict[str, str]:
    told: dict[str, str] = client.post(f"/trials/{trial.pk}/selfie/portrait").json()
    return told


def show(told: dict[str, str], credential: Credential) -> int:
    request = presenting.read(told["link"])
    form = presenting.form(presenting.device_response(credential, request), request)
    return Client().post(request.response_uri, form).status_code


def state(client: Client, trial: Trial, told: dict[str, str]) -> tuple[str, str]:
    answer = client.get(f"/trials/{trial.pk}/selfie/portrait/{told['ask']}").json()
    return answer["state"], answer["words"]


def capture(trial: Trial, told: dict[str, str] | None, *, who: str = "ming", **changes: str) -> CaptureOver:
    ticket = Ticket(trial=trial.pk, person=trial.person_id, version=WITH_PORTRAIT[VERSION], language="en")
    portrait = Portrait.model_validate({"ask": told["ask"], "key": told["key"]} | changes) if told else None
    return enrolled(ticket, template_bytes(face_of(who)), portrait)


def test_the_same_person_is_enrolled_and_the_portrait_is_gone(client: Client, trial: Trial) -> None:
    told = ask(client, trial)
    assert state(client, trial, told) == ("open", "")
    assert show(told, phone_of(trial.person)) == 200
    assert state(client, trial, told) == ("shown", "")
    assert PortraitAsk.objects.get().sealed
    assert capture(trial, told).outcome == "enrolled"
    assert (PortraitAsk.objects.get().state, PortraitAsk.objects.get().sealed) == ("compared", None)
    assert queries.consent_of(trial).text_version == WITH_PORTRAIT[VERSION]  # type: ignore[union-attr]
    entry = AuditEntry.objects.get(action="portrait_compared")
    assert entry.detail == {"site": "shanghai", "agreed": True}


def test_somebody_else_is_not_enrolled_and_has_to_ask_the_wallet_again(client: Client, trial: Trial) -> None:
    told = ask(client, trial)
    show(told, phone_of(trial.person))
    over = capture(trial, told, who="hua")
    assert (over.outcome, over.portrait) == ("again", True)
    assert "do not agree well enough" in over.words
    assert not FaceTemplate.objects.exists()
    assert AuditEntry.objects.get(action="portrait_compared").detail["agreed"] is False
    again = capture(trial, told)
    assert (again.outcome, "gone already" in again.words) == ("again", True)


def test_who_agreed_to_the_comparison_is_not_enrolled_without_it(client: Client, trial: Trial) -> None:
    assert capture(trial, None).outcome == "again"
    told = ask(client, trial)
    assert capture(trial, told).outcome == "again", "asked for, and not shown"
    assert not FaceTemplate.objects.exists()


def test_what_the_platform_keeps_opens_no_portrait(client: Client, trial: Trial) -> None:
    told = ask(client, trial)
    show(told, phone_of(trial.person))
    kept = PortraitAsk.objects.get()
    sealed = Sealed.model_validate(kept.sealed)
    assert told["key"] not in json.dumps([kept.sealed, kept.nonce, base64.b64encode(kept.public_key).decode()])
    own = [bytes(kept.public_key), settings.SECRET_KEY.encode()[:32].ljust(32, b"\0"), kept.pk.bytes * 2]
    for one in own:
        with pytest.raises(CannotUnseal):
            unseal(sealed, private_key=one, trial=trial.pk)
    assert unseal(sealed, private_key=base64.b64decode(told["key"]), trial=trial.pk) == template_bytes(face_of("ming"))


def test_another_page_s_key_opens_nothing(client: Client, trial: Trial) -> None:
    told = ask(client, trial)
    show(told, phone_of(trial.person))
    other = base64.b64encode(X25519PrivateKey.generate().private_bytes_raw()).decode()
    for key in (other, "", "no key"):
        assert "gone already" in capture(trial, told, key=key).words
    assert capture(trial, told).outcome == "enrolled", "a wrong key spends nothing"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"number": "310101199001010000"}, "does not agree with your details"),
        ({"given_name": "Somebody"}, "does not agree with your details"),
        ({"portrait": b"nobody"}, "no face to be seen"),
        ({"portrait": b""}, "no face to be seen"),
        ({"portrait": None}, "did not show everything"),
        ({"expires_on": date(2026, 3, 9)}, "out of date"),
    ],
)
def test_a_licence_that_does_not_do_is_refused(
    client: Client, trial: Trial, changes: dict[str, Any], words: str
) -> None:
    told = ask(client, trial)
    assert show(told, phone_of(trial.person, **changes)) == 400
    how, why = state(client, trial, told)
    assert how == "refused"
    assert words in why
    assert PortraitAsk.objects.get().sealed is None


def test_a_forged_licence_is_refused(client: Client, trial: Trial) -> None:
    told = ask(client, trial)
    assert show(told, phone_of(trial.person).of_another_device()) == 400
    assert show(told, phone_of(trial.person)) == 400, "one answer for each question"


def test_a_new_question_takes_the_place_of_the_last(client: Client, trial: Trial) -> None:
    first, second = ask(client, trial), ask(client, trial)
    assert show(first, phone_of(trial.person)) == 400
    assert state(client, trial, first)[0] == "refused"
    assert show(second, phone_of(trial.person)) == 200


def test_after_ten_minutes_it_is_gone(client: Client, trial: Trial, shop: Any) -> None:
    told = ask(client, trial)
    show(told, phone_of(trial.person))
    shop.now += timedelta(minutes=10)
    PortraitAsk.objects.update(ends_at=clock.now())
    assert "gone already" in capture(trial, told).words
    retention.look_after_faces(now=clock.now())
    assert not PortraitAsk.objects.exists()


def test_the_portrait_of_another_visit_is_of_no_use(client: Client, trial: Trial, shop: Any) -> None:
    told = ask(client, trial)
    show(told, phone_of(trial.person))
    shop.add_cars(1)
    assert "gone already" in capture(shop.book(), told).words


def test_nobody_asks_for_or_looks_at_another_s(client: Client, trial: Trial, signed_in: Callable[..., Person]) -> None:
    told = ask(client, trial)
    signed_in()
    assert client.post(f"/trials/{trial.pk}/selfie/portrait").status_code == 404
    assert client.get(f"/trials/{trial.pk}/selfie/portrait/{told['ask']}").status_code == 404


def test_the_page_offers_it_only_where_an_issuer_is_trusted(client: Client, trial: Trial) -> None:
    page = f"/trials/{trial.pk}/selfie"
    assert consent_text.portrait_clause("en") in client.get(page).content.decode()
    with actions.reader.replaced(MobileLicences(None)):
        assert 'data-testid="portrait-consent"' not in client.get(page).content.decode()
        refused = client.post(f"{page}/portrait")
    assert (refused.status_code, "does not take mobile" in refused.json()["words"]) == (422, True)


def test_the_tick_says_which_words_were_agreed_to(client: Client, trial: Trial) -> None:
    from autosilo.platform.journey.identity import tickets

    told = client.post(f"/trials/{trial.pk}/selfie/begin", {"consent": VERSION, "portrait": "yes"}).json()
    assert tickets.read(told["ticket"]).version == WITH_PORTRAIT[VERSION]
    both = consent_text.text("en", WITH_PORTRAIT[VERSION])
    assert both.startswith(consent_text.text("en", VERSION))
    assert both.endswith(consent_text.portrait_clause("en"))
