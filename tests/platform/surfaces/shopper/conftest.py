"""Pages are asked for by Django's client; the shop's clock is the story's."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from autosilo.platform.kit import clock
from autosilo.platform.resources.people.models import Person


@pytest.fixture(autouse=True)
def _story_clock(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the views take for "now" is ``shop.now``, where there is a shop."""
    if "shop" in request.fixturenames:
        shop = request.getfixturevalue("shop")
        monkeypatch.setattr(clock, "now", lambda: shop.now)


@pytest.fixture
def page(client: Client) -> Callable[..., str]:
    """The HTML of a page that must answer with ``status``."""

    def get(path: str, *, status: int = 200, **headers: Any) -> str:
        response = client.get(path, headers=headers)
        assert response.status_code == status, response.content[:500]
        return response.content.decode()

    return get


@pytest.fixture
def signed_in(client: Client, shop: Any) -> Callable[..., Person]:
    """Somebody who may drive, signed in at ``client``; options as of ``shop.add_person``."""

    def sign_in(**options: Any) -> Person:
        person: Person = shop.add_person(**options)
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        return person

    return sign_in
