"""Who takes part: shoppers in their browsers, an operator who moves the demo clock. Each method is one thing done."""

import base64
import hashlib
import hmac
import re
import struct
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from autosilo.bench.visit.capture import capture
from autosilo.bench.visit.page import Browser, Form, Page, Unexpected
from autosilo.bench.visit.pictures import Performance
from autosilo.twin.wallet import presenting
from autosilo.twin.wallet.authority import kept_in
from autosilo.twin.wallet.credential import Holder, issue

PASSWORD = "a long walk by the river"  # noqa: S105  of accounts that live as long as the run
CARD = {
    "card[number]": "4242424242424242",
    "card[exp_month]": "12",
    "card[exp_year]": "30",
    "card[cvc]": "123",
}
"""The provider's own test card."""
TOTP_STEP_S = 30


class NotTaken(Exception):
    """Once more, and otherwise."""


class Shopper:
    """Somebody who wants to try a car. ``number`` makes name, address and licence unique."""

    def __init__(self, web: str, number: int) -> None:
        self.web = web
        self.browser = Browser(web)
        self.name = f"Ming{number}"
        self._number = number
        self.trial = ""
        self.vin = ""

    @property
    def _licence(self) -> str:
        return f"310101{self._number:012d}"

    @property
    def path(self) -> str:
        return f"/trials/{self.trial}"

    async def scan(self, photo: bytes) -> None:
        page = await self.browser.get("/scan")
        seen = await self.browser.upload(page.form("scan-send"), photo)
        seen.element("scan-seen")

    async def join(self) -> None:
        form = (await self.browser.get("/join")).form("join-submit")
        email = f"{self.name.lower()}@example.org"
        page = await self.browser.send(form, given_name=self.name, email=email, password=PASSWORD)
        page.element("nav-me")

    async def give_details(self) -> None:
        """And become premium."""
        form = (await self.browser.get("/me")).form("details-submit")
        page = await self.browser.send(
            form,
            given_name=self.name,
            family_name="Li",
            birth_date="1990-01-01",
            phone="+86 138 0013 8000",
            licence_number=self._licence,
            licence_expires_on="2035-01-01",
        )
        page = await self.browser.send(page.form("become-premium"))
        page.element("tier-premium")

    async def prove_licence(self, authority: Path) -> None:
        """With the wallet of a phone, whose licence is of the demo's own authority."""
        page = await self.browser.send((await self.browser.get("/me/licence")).form("licence-ask"))
        request = presenting.read(page.element("wallet-link")["href"])
        now = datetime.now(UTC)
        phone = issue(
            kept_in(authority, now=now),
            Holder(
                given_name=self.name,
                family_name="Li",
                birth_date=date(1990, 1, 1),
                number=self._licence,
                expires_on=date(2035, 1, 1),
            ),
            now=now,
        )
        answer = presenting.form(presenting.device_response(phone, request), request)
        await self.browser.post_elsewhere(request.response_uri, answer)
        if (await self.browser.get("/me/licence")).element("licence")["data-state"] != "verified":
            raise Unexpected("the licence is not verified")

    async def be_judged(self, model: str, site: str) -> Page:
        """Agree to the credit check; returns the page that offers times."""
        page = await self.browser.get(f"/book/{model}", site=site)
        form = page.form("credit-ask")
        version = page.element("credit-consent")["value"]
        return await self.browser.send(form, consent=version)

    async def book(self, picker: Form) -> None:
        """The first time that is free, in the paint that is chosen."""
        slots = [value for name, value in picker.choices if name == "slot"]
        slot = picker.fields.get("slot") or next(iter(slots), None)
        if slot is None:
            raise Unexpected("no pick-up time is free")
        page = await self.browser.send(picker, slot=slot)
        hub = await self.browser.send(page.form("book-submit"), agree="yes")
        self.trial = hub.element("trial")["data-trial"]

    async def show_face(self, shown: Performance) -> float:
        """Agree, and be captured; returns the seconds without the person's.

        Raises ``NotTaken`` where the server asks for another try, as it does of somebody who moves too little.
        """
        begun = time.perf_counter()
        page = await self.browser.get(f"{self.path}/selfie")
        version = page.element("selfie-consent")["value"]
        told = await self.browser.ask(page.form("selfie-consent"), consent=version)
        filmed = time.perf_counter()
        over, answered_s = await capture(self.web, told["ticket"], shown)
        if over.outcome == "again":
            raise NotTaken(over.words)
        if over.to is None:
            raise Unexpected(f"{self.name}'s face was not taken: {over.words}")
        opened = time.perf_counter()
        (await self.browser.get(over.to)).element("trial")
        return filmed - begun + answered_s + time.perf_counter() - opened

    async def pass_and_code(self) -> tuple[str, str]:
        page = await self.browser.get(f"{self.path}/pass")
        return page.texts["pass-token"].strip(), re.sub(r"\D", "", page.element("pass-code")["data-code"])

    async def until_state(self, state: str, *, within_s: float = 60.0) -> None:
        """Ask the moving part of the trial's page again and again, without a pause."""
        end = time.monotonic() + within_s
        while True:
            page = await self.browser.get(f"{self.path}/now")
            now = page.element("trial")["data-state"]
            if now == state:
                return
            if time.monotonic() > end:
                raise Unexpected(f"the trial is {now}, not {state}")

    async def accept_contract(self) -> Page:
        """Returns the payment page."""
        page = await self.browser.get(f"{self.path}/buy")
        return await self.browser.send(page.form("accept-submit"), agree="yes")

    async def pay(self, page: Page) -> None:
        """As the payment page's script does: a token from the provider, then the server is told."""
        form = page.form("pay-form")
        key = page.element("pay-form")["data-key"]
        token = await self.browser.post_elsewhere(f"{_provider_of(page)}/v1/tokens", {"key": key, **CARD})
        state: dict[str, Any] = await self.browser.ask(form, token=str(token["id"]))
        if state.get("status") != "succeeded":
            raise Unexpected(f"not paid: {state}")
        (await self.browser.get(page.element("pay-form")["data-done"])).element("receipt-number")


class Operator:
    """Somebody who may move the demo clock."""

    def __init__(self, web: str, login: dict[str, str]) -> None:
        self._browser = Browser(web)
        self._login = login

    async def close(self) -> None:
        await self._browser.close()

    async def sign_in(self) -> None:
        form = (await self._browser.get("/console/login")).form("login-submit")
        code = one_time_code(self._login["totp_secret"], time.time())
        page = await self._browser.send(form, email=self._login["email"], password=self._login["password"], code=code)
        page.element("console-nav")

    async def reach_next_pick_up(self) -> None:
        """Move to the next booked pick-up, unless the kiosk serves it already."""
        form = (await self._browser.get("/console/clock")).form("clock-next-pick-up")
        if "clock-next-pick-up" not in form.disabled:
            await self._browser.send(form, step="next_pick_up")


def one_time_code(secret: str, at: float) -> str:
    """TOTP (RFC 6238), six digits, as an authenticator app computes it."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(at) // TOTP_STEP_S), hashlib.sha1).digest()
    start = digest[-1] & 0x0F
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def _provider_of(page: Page) -> str:
    """Scheme and host that the provider's script came from."""
    for script in page.scripts:
        where = urlsplit(script)
        if where.netloc:
            return f"{where.scheme}://{where.netloc}"
    raise Unexpected(f"{page.url}: no script of a provider")
