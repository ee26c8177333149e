"""Somebody comes by a marketplace's login, adds a telephone and a passkey, and comes back with each: real processes."""

import re

import pytest
from playwright.sync_api import expect

from missions.conftest import Street
from missions.people import SLOW_MS, Shopper
from missions.shop import Shop

pytestmark = [pytest.mark.mission, pytest.mark.browser]

NUMBER = "+8613912345678"
LOOKS, LOOK_MS = 40, 250


def by_name(shop: Shop) -> str:
    """Browsers bind a passkey to a name, and the demo is served at a number."""
    return shop.web.replace("127.0.0.1", "localhost")


def device(shopper: Shopper) -> None:
    """A telephone that keeps passkeys and is unlocked by its owner."""
    session = shopper.page.context.new_cdp_session(shopper.page)
    session.send("WebAuthn.enable")
    kind = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": kind})


def newest_code(shopper: Shopper, *, besides: str = "") -> str:
    """From the page that shows what the sender took; it takes the worker a moment."""
    page = shopper.page.context.new_page()
    found = besides
    for _ in range(LOOKS):
        page.goto(f"{shopper.shop.web}/demo")
        texts = page.get_by_test_id("demo-text").locator("pre").all_text_contents()
        found = re.findall(r"\b[0-9]{6}\b", texts[0])[0] if texts else besides
        if found != besides:
            break
        page.wait_for_timeout(LOOK_MS)
    page.close()
    return found


def log_out(shopper: Shopper, web: str) -> None:
    shopper.page.goto(f"{web}/me")
    shopper.tap("logout")
    shopper.page.goto(f"{web}/login?next=/trials")


def arrived(shopper: Shopper) -> None:
    shopper.page.wait_for_url(re.compile(r"//[^/]+/trials$"), timeout=SLOW_MS)
    expect(shopper.see("nav-me")).to_be_visible()


def test_every_way_in_opens_the_same_account(shop: Shop, street: Street) -> None:
    shopper, web = street.shopper(None), by_name(shop)
    device(shopper)
    shopper.page.goto(f"{web}/login")
    shopper.tap("login-with-market")
    shopper.page.get_by_role("button", name="Na ★ gold").click()
    shopper.tap("join-submit")
    expect(shopper.see("tier-premium")).to_be_visible()

    shopper.page.goto(f"{web}/me/ways")
    shopper.see("passkey-name").fill("my phone")
    shopper.tap("passkey-add")
    expect(shopper.see("passkey")).to_contain_text("my phone")
    shopper.see("phone-number").fill(NUMBER)
    shopper.tap("phone-add")
    first = newest_code(shopper)
    shopper.see("code").fill(first)
    shopper.tap("phone-enter")
    expect(shopper.see("phone")).to_contain_text("+86 ••• 5678")

    log_out(shopper, web)
    shopper.tap("passkey-enter")
    arrived(shopper)

    log_out(shopper, web)
    shopper.tap("to-phone")
    shopper.see("number").fill(NUMBER)
    shopper.tap("phone-ask")
    expect(shopper.see("phone-said")).to_be_visible()
    shopper.see("code").fill(newest_code(shopper, besides=first))
    shopper.tap("phone-enter")
    arrived(shopper)

    log_out(shopper, web)
    shopper.tap("login-with-market")
    shopper.page.get_by_role("button", name="Na ★ gold").click()
    arrived(shopper)
    shopper.page.goto(f"{web}/me/ways")
    expect(shopper.see("identity")).to_contain_text("Na")
    assert street.server_errors == []
