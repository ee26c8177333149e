"""The payment page of the handbook, in Chromium, under a strict policy, against localstripe."""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Page, async_playwright

from autosilo.platform.resources.payments.stripe_gateway import IntentStatus, PaymentFailure, StripeGateway
from twin.bank.process import Bank

pytestmark = pytest.mark.browser

HANDBOOK = Path(__file__).parents[3] / "docs" / "reference" / "twins.md"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""


def block(language: str) -> str:
    """The last code block of that language in the handbook."""
    return re.findall(rf"```{language}\n(.*?)```", HANDBOOK.read_text("utf-8"), re.DOTALL)[-1]


class Shop:
    """The smallest server that pays: what the handbook says that the platform does."""

    def __init__(self, bank: Bank) -> None:
        self.bank = bank
        self.gateway = StripeGateway("sk_test_12345", api_base=bank.url)
        self.intent = self._fresh()
        self.received: list[str] = []

    def application(self) -> web.Application:
        app = web.Application()
        app.add_routes(
            [
                web.get("/", self._page),
                web.get("/static/pay.js", self._script),
                web.post("/pay", self._pay),
                web.get("/receipt", self._receipt),
                web.get("/favicon.ico", self._nothing),
            ]
        )
        return app

    def policy(self) -> str:
        return (
            "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; "
            f"frame-ancestors 'none'; script-src 'self' {self.bank.url}/js.stripe.com/v3/; "
            f"connect-src 'self' {self.bank.url}"
        )

    def _fresh(self) -> str:
        return self.gateway.create_intent(
            amount_minor=19_980_000, currency="CNY", reference="r", idempotency_key=str(uuid4()), description="A car"
        ).id

    async def _page(self, request: web.Request) -> web.Response:
        form = block("html").replace("{STRIPE_JS_URL}", f"{self.bank.url}/js.stripe.com/v3/")
        page = f"<!doctype html><html lang=en><head><title>Pay</title></head><body>{form}</body></html>"
        headers = {"Content-Security-Policy": self.policy()}
        return web.Response(text=page, content_type="text/html", headers=headers)

    async def _script(self, request: web.Request) -> web.Response:
        return web.Response(text=block("js"), content_type="text/javascript")

    async def _pay(self, request: web.Request) -> web.Response:
        form = await request.post()
        self.received.append(repr(dict(form)))
        return web.json_response(await asyncio.to_thread(self._settle, str(form.get("token", ""))))

    def _settle(self, token: str) -> dict[str, str]:
        try:
            found = self.gateway.pay(self.intent, card_token=token) if token else self.gateway.retrieve(self.intent)
        except PaymentFailure as failure:
            if failure.kind != "declined":
                raise
            return self._another()
        if not token and found.status is IntentStatus.REQUIRES_PAYMENT_METHOD:
            return self._another()
        return {"status": found.status, "client_secret": found.client_secret}

    def _another(self) -> dict[str, str]:
        self.gateway.cancel(self.intent)
        self.intent = self._fresh()
        return {"status": "declined", "message": "Your bank declined."}

    async def _receipt(self, request: web.Request) -> web.Response:
        return web.Response(text="<!doctype html><title>Thanks</title><h1>Thanks</h1>", content_type="text/html")

    async def _nothing(self, request: web.Request) -> web.Response:
        return web.Response(status=204)


@pytest.fixture
async def shop(bank: Bank) -> Shop:
    return await asyncio.to_thread(Shop, bank)


@pytest.fixture
async def page(shop: Shop) -> AsyncIterator[Page]:
    if not CHROMIUM:
        pytest.skip("no Chromium on this machine")
    wrong: list[str] = []
    async with TestServer(shop.application()) as server, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = await browser.new_page()
        page.on("console", lambda said: wrong.append(said.text) if "Content Security Policy" in said.text else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        await page.goto(str(server.make_url("/")))
        yield page
        await browser.close()
    assert wrong == []


async def pay_with(page: Page, number: str) -> None:
    fields = {"number": number, "exp_month": "12", "exp_year": "30", "cvc": "123", "postal_code": "20000"}
    for placeholder, value in fields.items():
        await page.fill(f"#card input[placeholder={placeholder}]", value)
    await page.click("button[type=submit]")


async def words(page: Page) -> str:
    said = await page.wait_for_selector("[data-said]:not(:empty)")
    assert said is not None
    return await said.inner_text()


async def status(shop: Shop) -> str:
    return (await asyncio.to_thread(shop.gateway.retrieve, shop.intent)).status


async def test_a_card_is_paid_without_touching_our_server(page: Page, shop: Shop) -> None:
    await pay_with(page, "4242424242424242")
    await page.wait_for_url("**/receipt")
    assert await status(shop) == "succeeded"
    assert len(shop.received) == 1
    assert "4242" not in shop.received[0]


@pytest.mark.parametrize("number", ["4000000000000002", "4000000000000341"])
async def test_after_a_declined_card_another_one_pays(page: Page, shop: Shop, number: str) -> None:
    await pay_with(page, number)
    assert await words(page) == "Your bank declined."
    await pay_with(page, "4242424242424242")
    await page.wait_for_url("**/receipt")
    assert await status(shop) == "succeeded"


async def test_a_card_that_asks_its_holder(page: Page, shop: Shop) -> None:
    await pay_with(page, "4000002500003155")
    await page.click("text=Complete authentication")
    await page.wait_for_url("**/receipt")
    assert await status(shop) == "succeeded"


async def test_a_holder_who_says_no_may_try_again(page: Page, shop: Shop) -> None:
    await pay_with(page, "4000002500003155")
    await page.click("text=Fail authentication")
    assert await words(page) == "Your bank declined."
    await pay_with(page, "4242424242424242")
    await page.wait_for_url("**/receipt")


@pytest.mark.parametrize("number", ["", "42", "4242 4242 4242 4242"])
async def test_a_card_that_cannot_be_read_goes_nowhere(page: Page, shop: Shop, number: str) -> None:
    if number:
        await pay_with(page, number)
    else:
        await page.click("button[type=submit]")
    assert await words(page) == "Please check the card's details."
    assert shop.received == []
