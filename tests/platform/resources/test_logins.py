"""Which marketplaces' logins there are: the operator's file, and what a claim means."""

from datetime import timedelta

import pytest

from autosilo.platform.resources.people import claimed
from autosilo.platform.resources.people.models import AuditEntry, Membership
from autosilo.platform.resources.signin.logins import LoginsFileError, MembershipClaim, is_safe, read, secret_of

GOOD = """
[[login]]
slug = "big-market"
name = "Big Market"
name_zh = "大集市"
issuer = "https://login.market.example"
client_id = "autosilo"
[login.membership]
claim = ["membership", "tier"]
premium = ["gold", "black"]
valid_days = 7
"""
SECRETS = {"AUTOSILO_LOGIN_SECRET_BIG_MARKET": "tell-nobody"}


def test_a_whole_file_is_read() -> None:
    (login,) = read(GOOD, SECRETS)
    assert (login.source, login.secret, login.client_auth) == ("login:big-market", "tell-nobody", "client_secret_basic")
    assert (login.name_in("zh-hans"), login.name_in("en")) == ("大集市", "Big Market")
    assert login.membership is not None
    assert login.membership.valid_for == timedelta(days=7)
    assert "tell-nobody" not in repr(login)
    assert read("", {}) == ()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("https://login", "http://login"), "begins with https://"),
        (("market.example", "market.example?x=1"), "begins with https://"),
        (("big-market", "Big Market"), "login.0.slug"),
        (('client_id = "autosilo"', ""), "login.0.client_id"),
        (("valid_days = 7", "valid_days = 0"), "valid_days"),
        (("valid_days = 7", "days = 7"), "days"),
        (('client_id = "autosilo"', 'client_id = "autosilo"\nsecret = "x"'), "not into the file"),
        (("[[login]]", "[[login"), "line"),
        (('client_id = "autosilo"', 'client_id = "autosilo"\nscope = "profile"'), "scope"),
    ],
)
def test_a_mistake_is_named(change: tuple[str, str], words: str) -> None:
    with pytest.raises(LoginsFileError, match=words):
        read(GOOD.replace(*change), SECRETS)


def test_two_of_one_name_and_a_missing_secret_are_named() -> None:
    with pytest.raises(LoginsFileError, match="same slug"):
        read(GOOD + GOOD, SECRETS)
    with pytest.raises(LoginsFileError, match="set AUTOSILO_LOGIN_SECRET_BIG_MARKET"):
        read(GOOD, {})
    assert secret_of("big-market") in SECRETS


def test_http_only_where_nothing_leaves_the_machine() -> None:
    assert is_safe("https://a.example/x")
    assert is_safe("http://127.0.0.1:8000")
    assert not any(is_safe(one) for one in ("http://a.example", "ftp://a.example", "https://", "", "javascript:x"))


@pytest.mark.parametrize(
    ("claims", "premium"),
    [
        ({"membership": {"tier": "gold"}}, True),
        ({"membership": {"tier": ["silver", "black"]}}, True),
        ({"membership": {"tier": "silver"}}, False),
        ({"membership": {"tier": None}}, False),
        ({"membership": "gold"}, False),
        ({"membership": {"tier": {"gold": 1}}}, False),
        ({}, False),
    ],
)
def test_what_a_claim_says(claims: dict[str, object], premium: bool) -> None:
    rule = MembershipClaim(claim=("membership", "tier"), premium=("gold", "black"))
    assert rule.is_premium(claims) is premium


def test_a_claim_may_be_a_yes() -> None:
    rule = MembershipClaim(claim="https://market.example/vip", premium=("true",))
    assert rule.is_premium({"https://market.example/vip": True})
    assert not rule.is_premium({"https://market.example/vip": False})


# --- what it does to a membership ---


def test_a_claim_raises_renews_and_lowers_what_it_once_set(shop) -> None:
    person, source = shop.add_person(eligible=False), "login:market"
    until = shop.now + timedelta(days=30)
    claimed.renew(person=person, source=source, until=until, now=shop.now)
    first = Membership.objects.get(person=person)
    assert (first.tier, first.until, first.source, first.since) == ("premium", until, source, shop.now)
    later = shop.now + timedelta(days=3)
    claimed.renew(person=person, source=source, until=until + timedelta(days=3), now=later)
    again = Membership.objects.get(person=person)
    assert (again.until, again.since) == (until + timedelta(days=3), shop.now)
    claimed.renew(person=person, source=source, until=None, now=later)
    assert Membership.objects.get(person=person).tier == "basic"
    told = AuditEntry.objects.filter(action="membership_claimed").order_by("pk").values_list("detail__tier", flat=True)
    assert list(told) == ["premium", "basic"]


def test_a_standing_premium_membership_from_elsewhere_is_left_alone(shop) -> None:
    person = shop.add_person(eligible=True)
    for until in (None, shop.now + timedelta(days=1)):
        claimed.renew(person=person, source="login:market", until=until, now=shop.now)
        held = Membership.objects.get(person=person)
        assert (held.tier, held.until, held.source) == ("premium", None, "test")
    assert not AuditEntry.objects.filter(action="membership_claimed").exists()


def test_one_that_has_run_out_is_taken_over(shop) -> None:
    person = shop.add_person(eligible=True)
    Membership.objects.filter(person=person).update(until=shop.now - timedelta(days=1))
    claimed.renew(person=person, source="login:market", until=shop.now + timedelta(days=1), now=shop.now)
    assert Membership.objects.get(person=person).source == "login:market"
