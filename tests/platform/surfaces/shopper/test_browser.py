"""What the shop's scripts do, in a real browser under the real content policy."""

import io
import json
import os
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
from PIL import Image

from autosilo.platform.journey.identity import tickets
from autosilo.platform.journey.identity.faces import face_of
from autosilo.platform.journey.identity.tickets import Ticket
from autosilo.platform.journey.scan import seeing
from autosilo.platform.resources.licences.actions import reader
from autosilo.platform.resources.licences.shown import Shown as ShownLicence
from autosilo.platform.resources.signin import marketplace, phones, texts
from autosilo.platform.resources.signin.models import PhoneCode, PhoneLogin
from autosilo.platform.resources.signin.openid import Provider
from autosilo.platform.resources.signin.texts import InstantTexts
from autosilo.platform.surfaces.shopper.capturing.conversation import kept
from autosilo.platform.surfaces.shopper.capturing.words import said
from autosilo.site.identity.barcode import read_pass
from autosilo.twin.wallet import presenting
from autosilo.vision.cars.types import Body, CarLook, Colour
from autosilo.vision.faces import template_bytes
from autosilo.wire.capture import PATH, Begin, CaptureOver
from autosilo.wire.gate import GatePrompt, Prompt
from autosilo.wire.identity import IdentityMode
from autosilo.wire.passes import Shown, read
from autosilo.wire.wait import VisitWait, WaitEstimate, WaitsReported
from twin.market.conftest import serving

from .test_marketplace import login_at

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = os.environ.get("AUTOSILO_CHROMIUM", "/usr/bin/chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason=f"no browser at {CHROMIUM}"),
]
HARMLESS = (
    "Failed to load resource: the server responded with a status of 4",  # a refusal that the page explains
    "htmx:sendAbort",  # a later choice took the place of one that was on its way
    "htmx:afterRequest",
)
PHONE = {"width": 390, "height": 844}


class WatchingReader:
    """Notes the size of each picture that arrives, and sees a red SUV."""

    def __init__(self) -> None:
        self.sizes: list[tuple[int, int]] = []

    encoder = "watching/1"

    def look(self, photo: bytes, at: object = None) -> CarLook:
        if not photo.startswith(b"\xff\xd8"):
            return seeing.InstantCarReader().look(b"")
        self.sizes.append(Image.open(io.BytesIO(photo)).size)
        vector = np.ones(16, dtype=np.float32) / 4
        return CarLook(found=True, score=0.9, body={Body.SUV: 1.0}, colour=Colour.RED, embedding=vector)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch, playwright.sync_playwright() as started:
        # The driver runs a loop in this thread, and Django would refuse to speak to the database beside it.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        running = started.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"],
        )
        yield running
        running.close()


@pytest.fixture
def story(transactional_shop: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    from autosilo.platform.kit import clock

    monkeypatch.setattr(clock, "now", lambda: transactional_shop.now)
    return transactional_shop


@pytest.fixture
def tab(browser: Any, story: Any, live_server: Any) -> Iterator[Any]:
    """A phone's page; at the end it must not have complained of anything but answers of status 4xx."""
    context = browser.new_context(viewport=PHONE, base_url=live_server.url)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda said: (
            complaints.append(said.text) if said.type == "error" and not said.text.startswith(HARMLESS) else None
        ),
    )
    yield page
    context.close()
    assert complaints == []


@pytest.fixture
def signed_in_tab(tab: Any, client: Any, live_server: Any, story: Any) -> Callable[[], Any]:
    def sign_in() -> Any:
        person = story.add_person()
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        cookie = client.cookies["sessionid"].value
        tab.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        return person

    return sign_in


def test_a_large_photo_is_reduced_before_it_is_sent(tab: Any, story: Any, tmp_path: Path) -> None:
    story.add_model("tang", body="suv")
    Image.new("RGB", (4000, 3000), "red").save(tmp_path / "photo.jpg")
    reader = WatchingReader()
    with seeing.reader.replaced(reader):
        tab.goto("/scan")
        tab.get_by_test_id("scan-file").set_input_files(tmp_path / "photo.jpg")
        tab.get_by_test_id("scan-send").click()
        playwright.expect(tab.get_by_test_id("scan-candidate").first).to_be_visible()
    assert reader.sizes == [(1280, 960)]


def test_what_is_no_picture_is_left_to_the_server_to_explain(tab: Any, story: Any, tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_text("not a photo at all")
    with seeing.reader.replaced(WatchingReader()):
        tab.goto("/scan")
        tab.get_by_test_id("scan-file").set_input_files(tmp_path / "photo.jpg")
        tab.get_by_test_id("scan-send").click()
        playwright.expect(tab.get_by_test_id("scan-problem")).to_contain_text("This is not a picture.")


def test_the_camera_takes_the_photo(tab: Any, story: Any) -> None:
    reader = WatchingReader()
    with seeing.reader.replaced(reader):
        tab.goto("/scan")
        tab.get_by_test_id("scan-camera").click()
        tab.get_by_test_id("scan-take").click()
        playwright.expect(tab.get_by_test_id("scan-candidate").first).to_be_visible()
    assert len(reader.sizes) == 1


class Judge:
    """In place of the WebSocket, which Django's test server does not speak: asks for two movements, then enrols."""

    def __init__(self, tab: Any) -> None:
        self.frames = 0
        self.said: list[dict[str, Any]] = []
        self.ends: Callable[[Ticket], CaptureOver] = self._kept
        self.ticket = ""
        tab.on("response", self._note_ticket)
        tab.route_web_socket(re.compile(PATH), self._open)

    def _note_ticket(self, response: Any) -> None:
        if response.url.endswith("/selfie/begin") and response.ok:
            self.ticket = response.json()["ticket"]

    def _open(self, line: Any) -> None:
        self.line = line
        line.on_message(self._hear)

    def _hear(self, message: str | bytes) -> None:
        if isinstance(message, str):
            self.said.append(json.loads(message))
            return
        assert message.startswith(b"\xff\xd8")
        self.frames += 1
        if self.frames < 12:
            self.line.send(self._prompt().model_dump_json())
        elif self.frames == 12:
            self.line.send(self.ends(tickets.read(self.ticket)).model_dump_json())

    def _kept(self, ticket: Ticket) -> CaptureOver:
        return kept(ticket, template_bytes(face_of("Ming")), Begin.model_validate(self.said[0]).portrait)

    def _prompt(self) -> GatePrompt:
        done = self.frames // 4
        prompt = [Prompt.LOOK, Prompt.LEFT, Prompt.UP][done]
        hint = "light" if self.frames == 2 else "good"
        return GatePrompt(prompt=prompt, hint=hint, done=done, moves=3, left_s=5.0 if done else None, limit_s=7.0)


def at_selfie(tab: Any, story: Any, signed_in_tab: Callable[[], Any], way: str = "face_expected") -> Any:
    story.add_cars(1)
    trial = story.book(signed_in_tab())
    tab.goto(f"/trials/{trial.pk}/selfie?way={way}")
    return trial


def test_a_face_is_captured_live_after_the_consent(tab: Any, story: Any, signed_in_tab: Callable[[], Any]) -> None:
    judge = Judge(tab)
    trial = at_selfie(tab, story, signed_in_tab)
    tab.get_by_test_id("selfie-start").click()
    playwright.expect(tab.get_by_test_id("selfie-said")).to_contain_text("tick it first")
    assert judge.frames == 0
    tab.get_by_test_id("selfie-consent").check()
    tab.get_by_test_id("selfie-start").click()
    playwright.expect(tab.get_by_test_id("prompt")).to_have_text("Turn your head to your left")
    playwright.expect(tab.get_by_test_id("moves")).to_have_attribute("aria-label", "1 of 3 movements done")
    tab.get_by_test_id("more-time").click()
    playwright.expect(tab.get_by_test_id("trial")).to_be_visible()
    assert trial.face.sealed
    assert [one["t"] for one in judge.said] == ["begin", "more_time"]


def test_what_went_wrong_is_said_and_it_can_be_tried_again(
    tab: Any, story: Any, signed_in_tab: Callable[[], Any]
) -> None:
    judge = Judge(tab)
    judge.ends = lambda ticket: CaptureOver(outcome="again", words=said("not_live", ticket.language))
    at_selfie(tab, story, signed_in_tab)
    tab.get_by_test_id("selfie-consent").check()
    tab.get_by_test_id("selfie-start").click()
    playwright.expect(tab.get_by_test_id("selfie-problem")).to_contain_text("that it is you yourself")
    playwright.expect(tab.get_by_test_id("capture")).to_be_hidden()
    playwright.expect(tab.get_by_test_id("selfie-start")).to_be_focused()
    judge.frames = 0
    tab.get_by_test_id("selfie-start").click()
    playwright.expect(tab.get_by_test_id("prompt")).to_have_text("Look up a little")
    tab.get_by_test_id("selfie-stop").click()
    playwright.expect(tab.get_by_test_id("selfie-problem")).to_have_text("The camera is off. Nothing was kept.")
    assert tab.evaluate("document.querySelector('video').srcObject") is None


def test_a_line_that_breaks_is_said(tab: Any, story: Any, signed_in_tab: Callable[[], Any]) -> None:
    judge = Judge(tab)
    at_selfie(tab, story, signed_in_tab)
    tab.get_by_test_id("selfie-consent").check()
    tab.get_by_test_id("selfie-start").click()
    playwright.expect(tab.get_by_test_id("prompt")).to_have_text("Turn your head to your left")
    judge.line.close()
    playwright.expect(tab.get_by_test_id("selfie-problem")).to_contain_text("connection was lost")


def test_without_a_camera_pass_and_code_are_named(tab: Any, story: Any, signed_in_tab: Callable[[], Any]) -> None:
    Judge(tab)
    tab.add_init_script("navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no'))")
    at_selfie(tab, story, signed_in_tab)
    tab.get_by_test_id("selfie-consent").check()
    tab.get_by_test_id("selfie-start").click()
    playwright.expect(tab.get_by_test_id("selfie-problem")).to_contain_text("use pass and code")
    tab.get_by_test_id("use-pass").click()
    playwright.expect(tab.get_by_test_id("pass-token")).to_be_visible()


class AnyLicence:
    """A reader for which whatever a wallet sends is the shopper's own licence, with that as its portrait."""

    def __init__(self, person: Any) -> None:
        self._person = person

    def ready(self) -> bool:
        return True

    def read(self, answer: bytes, *, question: Any, now: Any) -> ShownLicence:
        person = self._person
        return ShownLicence(
            family_name=person.last_name,
            given_name=person.first_name,
            birth_date=person.birth_date,
            number=person.licence.number,
            expires_on=date(2099, 1, 1),
            categories={"B": None},
            portrait=answer,
        )


def test_the_licence_s_portrait_is_shown_by_the_wallet_before_the_face(
    tab: Any, story: Any, signed_in_tab: Callable[[], Any]
) -> None:
    story.add_cars(1)
    person = signed_in_tab()
    trial = story.book(person)
    judge = Judge(tab)
    with reader.replaced(AnyLicence(person)):
        tab.goto(f"/trials/{trial.pk}/selfie?way=face_expected")
        tab.get_by_test_id("selfie-consent").check()
        tab.get_by_test_id("portrait-open").click()
        tab.get_by_test_id("portrait-consent").check()
        tab.get_by_test_id("selfie-start").click()
        playwright.expect(tab.get_by_test_id("portrait-wallet")).to_be_visible()
        playwright.expect(tab.locator("[data-wallet-code] svg")).to_be_visible()
        tab.get_by_test_id("portrait-stop").click()
        playwright.expect(tab.get_by_test_id("selfie-problem")).to_contain_text("Nothing of your licence was kept")
        assert judge.frames == 0

        tab.get_by_test_id("selfie-start").click()
        playwright.expect(tab.get_by_test_id("portrait-wallet")).to_be_visible()
        request = presenting.read(tab.get_by_test_id("portrait-link").get_attribute("href"))
        assert "portrait" in request.elements
        form = presenting.form(b"Ming look", request)
        assert tab.request.post(urlsplit(request.response_uri).path, form=form).ok
        playwright.expect(tab.get_by_test_id("trial")).to_be_visible()
    assert set(judge.said[0]["portrait"]) == {"ask", "key"}
    assert trial.face.consent.text_version == "face-portrait-2026-12"


def test_filters_change_the_cards_and_the_address(tab: Any, story: Any) -> None:
    story.add_model("tang", body="suv")
    tab.goto("/")
    tab.get_by_test_id("filter-body").select_option("suv")
    playwright.expect(tab.get_by_test_id("car-card")).to_have_count(1)
    assert "body=suv" in tab.url
    tab.go_back()
    playwright.expect(tab.get_by_test_id("car-card")).to_have_count(2)


def test_the_picker_follows_and_books(tab: Any, story: Any, signed_in_tab: Callable[[], Any]) -> None:
    story.add_cars(1)
    story.add_cars(1, code="red")
    signed_in_tab()
    tab.goto("/book/byd-seal?paint=white")
    tab.get_by_test_id("paint-red").check(force=True)
    tab.wait_for_selector("#paint-red:checked")
    tab.get_by_test_id("day-2026-03-12").check(force=True)
    tab.wait_for_selector('input[value="2026-03-12T00:00Z"]').check(force=True)
    tab.get_by_test_id("to-confirm").click()
    playwright.expect(tab.get_by_test_id("booking-summary")).to_contain_text("Thursday 12 March, 08:00–08:30")
    tab.get_by_test_id("agree-terms").check()
    tab.get_by_test_id("book-submit").click()
    playwright.expect(tab.get_by_test_id("trial-state")).to_have_text("Booked")


def test_the_hub_follows_by_itself_and_counts_down(tab: Any, story: Any, signed_in_tab: Callable[[], Any]) -> None:
    story.add_cars(1)
    trial = story.book(signed_in_tab())
    tab.goto(f"/trials/{trial.pk}")
    soon = VisitWait(trial=trial.pk, waiting=False, wait=WaitEstimate(low_s=70.0, likely_s=125.0, high_s=170.0))
    story.say(WaitsReported, site="shanghai", visits=(soon,))
    playwright.expect(tab.get_by_test_id("wait")).to_contain_text("1 to 3 minutes", timeout=15_000)
    story.drive_off(trial)
    playwright.expect(tab.get_by_test_id("trial")).to_have_attribute("data-state", "driving", timeout=15_000)
    playwright.expect(tab.locator("#announce")).to_contain_text("On the road")
    playwright.expect(tab.get_by_test_id("time-left")).to_have_text(re.compile(r"2 d 23:59:[0-5]\d"), timeout=15_000)
    story.now += timedelta(hours=1)
    playwright.expect(tab.get_by_test_id("time-left")).to_contain_text("2 d 22:59", timeout=15_000)


def test_the_pass_with_a_key_is_shown_once_and_kept_in_this_browser_alone(
    tab: Any, signed_in_tab: Callable[[], Any], story: Any, offering: Callable[..., None]
) -> None:
    offering(*IdentityMode)
    Judge(tab)
    trial = at_selfie(tab, story, signed_in_tab)
    tab.get_by_test_id("other-way").click()
    tab.get_by_test_id("selfie-consent").check()
    tab.get_by_test_id("selfie-start").click()
    playwright.expect(tab.get_by_test_id("face-pass")).to_be_visible()
    playwright.expect(tab.get_by_test_id("kept-here")).to_be_visible()
    given = shown_by(tab)
    assert given.key is not None
    tab.get_by_test_id("to-code").click()
    playwright.expect(tab.get_by_test_id("with-face")).to_contain_text("kept in this browser only")
    assert shown_by(tab) == given
    elsewhere = tab.evaluate("(path) => fetch(path).then((answer) => answer.text())", f"/trials/{trial.pk}/pass")
    assert "AS2" not in elsewhere
    tab.get_by_text("Somebody may have seen it").click()
    tab.get_by_test_id("renew-pass").click()
    playwright.expect(tab.get_by_test_id("with-face")).to_have_count(0)
    renewed = shown_by(tab)
    assert renewed.key is None
    assert renewed.token != given.token


def test_a_passkey_is_enrolled_and_opens_the_door(tab: Any, story: Any, live_server: Any) -> None:
    """With Chromium's own virtual authenticator, so that its rules about names and origins hold."""
    person = story.add_person(first_name="Mei")
    person.set_password("harbour-lantern-42")
    person.save()
    devices = tab.context.new_cdp_session(tab)
    devices.send("WebAuthn.enable")
    kind = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
    }
    device = devices.send("WebAuthn.addVirtualAuthenticator", {"options": kind})["authenticatorId"]
    tab.goto("/login?next=/me/ways")
    tab.get_by_test_id("email").fill(person.email)
    tab.get_by_test_id("password").fill("harbour-lantern-42")
    tab.get_by_test_id("login-submit").click()
    tab.get_by_test_id("passkey-name").fill("my phone")
    tab.get_by_test_id("passkey-add").click()
    playwright.expect(tab.get_by_test_id("passkey")).to_contain_text("my phone")
    picture(tab, "ways")
    assert len(devices.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"]) == 1
    tab.get_by_test_id("passkey-name").fill("again")
    tab.get_by_test_id("passkey-add").click()
    playwright.expect(tab.get_by_test_id("passkey-said")).to_have_text("This device is enrolled already.")
    tab.goto("/me")
    tab.get_by_test_id("logout").click()
    tab.goto("/login?next=/trials")
    picture(tab, "login")
    tab.get_by_test_id("passkey-enter").click()
    tab.wait_for_url(re.compile(r"//[^/]+/trials$"))
    playwright.expect(tab.get_by_test_id("nav-me")).to_be_visible()


def test_a_marketplaces_login_goes_there_and_back_under_the_content_policy(
    tab: Any, story: Any, live_server: Any
) -> None:
    with serving(shops=(live_server.url,)) as market, marketplace.providers.replaced((Provider(login_at(market)),)):
        tab.goto("/login?next=/trials")
        tab.get_by_test_id("login-with-market").click()
        tab.get_by_role("button", name="Na ★ gold").click()
        playwright.expect(tab.get_by_test_id("email")).to_have_value("na@market.example")
        picture(tab, "join-with")
        tab.get_by_test_id("join-submit").click()
        playwright.expect(tab.get_by_test_id("tier-premium")).to_be_visible()
        tab.get_by_test_id("to-ways").click()
        playwright.expect(tab.get_by_test_id("identity")).to_contain_text("Marketplace · Na")
        picture(tab, "ways-marketplace")
        tab.get_by_test_id("identity-remove").click()
        playwright.expect(tab.get_by_test_id("messages")).to_contain_text("your only way in")
        tab.goto("/me")
        tab.get_by_test_id("logout").click()
        tab.goto("/login?next=/trials")
        picture(tab, "login-marketplace")
        tab.get_by_test_id("login-with-market").click()
        tab.get_by_role("button", name="Na ★ gold").click()
        tab.wait_for_url(re.compile(r"//[^/]+/trials$"))
        playwright.expect(tab.get_by_test_id("nav-me")).to_be_visible()


def test_a_code_by_text_message_opens_the_door(tab: Any, story: Any, settings: Any) -> None:
    settings.SMS_URL = "https://texts.example"
    person = story.add_person(first_name="Mei")
    PhoneLogin.objects.create(person=person, number="+8613912345678", since=story.now)
    with texts.sender.replaced(InstantTexts()) as sender:
        tab.goto("/login?next=/me/ways")
        tab.get_by_test_id("to-phone").click()
        tab.get_by_test_id("number").fill("139 1234 5678")
        picture(tab, "phone")
        tab.get_by_test_id("phone-ask").click()
        playwright.expect(tab.get_by_test_id("phone-said")).to_contain_text("a code is on its way")
        phones.send(code_id=PhoneCode.objects.get().pk, now=story.now)
        tab.get_by_test_id("code").fill("12345")
        tab.get_by_test_id("phone-enter").click()
        playwright.expect(tab.get_by_test_id("error-summary")).to_contain_text("This code is not right")
        picture(tab, "phone-code")
        tab.get_by_test_id("code").fill(re.findall(r"\b[0-9]{6}\b", sender.sent[0][1])[0])
        tab.get_by_test_id("phone-enter").click()
        playwright.expect(tab.get_by_test_id("phone")).to_contain_text("+86 ••• 5678")
        picture(tab, "ways-phone")


def picture(tab: Any, name: str) -> None:
    """For somebody who wants to look (``AUTOSILO_TEST_PICTURES``)."""
    if folder := os.environ.get("AUTOSILO_TEST_PICTURES"):
        tab.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def shown_by(tab: Any) -> Shown:
    """What a kiosk's camera would read from this screen."""
    tab.locator(".ticket-qr").evaluate("(element) => element.scrollIntoView({ block: 'center' })")
    text = read_pass(tab.screenshot(type="jpeg", quality=90))
    assert text is not None
    return read(text)
