"""A real wallet, a real authority, and a question, all in memory."""

from datetime import UTC, date, datetime

import pytest

from autosilo.platform.resources.licences.transcript import Question
from autosilo.twin.wallet.authority import Authority, founded
from autosilo.twin.wallet.credential import Holder

NOW = datetime.now(UTC).replace(microsecond=0)
LI = Holder(
    given_name="Na",
    family_name="Li",
    birth_date=date(1990, 5, 4),
    number="310101199005040011",
    expires_on=date(2099, 1, 1),
)


@pytest.fixture(scope="session")
def authority() -> Authority:
    return founded(NOW)


@pytest.fixture
def question() -> Question:
    return Question(nonce="n" * 43, response_uri="https://shop.example/wallet/1")
