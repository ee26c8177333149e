"""The console's page of programs: let in, other scopes, another secret, stopped, and what it was told."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from autosilo.platform.kit import clock
from autosilo.platform.resources.people.models import AuditEntry
from autosilo.platform.resources.people.roles import Role
from autosilo.platform.resources.programs import tokens
from autosilo.platform.resources.programs.models import Delivery, Program, Webhook
from autosilo.platform.resources.programs.states import DeliveryState, Scope

from .world import signed_in, worker

FORM = {"slug": "market", "name": "Market", "scopes": ["bookings:read"], "per_minute": "60"}


@pytest.fixture
def operator(db: None) -> Client:
    return signed_in(worker(Role.OPERATOR))


def let_in(operator: Client) -> str:
    answer = operator.post("/console/programs", FORM)
    assert answer.status_code == 200
    found = re.search(r'data-testid="program-secret">([^<]+)<', answer.content.decode())
    assert found
    return found[1]


def scopes_of(secret: str) -> frozenset[str]:
    """What a fresh token of the program allows; nothing when it gets none."""
    token = tokens.issue(program="market", secret=secret, scopes=frozenset())
    access = tokens.Gate().check(token) if token else None
    return access.scopes if access else frozenset()


def test_a_program_is_let_in_and_its_secret_is_shown_once(operator: Client) -> None:
    assert 'data-testid="no-programs"' in operator.get("/console/programs").content.decode()
    secret = let_in(operator)
    assert scopes_of(secret) == {"bookings:read"}
    for path in ("/console/programs", "/console/programs/market"):
        shown = operator.get(path)
        assert shown.status_code == 200
        assert secret not in shown.content.decode()
    entry = AuditEntry.objects.get(action="program_added")
    assert (entry.detail["scopes"], secret in str(entry.detail)) == (["bookings:read"], False)
    again = operator.post("/console/programs", FORM)
    assert (again.status_code, "of this name already" in again.content.decode()) == (422, True)
    assert Program.objects.count() == 1


def test_what_is_missing_is_said(operator: Client) -> None:
    wrong: list[dict[str, Any]] = [
        {"slug": "Not a slug"},
        {"scopes": []},
        {"scopes": ["everything"]},
        {"per_minute": "0"},
    ]
    for changes in wrong:
        assert operator.post("/console/programs", FORM | changes).status_code == 422
    assert not Program.objects.exists()


def test_other_scopes_end_the_tokens_of_before(operator: Client) -> None:
    secret = let_in(operator)
    before = tokens.issue(program="market", secret=secret, scopes=frozenset())
    assert before is not None
    wished = {"scopes": ["bookings:write", "webhooks"], "per_minute": "10"}
    assert operator.post("/console/programs/market", wished).status_code == 302
    assert tokens.Gate().check(before) is None
    assert scopes_of(secret) == {"bookings:write", "webhooks"}
    assert AuditEntry.objects.get(action="program_changed").detail["before"]["scopes"] == ["bookings:read"]


def test_a_new_secret_ends_the_old_one(operator: Client) -> None:
    old = let_in(operator)
    answer = operator.post("/console/programs/market/secret").content.decode()
    found = re.search(r'data-testid="program-secret">([^<]+)<', answer)
    assert found
    assert (scopes_of(old), scopes_of(found[1])) == (frozenset(), {"bookings:read"})


def test_a_program_is_stopped_and_let_in_again(operator: Client) -> None:
    secret = let_in(operator)
    assert operator.post("/console/programs/market/switch", {"on": "no"}).status_code == 302
    assert scopes_of(secret) == frozenset()
    assert 'data-testid="program-stopped"' in operator.get("/console/programs/market").content.decode()
    operator.post("/console/programs/market/switch", {"on": "yes"})
    assert scopes_of(secret) == {"bookings:read"}
    actions = list(AuditEntry.objects.order_by("id").values_list("action", flat=True))
    assert actions[-2:] == ["program_stopped", "program_let_in_again"]


def test_a_message_that_was_given_up_is_sent_again(operator: Client) -> None:
    let_in(operator)
    hook = Webhook.objects.create(program_id="market", url="https://example.org/x", secret="s", created_at=clock.now())
    row: Any = Delivery.objects.create(
        webhook=hook,
        event=uuid4(),
        kind="booking.moved",
        payload={},
        state=DeliveryState.GIVEN_UP,
        next_at=clock.now(),
        made_at=clock.now(),
    )
    assert "booking.moved" in operator.get("/console/programs/market").content.decode()
    path = f"/console/programs/market/deliveries/{row.pk}/replay"
    assert operator.post(path).status_code == 302
    row.refresh_from_db()
    assert row.state == DeliveryState.WAITING
    assert operator.post(path.replace(str(row.pk), str(uuid4()))).status_code == 404


def test_only_who_may_connect_sees_programs(db: None) -> None:
    technician = signed_in(worker(Role.TECHNICIAN))
    assert technician.get("/console/programs").status_code == 403
    assert technician.post("/console/programs", FORM | {"scopes": list(Scope.values)}).status_code == 403
    assert technician.post("/console/programs/market/secret").status_code == 403


def test_what_is_not_there_is_not_found(operator: Client) -> None:
    assert operator.get("/console/programs/nobody").status_code == 404
    assert operator.post("/console/programs/nobody/secret").status_code == 404
