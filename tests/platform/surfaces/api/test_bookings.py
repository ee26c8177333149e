"""Bookings by programs: tokens and scopes, keys, cursors, ETags, webhooks, and the quick door."""

import json
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import httpx
import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from autosilo.platform.config.quick import find
from autosilo.platform.journey.booking import actions as booking
from autosilo.platform.journey.dues import actions as dues
from autosilo.platform.journey.flow import sweeper
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.kit import clock
from autosilo.platform.resources.programs import actions as programs
from autosilo.platform.resources.programs.models import Attempt, Delivery, Program, Webhook
from autosilo.platform.resources.programs.states import Scope
from autosilo.platform.surfaces.door import Door

ALL = frozenset(Scope.values)


class Market:
    """A program with a linked shopper, in a shop that is open now."""

    def __init__(self, shop: Any, client: Client) -> None:
        self.shop, self.client = shop, client
        self.start = shop.in_real_time() + timedelta(hours=24)
        self.program, self.secret = programs.register(
            slug="market", name="Market", scopes=ALL, per_minute=100_000, now=shop.now
        )
        self.token = self.token_for(" ".join(sorted(ALL)))

    def token_for(self, scope: str) -> str:
        form = {"grant_type": "client_credentials", "client_id": "market", "client_secret": self.secret, "scope": scope}
        answer = self.client.post("/api/v1/oauth/token", form)
        assert answer.status_code == 200
        assert answer["Cache-Control"] == "no-store"
        return str(answer.json()["access_token"])

    def link(self, subject: str = "s1") -> Any:
        person = self.shop.add_person()
        programs.link(program=self.program, person=person, subject=subject, now=self.shop.now)
        return person

    def wish(self, subject: str = "s1", **changes: Any) -> dict[str, Any]:
        wish = {"shopper": subject, "model": "byd-seal", "site": "shanghai", "slot_start": self.start.isoformat()}
        return wish | {"paint": "white", "confirm": False} | changes

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        given = {"Authorization": f"Bearer {self.token}"} | {n.replace("_", "-"): v for n, v in headers.items()}
        data = "" if body is None else json.dumps(body)
        return self.client.generic(method, f"/api/v1/{path}", data, "application/json", headers=given)


@pytest.fixture
def market(shop: Any, client: Client) -> Market:
    return Market(shop, client)


def test_a_booking_from_hold_to_cancellation(market: Market) -> None:
    market.shop.add_cars(1)
    market.link()
    made = market.ask("POST", "bookings", market.wish(), Idempotency_Key="k1")
    assert made.status_code == 201
    held = made.json()
    assert (held["state"], held["paint"], held["hold_until"] is None) == ("held", "white", False)
    where = f"bookings/{held['id']}"
    assert made["Location"] == f"/api/v1/{where}"
    assert market.ask("GET", where).json() == held
    assert market.ask("POST", f"{where}/confirm").json()["state"] == "booked"
    assert market.ask("POST", f"{where}/confirm").status_code == 200, "asking again changes nothing"
    later = (market.start + timedelta(hours=24)).isoformat()
    moved = market.ask("POST", f"{where}/move", {"slot_start": later})
    assert moved.json()["slot_start"] == later
    assert market.ask("POST", f"{where}/move", {"slot_start": "2020-01-01T00:00:00Z"}).json()["code"] == "slot_past"
    assert market.ask("POST", f"{where}/cancel").json()["state"] == "cancelled"
    assert market.ask("POST", f"{where}/cancel").status_code == 200
    assert market.ask("POST", f"{where}/confirm").json()["code"] == "over"


def test_a_booking_that_costs_is_held_and_confirmed_by_its_payment_only(market: Market) -> None:
    shop = market.shop
    shop.site.market = "cn-fee"
    shop.site.save()
    shop.add_cars(1)
    person = shop.add_person(eligible=False)
    programs.link(program=market.program, person=person, subject="s1", now=shop.now)
    at_once = market.ask("POST", "bookings", market.wish(confirm=True), Idempotency_Key="k1")
    assert (at_once.status_code, at_once.json()["code"]) == (402, "unpaid")
    assert at_once["Content-Type"] == "application/problem+json"
    held = market.ask("POST", "bookings", market.wish(), Idempotency_Key="k2").json()
    assert held["costs"] == {"currency": "CNY", "fee_minor": 14_800, "deposit_minor": 300_000}
    assert held["pay_at"].endswith(f"/trials/{held['id']}/confirm")
    where = f"bookings/{held['id']}"
    assert market.ask("GET", where).json() == held
    refused = market.ask("POST", f"{where}/confirm")
    assert (refused.status_code, refused.json()["code"]) == (402, "unpaid")
    trial = Trial.objects.get(pk=held["id"])
    dues.agree(trial=trial, now=shop.now)
    assert dues.secure(trial=trial, card_token="tok_visa", now=shop.now)
    booked = market.ask("POST", f"{where}/confirm").json()
    assert (booked["state"], booked["pay_at"]) == ("booked", None)


def test_the_same_key_is_the_same_booking(market: Market) -> None:
    market.shop.add_cars(2)
    market.link()
    first = market.ask("POST", "bookings", market.wish(), Idempotency_Key="k1")
    again = market.ask("POST", "bookings", market.wish(), Idempotency_Key="k1")
    assert (again.status_code, again.json()) == (201, first.json())
    assert again["Idempotency-Replayed"] == "true"
    other = market.ask("POST", "bookings", market.wish(confirm=True), Idempotency_Key="k1")
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    assert market.ask("POST", "bookings", market.wish()).status_code == 422, "no key"
    assert Trial.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"shopper": "nobody"}, 404, "unknown_person"),
        ({"model": "no-such"}, 404, "not_offered"),
        ({"paint": "plaid"}, 404, "not_offered"),
        ({"paint": "red"}, 409, "car_taken"),
        ({"slot_start": "2020-01-01T00:00:00Z"}, 409, "slot_past"),
    ],
)
def test_each_refusal_is_a_problem_with_its_reason(
    market: Market, changes: dict[str, Any], status: int, code: str
) -> None:
    market.shop.add_cars(1)
    market.link()
    answer = market.ask("POST", "bookings", market.wish(**changes), Idempotency_Key="k1")
    assert answer["Content-Type"] == "application/problem+json"
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not Trial.objects.exists()


def test_who_may_not_drive_is_refused_and_the_decision_is_kept(market: Market) -> None:
    market.shop.add_cars(1)
    person = market.link()
    person.membership.tier = "basic"
    person.membership.save()
    answer = market.ask("POST", "bookings", market.wish(), Idempotency_Key="k1")
    assert (answer.status_code, answer.json()["code"]) == (403, "not_eligible")
    assert not person.decisions.get().allowed


def test_a_token_does_what_its_scope_says(market: Market, client: Client) -> None:
    market.token = market.token_for("bookings:read")
    assert market.ask("GET", "bookings").status_code == 200
    refused = market.ask("POST", "bookings", market.wish(), Idempotency_Key="k1")
    assert (refused.status_code, "bookings:write" in refused.json()["detail"]) == (403, True)
    assert market.ask("GET", "webhooks").status_code == 403
    market.token += "x"
    assert market.ask("GET", "bookings").status_code == 401
    assert client.get("/api/v1/bookings").status_code == 401
    form = {"grant_type": "client_credentials", "client_id": "market", "client_secret": "wrong"}
    assert client.post("/api/v1/oauth/token", form).status_code == 401
    assert client.post("/api/v1/oauth/token", form | {"grant_type": "password"}).status_code == 400


def test_a_stopped_program_and_anothers_booking(market: Market) -> None:
    market.shop.add_cars(2)
    market.link()
    mine = market.ask("POST", "bookings", market.wish(), Idempotency_Key="k1").json()["id"]
    _row, secret = programs.register(slug="other", name="Other", scopes=ALL, per_minute=1000, now=market.shop.now)
    form = {"grant_type": "client_credentials", "client_id": "other", "client_secret": secret}
    market.token = market.client.post("/api/v1/oauth/token", form).json()["access_token"]
    for method, path in (("GET", ""), ("POST", "/confirm"), ("POST", "/cancel")):
        assert market.ask(method, f"bookings/{mine}{path}").status_code == 404
    assert market.ask("GET", "bookings").json() == {"items": [], "next": None}
    Program.objects.filter(pk="other").update(serial=2)
    from autosilo.platform.resources.programs.tokens import gate

    gate.forget()  # it looks again after some seconds
    assert market.ask("GET", "bookings").status_code == 401


def test_pages_follow_one_another_and_new_rows_shift_nothing(market: Market) -> None:
    market.shop.add_cars(6)
    seen: list[str] = []
    for number in range(5):
        market.link(f"s{number}")
        market.ask("POST", "bookings", market.wish(f"s{number}"), Idempotency_Key=f"k{number}")
    page = market.ask("GET", "bookings?limit=2").json()
    market.link("late")
    market.ask("POST", "bookings", market.wish("late"), Idempotency_Key="late")
    seen += [one["id"] for one in page["items"]]
    while page["next"]:
        page = market.ask("GET", f"bookings?limit=2&cursor={page['next']}").json()
        seen += [one["id"] for one in page["items"]]
    assert len(seen) == len(set(seen)) == 5
    assert market.ask("GET", "bookings?cursor=nonsense").status_code == 422


def test_what_has_not_changed_is_not_sent_again(market: Market) -> None:
    market.shop.add_cars(1)
    first = market.client.get("/api/v1/availability?model=byd-seal&site=shanghai")
    assert first.json()["cars"] == 1
    assert not first.json()["sold_out"]
    assert first.json()["whereabouts"] == {
        "ready": 0,
        "kept": 0,
        "charged": [],
        "free_again": [],
        "arriving": [],
        "elsewhere": 1,
    }
    same = market.client.get(
        "/api/v1/availability?model=byd-seal&site=shanghai", headers={"If-None-Match": first["ETag"]}
    )
    assert (same.status_code, same.content) == (304, b"")
    assert market.client.get("/api/v1/availability?model=byd-seal&site=atlantis").status_code == 404


def test_the_price_of_a_page_does_not_grow_with_its_length(market: Market) -> None:
    market.shop.add_cars(100)

    def cost(path: str) -> int:
        market.ask("GET", path)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert market.ask("GET", path).status_code == 200
        return len(queries)

    hook = programs.listen(program="market", url="http://127.0.0.1:1/x", now=market.shop.now)
    paths = ("bookings?limit=100", f"webhooks/{hook.pk}/deliveries?limit=100", "webhooks")
    counted = []
    for number in range(100):
        market.link(f"s{number}")
        answer = market.ask("POST", "bookings", market.wish(f"s{number}"), Idempotency_Key=f"k{number}")
        assert answer.status_code == 201
        programs.announce(program="market", event=uuid4(), kind="test", payload={}, now=market.shop.now)
        if number in (0, 99):
            counted.append([cost(path) for path in paths])
    assert counted[0] == counted[1]
    assert max(counted[0]) <= 5


def test_a_webhook_is_signed_tried_again_and_replayed(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    market.shop.add_cars(1)
    market.link()
    assert market.ask("POST", "webhooks", {"url": "http://example.org/x"}).status_code == 409
    made = market.ask("POST", "webhooks", {"url": "http://127.0.0.1:9/hook"}).json()
    sent: list[tuple[bytes, dict[str, str]]] = []
    answers = [500, 200, 200]

    def post(_url: str, *, body: bytes, headers: dict[str, str], **_more: Any) -> int:
        sent.append((body, headers))
        return answers.pop(0)

    monkeypatch.setattr("autosilo.platform.resources.programs.outside.post", post)
    booked = market.ask("POST", "bookings", market.wish(confirm=True), Idempotency_Key="k1").json()
    booking.settle_in(trial=booked["id"], now=clock.now())
    row = Delivery.objects.get()
    assert (row.kind, row.payload["id"], row.payload["state"]) == ("booking.confirmed", booked["id"], "booked")
    assert not programs.deliver(delivery=row.pk, now=clock.now())
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("waiting", 1)
    assert not programs.deliver(delivery=row.pk, now=clock.now()), "not before its time"
    market.shop.now = row.next_at + timedelta(seconds=10)
    assert sweeper.sweep(now=market.shop.now)["deliveries"] == 1
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("delivered", 2)
    body, headers = sent[-1]
    at = int(headers["Autosilo-Signature"].split(",")[0].removeprefix("t="))
    assert headers["Autosilo-Signature"] == programs.signature(secret=made["secret"], at=at, body=body)
    log = market.ask("GET", f"webhooks/{made['id']}/deliveries").json()["items"][0]
    assert [one["status"] for one in log["log"]] == [500, 200]
    path = f"webhooks/{made['id']}/deliveries/{row.pk}/replay"
    assert market.ask("POST", path).status_code == 202
    assert programs.deliver(delivery=row.pk, now=clock.now())
    assert sent[-1][0] == body
    assert Attempt.objects.count() == 3
    assert market.ask("DELETE", f"webhooks/{made['id']}").status_code == 204
    assert not Webhook.objects.get().is_active


def test_a_delivery_is_given_up_after_a_day(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    programs.listen(program="market", url="http://127.0.0.1:9/hook", now=market.shop.now)
    programs.announce(program="market", event=uuid4(), kind="test", payload={}, now=market.shop.now)

    def post(*_given: Any, **_more: Any) -> int:
        raise httpx.ConnectError("nobody there")

    monkeypatch.setattr("autosilo.platform.resources.programs.outside.post", post)
    row = Delivery.objects.get()
    while row.state == "waiting":
        market.shop.now = row.next_at
        programs.deliver(delivery=row.pk, now=market.shop.now)
        row.refresh_from_db()
    assert (row.state, row.attempts) == ("given_up", len(programs.BACK_OFF) + 1)
    assert market.shop.now - row.made_at < timedelta(days=1)


def through_the_door(method: str, path: str, *, query: str = "", body: bytes = b"", **headers: str) -> Any:
    """An answer of the quick door, run on this thread so that it sees this test's transaction."""

    async def to_django(*_given: Any) -> None:
        raise AssertionError("went past the quick door")

    class Here(Door):
        async def in_thread(self, work: Any, *values: object, sorry: Any = None) -> Any:
            try:
                return work(*values)
            except OperationalError:
                return sorry(HTTPStatus.SERVICE_UNAVAILABLE)

    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body}

    async def send(message: Any) -> None:
        sent.append(message)

    given = [(name.replace("_", "-").lower().encode(), value.encode()) for name, value in headers.items()]
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": given,
        "client": ("127.0.0.1", 1),
        "http_version": "1.1",
        "scheme": "http",
    }
    answering = Here(to_django, find=find)(scope, receive, send)
    with pytest.raises(StopIteration):  # nothing waits for anything, so it needs no loop and no other connection
        answering.send(None)
    return sent[0]["status"], dict(sent[0]["headers"]), sent[1]["body"]


def test_both_doors_say_the_same(market: Market) -> None:
    market.shop.add_cars(1)
    market.link()
    body = json.dumps(market.wish()).encode()
    auth = f"Bearer {market.token}"
    status, headers, said = through_the_door(
        "POST", "/api/v1/bookings", body=body, Authorization=auth, Idempotency_Key="k1"
    )
    behind = market.ask("POST", "bookings", market.wish(), Idempotency_Key="k1")
    assert (status, json.loads(said)) == (behind.status_code, behind.json())
    assert headers[b"x-content-type-options"] == b"nosniff"
    query = "model=byd-seal&site=shanghai&days=2"
    status, _headers, said = through_the_door("GET", "/api/v1/availability", query=query)
    assert (status, json.loads(said)) == (200, market.client.get(f"/api/v1/availability?{query}").json())


@pytest.mark.parametrize(
    ("body", "token", "status"),
    [(b"{}", True, 422), (b"not json", True, 422), (b"{}", False, 401), (b"x" * 20_000, True, 413)],
)
def test_the_quick_door_refuses_what_django_refuses(market: Market, body: bytes, token: bool, status: int) -> None:
    auth = f"Bearer {market.token}" if token else "Bearer forged"
    answer = through_the_door("POST", "/api/v1/bookings", body=body, Authorization=auth, Idempotency_Key="k")
    assert answer[0] == status
    assert answer[1][b"content-type"] == b"application/problem+json"
