"""The kit: limits, refusals, sockets, state changes."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from autosilo.platform.kit.facts import Fact, tell
from autosilo.platform.kit.limits import address_of, allow, rate_limited
from autosilo.platform.kit.models import RateBucket
from autosilo.platform.kit.providers import Socket
from autosilo.platform.kit.refusals import Refusal

MINUTE = timedelta(minutes=1)


@pytest.mark.django_db
def test_a_window_counts_and_then_forgets():
    assert [allow(key="k", limit=2, per=MINUTE) for _ in range(4)] == [True, True, False, False]
    assert allow(key="other", limit=2, per=MINUTE)
    RateBucket.objects.filter(key="k").update(window_start=timezone.now() - MINUTE)
    assert allow(key="k", limit=2, per=MINUTE)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_many_at_once_cannot_cheat():
    def use(_):
        try:
            return allow(key="crowd", limit=10, per=MINUTE)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(use, range(40))) == 10


@pytest.mark.django_db
def test_a_view_answers_429_to_one_client_and_serves_the_next():
    @rate_limited("test", limit=1, per=MINUTE)
    def view(request):
        return HttpResponse("served")

    def ask(address, method="post"):
        return view(getattr(RequestFactory(), method)("/api/x", REMOTE_ADDR=address)).status_code

    assert [ask("10.0.0.1"), ask("10.0.0.1"), ask("10.0.0.2"), ask("10.0.0.1", "get")] == [200, 429, 200, 200]


def test_a_refusal_knows_its_words_and_no_others():
    class CannotTest(Refusal):
        messages = {"because": "Because."}

    error = CannotTest("because", field="x")
    assert (str(error), error.reason, error.detail) == ("Because.", "because", {"field": "x"})
    with pytest.raises(KeyError):
        CannotTest("otherwise")


def test_a_socket_makes_its_provider_once_and_lends_its_place():
    made = []
    socket = Socket("test")
    with pytest.raises(LookupError):
        socket()
    socket.plug(lambda: made.append(1) or object())
    assert socket() is socket()
    with socket.replaced("stand-in"):
        assert socket() == "stand-in"
    socket()
    assert made == [1]


def test_a_fact_that_nobody_laid_down_is_a_bug():
    class Unknown(Fact):
        pass

    with pytest.raises(KeyError):
        tell(Unknown())


def test_only_a_proxy_of_ours_says_who_asks(settings):
    asked = RequestFactory().get("/", REMOTE_ADDR="127.0.0.1", headers={"X-Forwarded-For": "6.6.6.6, 192.0.2.7"})
    assert address_of(asked) == "127.0.0.1"
    settings.BEHIND_PROXY = True
    assert address_of(asked) == "192.0.2.7", "what stands before it is the visitor's own word"
    assert address_of(RequestFactory().get("/", REMOTE_ADDR="127.0.0.1")) == "127.0.0.1"
