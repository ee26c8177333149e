"""Whatever is asked of the API, within its description or beside it: no 5xx, no answer that is not described."""

import json
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from autosilo.platform.config.asgi import application as _application  # noqa: F401  loads every address
from autosilo.platform.journey.booking.models import WaitEntry
from autosilo.platform.resources.programs import actions as programs
from autosilo.platform.resources.programs.states import Scope

SCOPES = frozenset(Scope.values)
EXAMPLES = 12


def operations() -> list[str]:
    from autosilo.platform.surfaces.api.urls import api

    paths = api.get_openapi_schema(path_prefix="/api/v1/")["paths"]
    return sorted(f"{method.upper()} {path}" for path, item in paths.items() for method in item)


@pytest.fixture
def asked(shop: Any, client: Client) -> dict[str, Any]:
    """A shop in which every operation can succeed, and what a program knows of it."""
    start = shop.in_real_time() + timedelta(hours=24)
    shop.add_cars(3)
    program, secret = programs.register(slug="market", name="M", scopes=SCOPES, per_minute=10**9, now=shop.now)
    person = shop.add_person()
    programs.link(program=program, person=person, subject="s1", now=shop.now)
    client.force_login(person)
    form = {"grant_type": "client_credentials", "client_id": "market", "client_secret": secret}
    token = client.post("/api/v1/oauth/token", form).json()["access_token"]
    wish = {"shopper": "s1", "model": "byd-seal", "site": "shanghai", "slot_start": start.isoformat()}
    made = client.post(
        "/api/v1/bookings",
        json.dumps(wish),
        "application/json",
        headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "k"},
    ).json()
    wait = WaitEntry.objects.create(
        person=person,
        car_model=shop.model,
        site=shop.site,
        not_before=shop.now,
        not_after=shop.now + timedelta(days=2),
        made_at=shop.now,
        channel="market",
    )
    known = {"slug": ["byd-seal", "shanghai"], "booking_id": [made["id"]], "trial_id": [made["id"]]}
    known["wait_id"] = [wait.pk]
    return {"token": token, "known": known, "start": start, "schema": client.get("/api/v1/openapi.json").json()}


@pytest.mark.slow
@pytest.mark.parametrize("name", operations())
def test_no_answer_is_a_fault_or_a_surprise(asked: dict[str, Any], client: Client, settings: Any, name: str) -> None:
    settings.LIMITS_FACTOR = 10**9
    client.raise_request_exception = False
    method, _, path = name.partition(" ")
    operation = schemathesis.openapi.from_dict(asked["schema"])[path][method]
    told = asked["schema"]["paths"][path][method.lower()]["responses"]

    @_often
    @given(case=operation.as_strategy(), known=st.booleans(), signed=st.sampled_from([True, True, True, False]))
    def ask(case: Any, known: bool, signed: bool) -> None:
        parameters = dict(case.path_parameters or {})
        if known:
            parameters |= {n: values[0] for n, values in asked["known"].items() if n in parameters}
        where = path
        for n, value in parameters.items():
            where = where.replace("{" + n + "}", _quoted(value))
        headers = {n: str(v) for n, v in (case.headers or {}).items() if str(v).isprintable() and str(v).isascii()}
        if signed:
            headers["Authorization"] = f"Bearer {asked['token']}"
        body, kind = _body(case)
        query = {n: v for n, v in (case.query or {}).items() if v is not None}
        answer = client.generic(method, where, body, kind, headers=headers, QUERY_STRING=_query(query))
        assert answer.status_code < 500, (name, case.query, body)
        assert str(answer.status_code) in told, (name, answer.status_code, body)
        if answer.status_code >= 400:
            assert answer["Content-Type"] == "application/problem+json"

    ask()


def _often(test: Any) -> Any:
    health = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.function_scoped_fixture]
    phases = [Phase.explicit, Phase.generate]
    return settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=health, phases=phases)(test)


def _quoted(value: Any) -> str:
    from urllib.parse import quote

    return quote(str(value), safe="") or "-"


def _query(query: dict[str, Any]) -> str:
    from urllib.parse import urlencode

    return urlencode({n: str(v) for n, v in query.items()}, errors="replace")


def _body(case: Any) -> tuple[bytes, str]:
    kind = case.media_type or "application/json"
    if case.body is None or type(case.body).__name__ == "NotSet":
        return b"", kind
    if kind == "application/json":
        return json.dumps(case.body).encode("utf-8", "replace"), kind
    return _query(case.body if isinstance(case.body, dict) else {}).encode(), kind
