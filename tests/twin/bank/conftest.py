"""localstripe, and the tokens that a browser would get from it."""

from collections.abc import Callable, Iterator

import httpx
import pytest

from twin.bank.process import Bank


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bank]:
    bank = Bank(tmp_path_factory.mktemp("bank"))
    bank.start()
    yield bank
    bank.kill()


@pytest.fixture
def token_of(bank: Bank) -> Callable[[str], str]:
    """A card number's token, as the browser gets it: by the publishable key."""

    def ask(number: str) -> str:
        card = {"number": number, "exp_month": "12", "exp_year": "2030", "cvc": "123"}
        form = {f"card[{field}]": value for field, value in card.items()} | {"key": "pk_test_12345"}
        reply = httpx.post(f"{bank.url}/v1/tokens", data=form)
        reply.raise_for_status()
        return str(reply.json()["id"])

    return ask
