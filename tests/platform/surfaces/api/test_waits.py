"""The wait-list for programs: a place, how it stands, the offer, giving it up."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from autosilo.platform.journey.booking import waiting
from autosilo.platform.journey.booking.models import WaitEntry, WaitState
from autosilo.platform.resources.programs.models import Delivery, Link

from .test_bookings import Market


@pytest.fixture
def market(shop: Any, client: Client) -> Market:
    return Market(shop, client)


def wish(**changes: Any) -> dict[str, Any]:
    return {"shopper": "s1", "model": "byd-seal", "site": "shanghai"} | changes


def test_a_place_is_taken_looked_at_offered_and_confirmed(market: Market) -> None:
    market.link()
    market.ask("POST", "webhooks", {"url": "http://127.0.0.1:9/hook"})
    made = market.ask("POST", "waits", wish(paint="white"))
    assert made.status_code == 201
    place = made.json()
    assert (place["state"], place["ahead"], place["booking"], place["shopper"]) == ("waiting", 0, None, "s1")
    market.link("s2")
    soon = (market.shop.now + timedelta(days=2)).isoformat()
    second = market.ask("POST", "waits", wish(shopper="s2", not_after=soon)).json()
    assert (second["ahead"], second["paint"]) == (1, None)
    looked = market.ask("GET", f"waits/{place['id']}")
    assert looked.json() == place
    assert market.ask("GET", f"waits/{place['id']}", If_None_Match=looked["ETag"]).status_code == 304
    market.shop.add_cars(1)
    assert waiting.offer_next(site="shanghai", car_model="byd-seal", now=market.shop.now) == 1
    offered = market.ask("GET", f"waits/{place['id']}").json()
    assert (offered["state"], offered["ahead"]) == ("offered", None)
    told = Delivery.objects.get()
    assert (told.kind, told.payload["id"], told.payload["state"]) == ("booking.offered", offered["booking"], "held")
    confirmed = market.ask("POST", f"bookings/{offered['booking']}/confirm")
    assert (confirmed.status_code, confirmed.json()["state"]) == (200, "booked")
    assert market.ask("GET", f"waits/{second['id']}").json()["ahead"] == 0


def test_asking_again_changes_nothing(market: Market) -> None:
    market.link()
    first = market.ask("POST", "waits", wish(paint="white"))
    again = market.ask("POST", "waits", wish(paint="white"))
    assert (again.status_code, again.json()) == (200, first.json())
    other = market.ask("POST", "waits", wish(paint="red"))
    assert (other.status_code, other.json()["code"]) == (409, "waiting"), "one place for a model at a site"
    assert WaitEntry.objects.count() == 1


def test_what_the_shopper_asked_for_elsewhere_is_not_the_programs(market: Market) -> None:
    person, shop = market.link(), market.shop
    days = {"not_before": shop.now, "not_after": shop.now + timedelta(days=2)}
    own = waiting.wait(person=person, car_model=shop.model, paint=None, site=shop.site, now=shop.now, **days)
    assert market.ask("POST", "waits", wish()).json()["code"] == "waiting"
    assert market.ask("GET", f"waits/{own.pk}").status_code == 404
    assert market.ask("DELETE", f"waits/{own.pk}").status_code == 404
    assert market.ask("GET", "waits").json() == {"items": [], "next": None}


def test_a_place_is_given_up(market: Market) -> None:
    market.link()
    place = market.ask("POST", "waits", wish()).json()
    for _ in range(2):
        assert market.ask("DELETE", f"waits/{place['id']}").status_code == 204
    assert market.ask("GET", f"waits/{place['id']}").json()["state"] == "left"
    assert WaitEntry.objects.get().state == WaitState.LEFT


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"shopper": "nobody"}, 404, "unknown_person"),
        ({"model": "unknown"}, 404, "not_offered"),
        ({"paint": "pink"}, 404, "not_offered"),
        ({"site": "unknown"}, 404, "not_offered"),
        ({"not_after": "2020-01-01T00:00:00Z"}, 422, "window"),
        ({"not_after": "2099-01-01T00:00:00Z"}, 422, "window"),
    ],
)
def test_what_cannot_be_waited_for_is_refused(market: Market, changes: dict[str, Any], status: int, code: str) -> None:
    market.link()
    refused = market.ask("POST", "waits", wish(**changes))
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert refused["Content-Type"] == "application/problem+json"
    assert not WaitEntry.objects.exists()


def test_the_list_is_read_page_by_page_and_names_who_is_linked(market: Market) -> None:
    for subject in ("a", "b", "c"):
        market.link(subject)
        market.ask("POST", "waits", wish(shopper=subject))
    first = market.ask("GET", "waits?limit=2").json()
    assert [one["shopper"] for one in first["items"]] == ["c", "b"]
    rest = market.ask("GET", f"waits?limit=2&cursor={first['next']}").json()
    assert ([one["shopper"] for one in rest["items"]], rest["next"]) == (["a"], None)
    assert market.ask("GET", "waits?cursor=x").status_code == 422
    Link.objects.filter(subject="a").delete()
    assert market.ask("GET", f"waits?limit=2&cursor={first['next']}").json()["items"][0]["shopper"] == ""


def test_scopes_are_kept(market: Market) -> None:
    market.link()
    market.token = market.token_for("bookings:read")
    assert market.ask("POST", "waits", wish()).status_code == 403
    assert market.ask("GET", "waits").status_code == 200
    market.token = market.token_for("bookings:write")
    assert market.ask("GET", "waits").status_code == 403
