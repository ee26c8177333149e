"""The page in a real browser: with touch, with the keyboard alone, without a camera, through a lost line."""

import asyncio
import base64
import os
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from playwright.async_api import Browser, Page, async_playwright, expect

from autosilo.site.control.holding import Hold
from autosilo.tower.eta import Estimate
from autosilo.vision.presence.eye import Hint, Look, Stance
from autosilo.wire.alike import CarAlike
from autosilo.wire.held import new_key
from autosilo.wire.identity import IdentityMode
from autosilo.wire.passes import with_key
from autosilo.wire.sealed import unseal
from autosilo.wire.video import Watch

TOKEN = "AS1-7K3M-QX2P-90ZT"
CODE = "314159"
VIN = "LSVAA4187E2123456"
SHOTS = os.environ.get("AUTOSILO_SCREENSHOTS")
CAMERA = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")

pytestmark = [pytest.mark.browser, pytest.mark.slow]


class Stand:
    """A kiosk on a port of its own that can go away and come back."""

    def __init__(self, box) -> None:
        self.box = box
        self.port = 0
        self.runner: web.AppRunner | None = None

    async def up(self) -> None:
        self.runner = web.AppRunner(self.box.kiosks.app(), handle_signals=False, shutdown_timeout=1)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", self.port).start()
        self.port = self.runner.addresses[0][1]

    async def down(self) -> None:
        if self.runner:
            await self.runner.cleanup()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/?lang=en"


@pytest.fixture
async def stand(box) -> AsyncIterator[Stand]:
    one = Stand(box)
    await one.up()
    box.kiosks.show(box.tower.snapshot())
    yield one
    await one.down()


@pytest.fixture
async def browser(chromium) -> AsyncIterator[Browser]:
    async with async_playwright() as driver:
        one = await driver.chromium.launch(executable_path=chromium, args=["--no-sandbox", *CAMERA])
        yield one
        await one.close()


@pytest.fixture
async def page(stand, browser) -> AsyncIterator[Page]:
    context = await browser.new_context(permissions=["camera"], viewport={"width": 1280, "height": 800})
    one = await context.new_page()
    one.set_default_timeout(10_000)
    problems: list[str] = []
    one.on("pageerror", lambda error: problems.append(str(error)))
    one.on("console", lambda line: problems.append(line.text) if "Content Security Policy" in line.text else None)
    await one.goto(stand.url)
    await at(one, "welcome")
    yield one
    await context.close()
    assert problems == []


async def at(page: Page, screen: str) -> None:
    await expect(page.get_by_test_id("screen")).to_have_attribute("data-screen", screen)


async def identify(page: Page) -> None:
    await page.get_by_test_id("choose-pass").click()
    await page.get_by_test_id("pass-input").fill(TOKEN)
    await page.get_by_test_id("pass-submit").click()
    await at(page, "code")
    for digit in CODE:
        await page.get_by_test_id(f"key-{digit}").click()
    await at(page, "hello")


async def test_a_car_is_collected_and_brought_back_by_touch(box, page) -> None:
    box.expect()
    await identify(page)
    await expect(page.get_by_test_id("greeting")).to_have_text("Hello, Mei.")
    await expect(page.get_by_test_id("car-model")).to_have_text("Zeekr 001")
    box.tower.slow()
    await page.get_by_test_id("confirm").click()
    await at(page, "coming")
    await expect(page.get_by_test_id("eta")).to_have_text("About 2 minutes")
    await expect(page.get_by_test_id("eta-range")).to_have_text("Usually 1–4 minutes")
    box.tower.estimate = Estimate(17.0, 24.0, 38.0)
    await expect(page.get_by_test_id("eta")).to_have_text("About 25 seconds")
    await expect(page.get_by_test_id("eta-range")).to_have_text("Usually 15–40 seconds")
    box.tower.estimate = None
    await expect(page.get_by_test_id("eta")).to_be_empty()
    await expect(page.get_by_test_id("eta-range")).to_be_empty()
    box.tower.may_move.set()
    await at(page, "gate")
    await expect(page.get_by_test_id("gate-lead")).to_contain_text("L1 D1")
    await box.tower.drive_out(VIN)
    await at(page, "done")
    await page.get_by_test_id("finish").click()
    await at(page, "welcome")
    await identify(page)
    await page.get_by_test_id("confirm").click()
    await at(page, "intake")
    await box.tower.drive_in(VIN)
    await at(page, "thanks")


async def test_the_screen_says_the_plate_of_the_car_that_really_comes(box, page) -> None:
    box.expect()
    other = CarAlike(vin="LSVAA4187E2000002", plate="沪A·D00002")
    box.tower.cars["L1.B0103"], box.tower.sooner[other.vin], box.offers = other.vin, 30.0, (other,)
    await identify(page)
    await expect(page.get_by_test_id("plate")).not_to_have_text(other.plate)
    box.tower.slow()
    await page.get_by_test_id("confirm").click()
    await at(page, "coming")
    await expect(page.get_by_test_id("plate")).to_have_text(other.plate)
    box.tower.may_move.set()
    await at(page, "gate")
    await expect(page.get_by_test_id("plate")).to_have_text(other.plate)


async def test_a_wait_is_told_with_its_uncertainty_in_chinese_too(box, stand, page) -> None:
    await page.goto(stand.url.replace("lang=en", "lang=zh-hans"))
    box.expect(language="zh-hans")
    await identify(page)
    box.tower.slow()
    await page.get_by_test_id("confirm").click()
    await at(page, "coming")
    await expect(page.get_by_test_id("eta")).to_have_text("大约 2 分钟")
    await expect(page.get_by_test_id("eta-range")).to_have_text("通常需要 1–4 分钟")
    box.tower.estimate = Estimate(20.0, 45.0, 70.0)
    await expect(page.get_by_test_id("eta-range")).to_have_text("通常不超过 2 分钟")
    box.tower.may_move.set()
    await at(page, "gate")


async def test_everything_works_with_the_keyboard_alone(box, page) -> None:
    box.expect()
    await page.get_by_test_id("choose-pass").focus()
    await page.keyboard.press("Enter")
    await at(page, "pass")
    await page.get_by_test_id("pass-input").focus()
    await page.keyboard.type(TOKEN[4:])
    await page.keyboard.press("Enter")
    await at(page, "code")
    await expect(page.get_by_test_id("code-input")).to_be_focused()
    await page.keyboard.type("000000")
    await expect(page.get_by_test_id("note")).to_contain_text("4")
    await page.keyboard.type(CODE)
    await at(page, "hello")
    await expect(page.get_by_test_id("confirm")).to_be_focused()
    await page.keyboard.press("Enter")
    await at(page, "gate")
    await box.tower.drive_out(VIN)
    await at(page, "done")


async def test_the_page_comes_back_after_the_site_was_gone(box, page, stand) -> None:
    box.expect()
    await identify(page)
    await stand.down()
    await at(page, "away")
    assert "Mei" not in await page.content(), "nobody knows whether she still stands there"
    await page.get_by_test_id("help").click()
    await expect(page.get_by_test_id("toast")).to_contain_text("Or telephone +86")
    await stand.up()
    await at(page, "welcome")
    await identify(page)
    box.tower.slow()
    await page.get_by_test_id("confirm").click()
    await at(page, "coming")
    await stand.down()
    await expect(page.get_by_test_id("notice")).to_have_attribute("data-notice", "link.lost")
    await stand.up()
    await expect(page.get_by_test_id("notice")).to_be_hidden(timeout=12_000)
    await at(page, "coming")
    await page.reload()
    await at(page, "coming")
    await expect(page.get_by_test_id("car-model")).to_have_text("Zeekr 001")


async def test_without_a_camera_the_pass_is_offered(box, stand, browser) -> None:
    context = await browser.new_context()
    page = await context.new_page()
    await page.add_init_script("navigator.mediaDevices.getUserMedia = () => Promise.reject(new Error('unplugged'))")
    await page.goto(stand.url)
    await page.get_by_test_id("choose-face").click()
    await expect(page.get_by_test_id("hint")).to_contain_text("does not work")
    await expect(page.get_by_test_id("use-pass")).to_be_focused()
    await page.get_by_test_id("use-pass").click()
    await at(page, "pass")
    await expect(page.get_by_test_id("pass-input")).to_be_visible()
    await context.close()
    assert box.kinds() == ["help_wanted"]
    assert box.facts()[0].reason == "camera_dead"


HANGS = """
    const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    let hung = false;
    navigator.mediaDevices.getUserMedia = (wish) => (hung ? real(wish) : ((hung = true), new Promise(() => {})));
"""


async def test_a_camera_that_hangs_is_noticed_and_comes_back_by_itself(box, stand, browser) -> None:
    context = await browser.new_context(permissions=["camera"])
    page = await context.new_page()
    await page.add_init_script(HANGS)
    await page.goto(stand.url)
    await page.get_by_test_id("choose-face").click()
    await expect(page.get_by_test_id("hint")).to_contain_text("does not work", timeout=20_000)
    await expect(page.get_by_test_id("hint")).not_to_contain_text("does not work", timeout=20_000)
    await expect(page.get_by_test_id("camera")).to_be_visible()
    await context.close()
    assert [fact.reason for fact in box.facts() if fact.kind == "help_wanted"] == ["camera_dead"], "said once"


async def test_who_calls_twice_is_told_that_somebody_comes_and_which_screen_called(box, stand, browser) -> None:
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(f"{stand.url}&kiosk=K2")
    await page.get_by_test_id("help").click()
    await expect(page.get_by_test_id("toast")).to_contain_text("has been called to this screen")
    await page.get_by_test_id("help").click()
    await expect(page.get_by_test_id("toast")).to_contain_text("has been called already")
    await context.close()
    assert [(fact.reason, fact.kiosk) for fact in box.facts()] == [("asked", "K2")]


async def test_while_the_line_is_down_the_call_waits_the_telephone_is_named_and_the_end_of_it_is_said(
    box, stand, browser
) -> None:
    box.line_up = False
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(stand.url)
    await at(page, "welcome")
    await page.get_by_test_id("help").press("Enter")
    toast = page.get_by_test_id("toast")
    await expect(toast).to_contain_text("nobody has heard your call yet")
    await expect(toast).to_contain_text("+86 400 000 0000")
    box.line_up = True
    box.outbox.sent(box.outbox.oldest()[0])
    await expect(toast).to_contain_text("has been called to this screen")
    await context.close()
    assert box.kinds() == []


async def test_whoever_sits_has_everything_within_reach_and_every_key_is_large_enough(box, page) -> None:
    await page.get_by_test_id("choose-pass").click()
    await at(page, "pass")
    sizes = await page.locator(".key").evaluate_all("keys => keys.map((key) => [key.offsetWidth, key.offsetHeight])")
    assert min(min(size) for size in sizes) >= 44, "WCAG 2.2, 2.5.5"
    await page.get_by_test_id("reach").click()
    bar = await page.locator("header").bounding_box()
    assert bar is not None
    assert bar["y"] > 600, "of 800: below what is shown"
    await page.get_by_test_id("back").click()
    await at(page, "welcome")
    await expect(page.get_by_test_id("reach")).to_have_attribute("aria-pressed", "false")


async def test_whoever_types_a_pass_needs_no_camera(box, stand, browser) -> None:
    context = await browser.new_context()
    page = await context.new_page()
    await page.add_init_script("navigator.mediaDevices.getUserMedia = () => Promise.reject(new Error('none'))")
    await page.goto(stand.url)
    await page.get_by_test_id("choose-pass").click()
    await expect(page.get_by_test_id("pass-lead")).to_contain_text("Type the letters")
    await expect(page.get_by_test_id("pass-input")).to_be_visible()
    await context.close()
    assert box.kinds() == []


async def test_the_language_changes_and_goes_back_for_the_next_visitor(box, page) -> None:
    box.expect(language="zh-hans", greeting="美")
    await identify(page)
    await expect(page.get_by_test_id("greeting")).to_have_text("美，您好。")
    await page.get_by_test_id("not-me").click()
    await at(page, "welcome")
    await expect(page.locator("h1")).to_have_text("Hello.")
    await page.get_by_test_id("language").click()
    await expect(page.locator("h1")).to_have_text("您好。")


async def test_an_idle_page_warns_and_clears(box, page) -> None:
    box.expect()
    await page.clock.install()
    await page.reload()
    await page.clock.run_for(1000)
    await at(page, "welcome")
    await identify(page)
    await page.clock.run_for(45_000)
    await expect(page.get_by_test_id("idle")).to_be_visible()
    assert await page.evaluate("document.querySelector('.stage').inert"), "a dialog is alone"
    await page.get_by_test_id("more-time").click()
    await expect(page.get_by_test_id("idle")).to_be_hidden()
    await at(page, "hello")
    await page.clock.run_for(61_000)
    await at(page, "welcome")
    assert "Mei" not in await page.content()


async def test_the_tower_is_drawn_from_the_live_frames(box, page) -> None:
    await expect(page.locator(".tw-bay.tw-full")).to_have_count(1)
    await expect(page.locator(".tw-gate")).to_have_count(6)
    box.tower.gates["L1.D1"] = "open"
    box.tower.hold = Hold("a sensor disagrees", "L1.B0101")
    box.kiosks.show(box.tower.snapshot())
    await expect(page.locator('.tw-gate[data-gate="open"]')).to_have_count(1)
    await expect(page.get_by_test_id("notice")).to_contain_text("A colleague has been called")


SIZES = [(1280, 720), (1366, 768), (1920, 1080), (1080, 1920), (800, 1280)]


@pytest.mark.parametrize("size", SIZES)
async def test_all_that_is_touched_is_in_sight_on_every_screen(page: Page, size: tuple[int, int]) -> None:
    width, height = size
    await page.set_viewport_size({"width": width, "height": height})
    await page.get_by_test_id("choose-pass").click()
    await at(page, "pass")
    for reach in ("usual", "low"):
        if reach == "low":
            await page.get_by_test_id("reach").click()
        await page.wait_for_timeout(400)  # screens rise into their place
        boxes = {
            name: await page.get_by_test_id(name).bounding_box() for name in ("pass-submit", "back", "help", "language")
        }
        for name, box in boxes.items():
            assert box is not None, name
            assert box["y"] >= 0, (reach, name, box)
            assert box["y"] + box["height"] <= height, (reach, name, box)
            assert box["x"] + box["width"] <= width, (reach, name, box)
        covered = await page.evaluate(
            "() => { const a = document.querySelector('.brand').getBoundingClientRect(),"
            " b = document.querySelector('.tools').getBoundingClientRect();"
            " return a.right > b.left && a.bottom > b.top && b.bottom > a.top }"
        )
        assert not covered, f"{reach}: the clock lies over the site's name"


async def test_a_pass_with_a_key_asks_for_one_face_and_the_code_stays_a_way(box, page, make_order, monkeypatch) -> None:
    """The camera reads the pass; the face before it is another's: the page says so, and takes the code."""
    key, one = new_key(), make_order(mode=IdentityMode.PASS_FACE)
    face = box.make_eye().held_template(3, one.trial, pass_key=key)
    box.visits.expect(one.model_copy(update={"face": face}), now=box.clock.now())
    eye = type(box.make_eye())
    monkeypatch.setattr("autosilo.site.identity.gatekeeper.read_pass", lambda jpeg: with_key(TOKEN, key))
    monkeypatch.setattr(eye, "look", lambda self, jpeg: Look(hint=Hint.NOBODY))
    await page.get_by_test_id("choose-pass").click()
    await at(page, "looking")
    await expect(page.get_by_test_id("use-code")).to_have_text("Type the code instead")
    await expect(page.get_by_test_id("use-pass")).to_have_count(0)
    other = Look(hint=Hint.GOOD, embedding=eye.person(4), liveness=0.95, stance=Stance())
    monkeypatch.setattr(eye, "look", lambda self, jpeg: other)
    await at(page, "refused")
    await expect(page.get_by_test_id("refused-reason")).to_have_text(
        "This is not the face for which the pass was made."
    )
    await expect(page.get_by_test_id("retry-face")).to_have_count(0)
    await page.get_by_test_id("use-code").click()
    await at(page, "code")
    for digit in CODE:
        await page.get_by_test_id(f"key-{digit}").click()
    await at(page, "hello")


def watching() -> tuple[Watch, X25519PrivateKey]:
    key = X25519PrivateKey.generate()
    return Watch(viewer=uuid4(), public_key=base64.b64encode(key.public_key().public_bytes_raw()).decode()), key


async def test_who_called_may_let_the_operator_see_them(box, page) -> None:
    watch, key = watching()
    await page.get_by_test_id("help").press("Enter")
    await expect(page.get_by_test_id("showing")).to_contain_text("Let the operator see you?")
    await expect(page.get_by_test_id("showing")).to_contain_text("Nothing is recorded")
    assert box.kinds() == ["help_wanted"], "called, whatever is answered"
    await shot(page, "showing-offer")
    await page.get_by_test_id("show-me").press("Enter")
    await expect(page.get_by_test_id("show-state")).to_have_text("Nobody is looking yet.")
    assert box.seen == []
    await box.video.heard(watch)
    await expect(page.get_by_test_id("show-state")).to_have_text("An operator is looking now.")
    async with asyncio.timeout(10):
        while not box.seen:
            await box.video.heard(watch)
            await asyncio.sleep(0.05)
    viewer, seen = box.seen[0]
    assert viewer == watch.viewer
    assert unseal(seen.sealed, private_key=key.private_bytes_raw(), trial=seen.call).startswith(b"\xff\xd8\xff")
    await shot(page, "showing-on")
    await page.get_by_test_id("show-end").click()
    await expect(page.get_by_test_id("showing")).to_be_hidden()
    async with asyncio.timeout(10):
        while box.seen[-1][1].sealed is not None:
            await asyncio.sleep(0.05)


async def test_who_says_no_or_goes_home_is_not_seen(box, page) -> None:
    await page.get_by_test_id("help").click()
    await page.get_by_test_id("show-not").click()
    await expect(page.get_by_test_id("showing")).to_be_hidden()
    await page.get_by_test_id("choose-pass").click()
    await at(page, "pass")
    await page.get_by_test_id("help").click()
    await page.get_by_test_id("show-me").click()
    await expect(page.get_by_test_id("show-state")).to_be_visible()
    await page.get_by_test_id("back").click()
    await at(page, "welcome")
    await expect(page.get_by_test_id("showing")).to_be_hidden()
    assert [row["action"] for row in box.db.rows("SELECT action FROM access")] == ["video_agreed", "video_ended"]


async def shot(page: Page, name: str) -> None:
    if SHOTS:
        await page.screenshot(path=f"{SHOTS}/kiosk-{name}.png")


@pytest.mark.parametrize(
    ("line_up", "words"), [(True, "A colleague has been told"), (False, "Our line to the staff is down")]
)
async def test_a_refusal_does_not_say_that_somebody_was_told_while_nobody_can_be(box, page, line_up, words) -> None:
    box.expect()
    box.line_up = line_up
    await page.get_by_test_id("choose-pass").click()
    await page.get_by_test_id("pass-input").fill(TOKEN)
    await page.get_by_test_id("pass-submit").click()
    await at(page, "code")
    for left in (4, 3, 2, 1):
        await page.get_by_test_id("code-input").fill("000000")
        await expect(page.get_by_test_id("note")).to_contain_text(str(left))
    await page.get_by_test_id("code-input").fill("000000")
    await at(page, "refused")
    await expect(page.get_by_test_id("refused-do")).to_contain_text(words)
    if not line_up:
        await expect(page.get_by_test_id("refused-do")).to_contain_text("+86 400 000 0000")
