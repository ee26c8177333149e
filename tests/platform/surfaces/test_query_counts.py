"""What every page and endpoint that reads costs, at 1 row of each kind and at 100: the same number of queries.

The table is held against the addresses that there are: a new page that is read (GET) stands in ``PAGES`` or in
``NO_LIST``, and a new endpoint in ``ENDPOINTS``, or the test fails.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern

from autosilo.platform.journey.scan import queries as scan
from autosilo.platform.kit import clock
from autosilo.platform.surfaces.api.urls import api
from autosilo.platform.surfaces.console import urls as console
from autosilo.platform.surfaces.shopper import urls as shopper

from ..conftest import forget_all
from .console.world import signed_in
from .many import Many

ROWS = 100

PAGES = {
    "catalogue": "/",
    "car": "/cars/byd-seal",
    "me": "/me",
    "licence": "/me/licence",
    "ways": "/me/ways",
    "book": "/book/byd-seal",
    "book-times": "/book/byd-seal/times?site=shanghai",
    "trials": "/trials",
    "trial": "/trials/{trial}",
    "trial-now": "/trials/{trial}/now",
    "move": "/trials/{trial}/move",
    "overview": "/console/",
    "site": "/console/sites/shanghai",
    "car of a site": "/console/sites/shanghai/cars/{vin}",
    "towers": "/console/towers",
    "books": "/console/sites/shanghai/books",
    "bay": "/console/sites/shanghai/bays/{bay}",
    "sheet": "/console/sites/shanghai/sheet",
    "sheet-car": "/console/sites/shanghai/sheet/{vin}",
    "reviews": "/console/reviews",
    "licences": "/console/licences",
    "policies": "/console/policies",
    "policy-write": "/console/policies/write",
    "flags": "/console/flags",
    "memberships": "/console/memberships",
    "sales": "/console/sales",
    "programs": "/console/programs",
    "program": "/console/programs/market",
    "console's trials": "/console/trials",
    "console's trial": "/console/trials/{trial}",
    "waiting": "/console/waiting",
    "gallery": "/console/gallery",
    "gallery-model": "/console/gallery/models/byd-seal",
    "gallery-corrections": "/console/gallery/corrections",
    "demand": "/console/demand",
    "plan": "/console/plan?site=shanghai",
    "audit": "/console/audit",
    "staff": "/console/staff",
}
NO_LIST = {
    # forms and signing in
    "scan", "join", "login", "enrol", "language", "clock",
    # to a marketplace and back, and the question that follows
    "marketplace", "marketplace-back", "marketplace-link", "join-with",
    # for a code by text message
    "phone", "phone-code", "phone-enrol",
    # files and pictures of one thing
    "consent-key", "favicon", "consent-record", "licence-photo", "gallery-picture", "gallery-crop",
    "walk-photo", "wallet", "portrait",
    # one trial's contract, payment, receipt, pass and selfie; the confirmation of one hold; one review; one licence
    "confirm", "dues", "pass", "selfie", "buy", "pay", "receipt", "review", "console's licence",
    # asking once more before one thing is changed
    "cancel", "return", "forget-me", "scan-colour", "gallery-use", "lift-service", "trial-cancel",
    "trial-deposit", "trial-fee", "send-car", "turn-back", "sale-call-off",
    # leads on to the bay that was typed
    "choose-bay",
    # a stream; simulations, which read one site; how far a training is
    "live", "live-site", "live-caller", "callers", "plan-answer", "plan-neighbours", "gallery-training",
    # a walk while it runs: counted in test_towers.py
    "walk", "walk-progress", "walk-finish",
}  # fmt: skip
SECOND_NAMES = {("console", "car"): "car of a site"} | {
    ("console", name): f"console's {name}" for name in ("licence", "trial", "trials")
}
ENDPOINTS = {
    "/availability": "availability?model=byd-seal&site=shanghai",
    "/bookings": "bookings?limit=100",
    "/bookings/{booking_id}": "bookings/{trial}",
    "/models": "models",
    "/models/{slug}": "models/byd-seal",
    "/models/{slug}/slots": "models/byd-seal/slots?site=shanghai",
    "/sites": "sites",
    "/sites/{slug}": "sites/shanghai",
    "/trials": "trials",
    "/trials/{trial_id}": "trials/{trial}",
    "/waits": "waits?limit=100",
    "/waits/{wait_id}": "waits/{wait}",
    "/webhooks": "webhooks",
    "/webhooks/{webhook_id}/deliveries": "webhooks/{hook}/deliveries?limit=100",
}
OF_THE_SHOPPER = ("/trials", "/trials/{trial_id}")


@pytest.fixture
def many(shop: Any, monkeypatch: pytest.MonkeyPatch) -> Many:
    monkeypatch.setattr(clock, "now", lambda: shop.now)
    return Many(shop)


@pytest.fixture(autouse=True)
def _fresh_gallery() -> Iterator[None]:
    scan._kept.clear()
    yield
    scan._kept.clear()


def readable() -> set[str]:
    """The names of all pages of shop and console that can be asked for by GET."""
    lists = {"shopper": shopper.urlpatterns, "console": console.patterns(demo=True)}
    return {
        SECOND_NAMES.get((surface, str(one.name)), str(one.name))
        for surface, patterns in lists.items()
        for one in patterns
        if answers_get(one)
    }


def answers_get(pattern: URLPattern) -> bool:
    """As the decorator says that refuses a method; without one, any method is answered."""
    view: Any = pattern.callback
    while view is not None:
        allowed = [cell.cell_contents for cell in view.__closure__ or () if is_methods(cell.cell_contents)]
        if allowed:
            return "GET" in allowed[0]
        view = getattr(view, "__wrapped__", None)
    return True


def is_methods(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, str) and one.isupper() for one in value)


def test_every_page_that_can_be_read_is_in_the_table() -> None:
    assert readable() - PAGES.keys() - NO_LIST == set()
    assert PAGES.keys() - readable() == set()


def test_every_endpoint_that_can_be_read_is_in_the_table() -> None:
    paths = api.get_openapi_schema()["paths"]
    assert {path.removeprefix("/api/v1") for path, ways in paths.items() if "get" in ways} == ENDPOINTS.keys()


def test_pages_cost_the_same_at_1_and_at_100_rows(many: Many, client: Client) -> None:
    many.shop.site.refresh_from_db()
    client.force_login(many.person, backend="django.contrib.auth.backends.ModelBackend")
    staff = signed_in(many.worker)

    def ask(address: str) -> Any:
        path = address.format(trial=many.trial.pk, vin=many.trial.car_id, bay=many.bays[0])
        return (staff if path.startswith("/console/") else client).get(path)

    compare(many, PAGES, ask)


def test_endpoints_cost_the_same_at_1_and_at_100_rows(many: Many, client: Client) -> None:
    shopper_client = Client()
    shopper_client.force_login(many.person, backend="django.contrib.auth.backends.ModelBackend")
    form = {"grant_type": "client_credentials", "client_id": "market", "client_secret": many.secret}
    token = client.post("/api/v1/oauth/token", form).json()["access_token"]
    own = {ENDPOINTS[path] for path in OF_THE_SHOPPER}

    def ask(address: str) -> Any:
        path = "/api/v1/" + address.format(trial=many.trial.pk, hook=many.hook.pk, wait=many.wait.pk)
        if address in own:
            return shopper_client.get(path)
        return client.get(path, headers={"Authorization": f"Bearer {token}"})

    compare(many, ENDPOINTS, ask)


def compare(many: Many, table: dict[str, str], ask: Callable[[str], Any]) -> None:
    many.grow(range(1))
    few = {name: cost(ask, address) for name, address in table.items()}
    many.grow(range(1, ROWS))
    many_rows = {name: cost(ask, address) for name, address in table.items()}
    grown = {name: (few[name], many_rows[name]) for name in table if few[name] != many_rows[name]}
    assert grown == {}


def cost(ask: Callable[[str], Any], address: str) -> int:
    """Of the second time: what a process remembers for ever, as types of content, is not a row's price."""
    ask(address)
    forget_all()
    cache.clear()
    with CaptureQueriesContext(connection) as seen:
        response = ask(address)
    assert response.status_code == 200, (address, response.status_code, response.content[:300])
    return len(seen)
