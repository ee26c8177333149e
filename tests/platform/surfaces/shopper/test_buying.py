"""Contract, payment, receipt."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from autosilo.platform.journey.purchase import contract
from autosilo.platform.journey.purchase.models import Purchase
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.resources.payments.stripe_gateway import PaymentFailure
from autosilo.platform.resources.people.models import Person

ACCEPT = {"agree": "yes", "version": contract.VERSION}


@pytest.fixture
def trial(shop: Any, signed_in: Callable[..., Person]) -> Trial:
    shop.add_cars(1)
    driven: Trial = shop.drive_off(shop.book(signed_in()))
    return driven


def test_shows_the_whole_contract_about_this_car(client: Client, trial: Trial) -> None:
    text = client.get(f"/trials/{trial.pk}/buy").content.decode()
    for words in ("CONTRACT OF SALE", trial.car_id, trial.car.plate, "¥208,800", "Lin Chen", "Made on 2026-03-10."):
        assert words in text
    chinese = client.get(f"/trials/{trial.pk}/buy", headers={"accept-language": "zh-hans"}).content.decode()
    assert "车辆买卖合同" in chinese


def test_nothing_is_bought_without_a_tick(client: Client, trial: Trial) -> None:
    response = client.post(f"/trials/{trial.pk}/buy", {"version": contract.VERSION})
    assert response.status_code == 422
    assert "Please tick that you accept the contract." in response.content.decode()
    assert not Purchase.objects.exists()


def test_an_outdated_contract_is_shown_again(client: Client, trial: Trial) -> None:
    response = client.post(f"/trials/{trial.pk}/buy", ACCEPT | {"version": "sale-1999-01"})
    assert response.status_code == 422
    assert "The contract has changed." in response.content.decode()


def test_accept_pay_and_keep(client: Client, trial: Trial) -> None:
    assert client.post(f"/trials/{trial.pk}/buy", ACCEPT)["Location"] == f"/trials/{trial.pk}/pay"
    assert "¥208,800" in client.get(f"/trials/{trial.pk}/pay").content.decode()
    assert client.post(f"/trials/{trial.pk}/pay", {"token": "tok_visa"}).json() == {"status": "succeeded"}
    trial.refresh_from_db()
    assert trial.state == "purchased"
    text = client.get(f"/trials/{trial.pk}/receipt").content.decode()
    for words in ("R2026-000001", "¥208,800", trial.car_id, "Lin Chen", "CONTRACT OF SALE"):
        assert words in text
    assert client.get(f"/trials/{trial.pk}/pay")["Location"] == f"/trials/{trial.pk}/receipt"
    assert client.get(f"/trials/{trial.pk}/buy")["Location"] == f"/trials/{trial.pk}/receipt"


def test_a_declined_card_can_be_replaced(client: Client, trial: Trial) -> None:
    client.post(f"/trials/{trial.pk}/buy", ACCEPT)
    refused = client.post(f"/trials/{trial.pk}/pay", {"token": "tok_declined"}).json()
    assert refused["status"] == "declined"
    assert "Nothing was charged" in refused["message"]
    assert client.post(f"/trials/{trial.pk}/pay", {"token": "tok_visa"}).json()["status"] == "succeeded"


def test_a_bank_that_wants_to_be_asked(client: Client, trial: Trial, fakes: Any) -> None:
    client.post(f"/trials/{trial.pk}/buy", ACCEPT)
    answer = client.post(f"/trials/{trial.pk}/pay", {"token": "tok_action"}).json()
    assert answer["status"] == "requires_action"
    assert answer["client_secret"].startswith("pi_")
    look = client.post(f"/trials/{trial.pk}/pay", {"look": "1"}).json()
    assert look["status"] == "processing"


def test_a_dead_provider_loses_nothing(
    client: Client, trial: Trial, fakes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dead(*_args: Any, **_kwargs: Any) -> None:
        raise PaymentFailure("unavailable", permanent=False)

    with monkeypatch.context() as broken:
        broken.setattr(fakes.gateway, "create_intent", dead)
        response = client.post(f"/trials/{trial.pk}/buy", ACCEPT, follow=True)
        assert "Nothing is lost" in response.content.decode()
    assert client.post(f"/trials/{trial.pk}/pay", {"token": "tok_visa"}).json()["status"] == "succeeded"


def test_a_car_that_is_not_with_the_shopper_cannot_be_bought(shop: Any, client: Client, trial: Trial) -> None:
    shop.bring_back(trial)
    response = client.get(f"/trials/{trial.pk}/buy", follow=True)
    assert "A car can be bought only while it is with you." in response.content.decode()
    assert client.get(f"/trials/{trial.pk}/pay", follow=True).redirect_chain
    assert client.get(f"/trials/{trial.pk}/receipt").status_code == 404


def test_a_car_that_went_back_after_the_contract_is_not_paid(shop: Any, client: Client, trial: Trial) -> None:
    client.post(f"/trials/{trial.pk}/buy", ACCEPT)
    shop.bring_back(trial)
    answer = client.post(f"/trials/{trial.pk}/pay", {"token": "tok_visa"}).json()
    assert answer["status"] == "not_with_you"
