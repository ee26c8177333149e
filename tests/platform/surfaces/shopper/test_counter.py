"""The counter: what one button says to a crowd."""

from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import OperationalError
from django.test import Client

from autosilo.platform.journey.booking import line, soldout
from autosilo.platform.journey.booking.models import Sale
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.surfaces.shopper import counter

from ..api.test_bookings import through_the_door

HOLD = "/book/byd-seal/hold"
CSRF = "a" * 32


@pytest.fixture
def stand(shop: Any, client: Client) -> Any:
    start = shop.in_real_time()
    form = {"paint": "white", "site": "shanghai", "slot": start.strftime("%Y-%m-%dT%H:%MZ")}

    def press(person: Any = None, *, token: str = CSRF, **headers: str) -> Any:
        client.logout()
        if person is not None:
            client.force_login(person)
        cookies = f"csrftoken={CSRF}; " + "; ".join(f"{n}={m.value}" for n, m in client.cookies.items())
        body = urlencode(form | {"csrfmiddlewaretoken": token}).encode()
        given = {
            "Cookie": cookies,
            "Content_Type": "application/x-www-form-urlencoded",
            "Origin": "http://127.0.0.1",
            "Host": "127.0.0.1",
        }
        status, head, text = through_the_door("POST", HOLD, body=body, **(given | headers))
        return status, {name.decode(): value.decode() for name, value in head.items()}, text.decode()

    return press


def test_a_car_is_held_and_the_next_one_hears_that_it_is_gone(shop: Any, stand: Any) -> None:
    shop.add_cars(1)
    status, head, _text = stand(shop.add_person())
    trial = Trial.objects.get()
    assert (status, head["Location"]) == (303, f"/trials/{trial.pk}/confirm")
    status, head, text = stand(shop.add_person())
    assert (status, 'data-testid="counter-sold_out"' in text) == (409, True)
    assert "script-src" in head["Content-Security-Policy"]
    chinese = stand(shop.add_person(), Accept_Language="zh-CN")[2]
    assert "有人更快" in chinese


def test_what_is_sold_out_costs_no_query(shop: Any, stand: Any, django_assert_num_queries: Any) -> None:
    stand(shop.add_person())  # there is no car at all
    wanted = list(soldout._until)
    assert wanted
    soldout._until[wanted[0]] += 60
    person = shop.add_person()
    client = Client()
    client.force_login(person)
    with django_assert_num_queries(0):
        _status, _head, text = through_the_door(
            "POST",
            HOLD,
            body=urlencode(dict(zip(("paint", "site", "slot"), wanted[0][1:], strict=True))).encode(),
            Content_Type="application/x-www-form-urlencoded",
        )
    assert b"counter-sold_out" in text


def test_without_a_session_or_with_a_forged_form(shop: Any, stand: Any) -> None:
    shop.add_cars(1)
    assert stand()[1]["Location"].startswith("/login?next=")
    assert stand(shop.add_person(), token="b" * 32)[0] == 403
    assert stand(shop.add_person(), Origin="https://elsewhere.example")[0] == 403
    assert not Trial.objects.exists()


def test_before_a_sale_opens_there_is_a_line(shop: Any, stand: Any) -> None:
    shop.add_cars(1)
    person = shop.add_person()
    sale = Sale.objects.create(car_model=shop.model, site=shop.site, opens_at=shop.now.replace(year=2099))
    status, _head, text = stand(person)
    assert (status, 'data-testid="counter-waiting"' in text) == (202, True)
    assert 'data-testid="line-ahead">0<' in text
    assert 'name="slot"' in text
    assert not Trial.objects.exists()
    sale.opens_at = shop.now
    sale.save()
    line.forget()
    assert stand(person)[0] == 303


def test_while_the_database_is_away_the_choice_stays_on_the_page(
    shop: Any, stand: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.add_cars(1)
    person = shop.add_person()
    with monkeypatch.context() as away:
        away.setattr(counter.booking, "hold", _away)
        status, head, text = stand(person)
    assert (status, head["Retry-After"], head["Cache-Control"]) == (503, "5", "no-store")
    assert 'data-testid="counter-away"' in text
    assert all(f'name="{name}"' in text for name in ("paint", "site", "slot", "csrfmiddlewaretoken"))
    assert stand(person)[0] == 303


def _away(**_: object) -> None:
    raise OperationalError("the database system is starting up")


def test_a_bot_is_slowed(shop: Any, stand: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counter, "TRIES_PER_MINUTE", 3)
    person = shop.add_person()
    client = Client()
    client.force_login(person)
    cookie = f"sessionid={client.cookies['sessionid'].value}"
    seen = [through_the_door("POST", HOLD, Cookie=cookie)[0] for _ in range(5)]
    assert seen.count(429) == 2
