"""The people of the missions, as they act on real pages."""

import base64
import hashlib
import hmac
import io
import re
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps
from playwright.sync_api import Page, expect

from autosilo.twin.wallet import presenting
from autosilo.twin.wallet.authority import FOLDER, kept_in
from autosilo.twin.wallet.credential import Holder, issue
from missions.camera import HEIGHT, SHOP, WIDTH, LiveCamera, follow
from missions.shop import Shop

SLOW_MS = 30_000
PASS_TRIES, PASS_PAUSE_MS = 6, 5_000
TOTP_STEP_S = 30
CODE = 320  # pixels: the browser cuts the camera's picture to the shape that the kiosk asks for
WALK_LOOKS, WALK_LOOK_MS = 60, 500
LICENCE = "310101199001011234"
PASSWORD = "a long walk by the river"


def one_time_code(secret: str, at: float) -> str:
    """TOTP (RFC 6238) as an authenticator app computes it."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(at) // TOTP_STEP_S), hashlib.sha1).digest()
    start = digest[-1] & 0x0F
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


@dataclass
class Person:
    """Somebody with a browser page."""

    page: Page
    shop: Shop

    def see(self, test_id: str) -> Any:
        return self.page.get_by_test_id(test_id)

    def tap(self, test_id: str) -> None:
        self.see(test_id).first.click()

    def go(self, path: str) -> None:
        self.page.goto(self.shop.web + path)


@dataclass
class Shopper(Person):
    """Somebody who wants to try a car."""

    camera: LiveCamera | None = None
    """Where somebody stands before it who can follow what is asked."""
    trial: str = ""
    trial_path: str = ""

    def scan(self, photo: Path) -> None:
        self.go("/scan")
        self.see("scan-file").set_input_files(photo)
        if self.see("scan-send").is_visible():
            self.tap("scan-send")

    def join(self, email: str, name: str = "Ming") -> None:
        self.go("/join")
        self.see("given-name").fill(name)
        self.see("email").fill(email)
        self.see("password").fill(PASSWORD)
        self.tap("join-submit")
        expect(self.see("nav-me")).to_be_visible()

    def give_details(self, *, licence: str = LICENCE, expires: str = "2035-01-01") -> None:
        self.go("/me")
        self.see("given-name").fill("Ming")
        self.see("family-name").fill("Li")
        self.see("birth-date").fill("1990-01-01")
        self.see("phone").fill("+86 138 0013 8000")
        self.see("licence-number").fill(licence)
        self.see("licence-expires-on").fill(expires)
        self.tap("details-submit")

    def prove_licence(self, licence: str = LICENCE) -> None:
        """With the wallet of a phone; the page notices by itself."""
        self.go("/me/licence")
        self.tap("licence-ask")
        self._show_licence("wallet-link", licence)
        expect(self.see("licence")).to_have_attribute("data-state", "verified", timeout=SLOW_MS)

    def _show_licence(self, link: str, licence: str, portrait: bytes | None = None) -> None:
        expect(self.see(link)).to_be_visible()
        request = presenting.read(self.see(link).get_attribute("href") or "")
        now = datetime.now(UTC)
        holder = Holder(
            given_name="Ming",
            family_name="Li",
            birth_date=date(1990, 1, 1),
            number=licence,
            expires_on=date(2035, 1, 1),
            portrait=portrait,
        )
        phone = issue(kept_in(self.shop.home / FOLDER, now=now), holder, now=now)
        assert presenting.send(presenting.device_response(phone, request), request).is_success

    def become_premium(self) -> None:
        self.go("/me")
        self.tap("become-premium")
        expect(self.see("tier-premium")).to_be_visible()

    def consent_to_credit_check(self, model: str) -> None:
        self.go(f"/book/{model}")
        self.see("credit-consent").check()
        self.tap("credit-ask")

    def book(self, model: str, *, site: str = "shanghai") -> None:
        """Book the first slot that is free, in whatever colour, on whatever day."""
        self.go(f"/book/{model}?site={site}")
        expect(self.see("picker")).to_be_visible()
        free = self.page.locator('[data-testid="slot"]:not([disabled])')
        for paint in self.page.locator('input[name="paint"]').evaluate_all("all => all.map(one => one.value)"):
            if free.count():
                break
            self.go(f"/book/{model}?site={site}&paint={paint}")
        free.first.check(force=True)
        self.tap("to-confirm")
        expect(self.see("booking-summary")).to_be_visible()
        self.see("agree-terms").check()
        self.tap("book-submit")
        expect(self.see("trial")).to_be_visible()
        self.trial = self.see("trial").get_attribute("data-trial") or ""
        self.trial_path = f"/trials/{self.trial}"

    def cancel(self) -> None:
        self.go(f"{self.trial_path}/cancel")
        self.tap("cancel-confirm")
        self.wait_for_state("cancelled")

    def show_face(self) -> None:
        """Follow the movements before one's own camera, and be enrolled."""
        assert self.camera, "somebody who can move"
        self.camera.arrive()
        self.begin_capture()
        ended = follow(self.page, self.camera, asked=SHOP)
        assert ended == "taken", ended
        expect(self.see("trial")).to_be_visible(timeout=SLOW_MS)
        self.go(f"{self.trial_path}/selfie")
        expect(self.see("face-kept")).to_be_visible()

    def begin_capture(self, way: str = "face_expected") -> None:
        self.go(f"{self.trial_path}/selfie?way={way}")
        self.see("selfie-consent").check()
        self.tap("selfie-start")

    def show_licence_and_face(self, licence: str, portrait: bytes) -> str:
        """For pass and face, compared with the licence's portrait; answers what the page says."""
        assert self.camera, "somebody who can move"
        self.camera.arrive()
        self.go(f"{self.trial_path}/selfie?way=pass_face")
        self.see("selfie-consent").check()
        self.tap("portrait-open")
        self.see("portrait-consent").check()
        self.tap("selfie-start")
        self._show_licence("portrait-link", licence, portrait)
        expect(self.see("capture")).to_be_visible()
        return follow(self.page, self.camera, asked=SHOP)

    def picture_of_the_pass(self) -> Image.Image:
        """As it is held before a kiosk's camera."""
        expect(self.see("face-pass")).to_be_visible(timeout=SLOW_MS)
        code = self.page.locator(".ticket-qr")
        code.evaluate("(drawing) => drawing.scrollIntoView({ block: 'center' })")  # the bar below would cover it
        drawing = Image.open(io.BytesIO(code.screenshot())).convert("RGB")
        small = ImageOps.contain(drawing, (CODE, CODE))
        return ImageOps.expand(small, ((WIDTH - small.width) // 2, (HEIGHT - small.height) // 2), fill="white")

    def pass_and_code(self) -> tuple[str, str]:
        self.go(f"{self.trial_path}/pass")
        token = self.see("pass-token").inner_text().strip()
        return token, re.sub(r"\D", "", self.see("pass-code").inner_text())

    def state(self) -> str:
        return str(self.see("trial").get_attribute("data-state"))

    def wait_for_state(self, state: str) -> None:
        """The page follows by itself; no reload is needed."""
        self.go(self.trial_path)
        expect(self.see("trial")).to_have_attribute("data-state", state, timeout=SLOW_MS)

    def buy(self, card: str = "4242424242424242") -> None:
        self.go(f"{self.trial_path}/buy")
        expect(self.see("contract")).to_be_visible()
        self.see("accept-contract").check()
        self.tap("accept-submit")
        self.enter_card(card)
        self.tap("pay-submit")

    def enter_card(self, number: str) -> None:
        """Into the fields of the payment service, on whichever page pays."""
        fields = self.see("card")
        fields.get_by_placeholder("number").fill(number)
        fields.get_by_placeholder("exp_month").fill("12")
        fields.get_by_placeholder("exp_year").fill("30")
        fields.get_by_placeholder("cvc").fill("123")
        fields.get_by_placeholder("postal_code").fill("200000")


@dataclass
class Visitor(Person):
    """Somebody who stands at a kiosk."""

    site: str = "shanghai"
    camera: LiveCamera | None = None
    """Where somebody stands before it who can follow what is asked."""

    def arrive(self, site: str = "shanghai") -> None:
        self.site = site
        self.page.goto(self.shop.kiosk(site))
        self.on_screen("welcome")

    def on_screen(self, *names: str) -> str:
        """Wait for one of these screens and say which it is."""
        pattern = re.compile("^(" + "|".join(names) + ")$")
        expect(self.see("screen")).to_have_attribute("data-screen", pattern, timeout=SLOW_MS)
        return str(self.see("screen").get_attribute("data-screen"))

    def show_face(self) -> str:
        if self.camera:
            self.camera.arrive()
        self.tap("choose-face")
        if self.camera:
            return follow(self.page, self.camera)
        return self.on_screen("hello", "refused")

    def show_pass_and_face(self, held: Image.Image) -> str:
        """The pass before the camera, then the face that it is for."""
        assert self.camera, "somebody who can move"
        self.camera.arrive()
        self.camera.hold(held)
        self.tap("choose-pass")
        self.on_screen("looking")
        self.camera.hold(None)
        return follow(self.page, self.camera)

    def show_pass(self, token: str, code: str) -> None:
        self.tap("choose-pass")
        self.on_screen("pass")
        self.see("pass-input").fill(token)
        expect(self.see("pass-input")).to_have_value(token)
        self._submit_pass()
        self.see("code-input").fill(code)

    def _submit_pass(self) -> None:
        """As a person does: press again when the kiosk does not know the pass yet.

        Right after the database was killed it takes the platform some seconds until its jobs run again, and so until
        the site has heard of a new booking.
        """
        for _ in range(PASS_TRIES):
            self.tap("pass-submit")
            try:
                expect(self.see("screen")).to_have_attribute("data-screen", "code", timeout=PASS_PAUSE_MS)
            except AssertionError:
                continue
            return
        self.on_screen("code")

    def refusal(self) -> str:
        self.on_screen("refused")
        return str(self.see("refused-reason").get_attribute("data-reason"))

    def confirm(self) -> None:
        self.on_screen("hello")
        self.tap("confirm")

    def drive_off(self) -> None:
        self.confirm()
        self.on_screen("coming", "gate", "done")
        self.on_screen("done")

    def bring_back(self) -> None:
        self.confirm()
        self.on_screen("intake", "checks", "thanks")
        self.on_screen("thanks")


class Operator(Person):
    """Somebody who looks after the sites."""

    used_code: str = ""
    login: str = "operator"

    def log_in(self) -> None:
        who = self.shop.demo[self.login]
        self.go("/console/login")
        self.page.locator("input[name=email]").fill(who["email"])
        self.page.locator("input[name=password]").fill(who["password"])
        self.page.locator("input[name=code]").fill(one_time_code(who["totp_secret"], time.time()))
        self.tap("login-submit")
        expect(self.see("console-nav")).to_be_visible()

    def reach_next_pick_up(self) -> None:
        """Move to the next booked pick-up, unless the kiosk serves it already."""
        self.go("/console/clock")
        if self.see("clock-next-pick-up").is_enabled():
            self.move_clock("next-pick-up")

    def move_clock(self, step: str) -> None:
        """``hour``, ``next-pick-up``, ``day`` or ``three-days``."""
        self.go("/console/clock")
        before = self.see("clock-ahead").inner_text()
        self.tap(f"clock-{step}")
        expect(self.see("clock-ahead")).not_to_have_text(before)


class Technician(Operator):
    """Somebody of staff with a phone, in front of the machine."""

    login: str = "technician"

    def wait_for_walk(self, site: str, lift: str) -> None:
        """Until the console says that ``lift`` waits for a walk."""
        for _ in range(WALK_LOOKS):
            self.go(f"/console/sites/{site}/books")
            if self.see(f"open-walk-{lift}").count():
                return
            self.page.wait_for_timeout(WALK_LOOK_MS)
        expect(self.see(f"open-walk-{lift}")).to_be_visible()

    def answer_empty(self) -> None:
        self._answer(lambda: self.tap("empty"))

    def answer_other(self, vin: str) -> None:
        self.tap("another-car")
        self.page.locator("select[name=car]").select_option(vin)
        self._answer(lambda: self.tap("confirm-other"))

    def confirm_the_rest(self, *, answered: int) -> None:
        """Place by place, as in the books, until every place is confirmed."""
        for _ in range(self.page.locator('[data-testid^="row-"]').count() - answered):
            self._answer(lambda: self.tap("as-in-the-books"))
        expect(self.see("all-confirmed")).to_be_visible(timeout=SLOW_MS)

    def _answer(self, press: Callable[[], None]) -> None:
        """Each shown place has a number of its own for the answer."""
        number = self.page.locator("#walk input[name=order]").first
        shown = number.input_value()
        press()
        expect(number).not_to_have_value(shown, timeout=SLOW_MS)
