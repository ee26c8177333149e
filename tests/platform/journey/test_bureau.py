"""The bureau of the demo, over HTTP with OAuth, as the shop asks it: no score is left anywhere."""

import logging

import pytest
import structlog
from django.apps import apps
from django.core import serializers

from autosilo.platform.journey.eligibility import actions
from autosilo.platform.journey.eligibility.actions import CannotDecide, bureau
from autosilo.platform.journey.eligibility.bureau_client import HttpCreditBureau
from autosilo.platform.journey.eligibility.bureau_oauth import ClientCredentials
from autosilo.platform.journey.eligibility.models import CreditCheck, CreditConsent
from twin.bureau.conftest import TOKEN, bureau_url  # noqa: F401  the twin over real HTTP


@pytest.fixture
def person(shop):
    person = shop.add_person()
    person.credit_checks.all().delete()
    return person


def everything_kept() -> str:
    """Every row of our own tables, as JSON."""
    ours = [model for model in apps.get_models() if model.__module__.startswith("autosilo.")]
    return "".join(serializers.serialize("json", model.objects.all()) for model in ours)


def test_no_score_is_left_in_the_database_or_the_log(shop, person, bureau_url, caplog):  # noqa: F811
    person.licence.number = "310101-S7391"
    person.licence.save()
    client = HttpCreditBureau(bureau_url, ClientCredentials(f"{bureau_url}/oauth/token", "autosilo", TOKEN))
    caplog.set_level(logging.DEBUG)
    with structlog.testing.capture_logs() as logged, bureau.replaced(client):
        decision = actions.decide(
            person=person, car_model=shop.model, site=shop.site, credit_consent=True, now=shop.now
        )
    client.close()
    assert decision.allowed
    # the number of the licence holds the score here, so that the bureau knows it; nothing else may
    kept = everything_kept().replace(person.licence.number, "")
    said = (str(logged) + caplog.text).replace(person.licence.number, "")
    assert "7391" not in kept
    assert "7391" not in said
    assert person.licence.number not in str(logged) + caplog.text
    assert TOKEN not in str(logged) + caplog.text + kept
    check = CreditCheck.objects.get()
    assert (check.threshold, check.meets) == (700, True)


@pytest.mark.parametrize("ending", ["DOWN", "GARBLED", "REPLAYED", "BARRED"])
def test_without_an_answer_there_is_no_decision(shop, person, bureau_url, ending):  # noqa: F811
    person.licence.number = f"310101-{ending}"
    person.licence.save()
    client = HttpCreditBureau(bureau_url, ClientCredentials(f"{bureau_url}/oauth/token", "autosilo", TOKEN))
    with bureau.replaced(client), pytest.raises(CannotDecide) as caught:
        actions.decide(person=person, car_model=shop.model, site=shop.site, credit_consent=True, now=shop.now)
    client.close()
    assert caught.value.reason == "bureau_unavailable"
    assert not CreditCheck.objects.exists()


def test_a_consent_is_recorded_once_and_named_to_the_bureau(shop, person, fakes):
    for _ in range(2):
        actions.ask_credit(person=person, site=shop.site, now=shop.now)
    consent = CreditConsent.objects.get()
    assert (consent.person, consent.text, consent.given_at) == (person, actions.VERSION, shop.now)


def test_a_withdrawn_consent_forgets_the_answer_and_asks_again(shop, person, fakes):
    actions.ask_credit(person=person, site=shop.site, now=shop.now)
    assert actions.withdraw_consent(person=person, now=shop.now)
    assert not actions.withdraw_consent(person=person, now=shop.now)
    assert not CreditCheck.objects.exists()
    with pytest.raises(CannotDecide) as caught:
        actions.decide(person=person, car_model=shop.model, site=shop.site, now=shop.now)
    assert caught.value.reason == "consent_needed"
    actions.ask_credit(person=person, site=shop.site, now=shop.now)
    assert CreditConsent.objects.count() == 2
    assert CreditConsent.objects.filter(withdrawn_at=None).count() == 1


def test_the_button_withdraws(shop, person, fakes, client):
    actions.ask_credit(person=person, site=shop.site, now=shop.now)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    assert 'data-testid="credit-withdraw"' in client.get("/me").content.decode()
    assert client.post("/me/credit/withdraw")["Location"] == "/me#credit"
    assert not CreditCheck.objects.exists()


def test_the_button_is_there_while_a_consent_stands_also_when_the_answer_is_gone(shop, person, fakes, client):
    actions.ask_credit(person=person, site=shop.site, now=shop.now)
    CreditCheck.objects.all().delete()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    assert 'data-testid="credit-withdraw"' in client.get("/me").content.decode()
    client.post("/me/credit/withdraw")
    assert 'data-testid="credit-withdraw"' not in client.get("/me").content.decode()
