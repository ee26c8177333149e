"""The face at the gate, in a real browser with a camera: accepted, refused, passed over, unplugged, interrupted."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from playwright.async_api import Page, async_playwright, expect

from autosilo.site.identity.gatekeeper import Gatekeeper
from autosilo.vision.faces import FaceEngine
from autosilo.vision.faces.templates import template_bytes
from autosilo.vision.images import read_image
from autosilo.vision.presence.vision_eye import VisionEye
from autosilo.wire.held import lock, new_key
from autosilo.wire.identity import IdentityMode
from autosilo.wire.passes import with_key
from autosilo.wire.sealed import seal
from missions.camera import LiveCamera
from vision.cache import ready_cache

TOKEN, CODE = "AS1-7K3M-QX2P-90ZT", "314159"
SLOW_MS = 60_000
SHOTS = os.environ.get("AUTOSILO_SCREENSHOTS")

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def cache() -> Path:
    return ready_cache()


@pytest.fixture(scope="module")
def engine(cache: Path) -> FaceEngine:
    return FaceEngine(cache / "weights")


@pytest.fixture
async def expected(box, cache, engine):
    """The kiosk of a site with real eyes, which expects the person of one portrait."""
    key = X25519PrivateKey.generate()
    template = engine.look(read_image((cache / "samples" / "obama2.jpg").read_bytes())).embedding
    order = box.expect()
    sealed = seal(template_bytes(template), public_key=key.public_key().public_bytes_raw(), trial=order.trial)
    box.visits.expect(order.model_copy(update={"face": sealed, "revision": 2}), now=box.clock.now())
    box.desk.gatekeeper = Gatekeeper(
        visits=box.visits, make_eye=lambda: VisionEye(cache / "weights"), key=key.private_bytes_raw()
    )
    await box.desk.gatekeeper.start()
    yield order
    await box.desk.gatekeeper.stop()


class Stand:
    """A kiosk that can go away and come back."""

    def __init__(self, box) -> None:
        self.box, self.port, self.runner = box, 0, None

    async def up(self) -> None:
        self.runner = web.AppRunner(self.box.kiosks.app(), handle_signals=False, shutdown_timeout=1)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", self.port).start()
        self.port = self.runner.addresses[0][1]

    async def down(self) -> None:
        await self.runner.cleanup()


@pytest.fixture
async def stand(box, expected) -> AsyncIterator[Stand]:
    one = Stand(box)
    await one.up()
    yield one
    await one.down()


@pytest.fixture
async def page_of(stand, chromium, cache, engine, tmp_path) -> AsyncIterator[Callable]:
    """A kiosk's page before which the person of a portrait stands."""
    async with AsyncExitStack() as stack:
        driver = await stack.enter_async_context(async_playwright())

        async def open_page(portrait: str) -> tuple[Page, LiveCamera]:
            camera = await asyncio.to_thread(LiveCamera, tmp_path / "c.y4m", cache / "samples" / portrait, engine)
            camera.start()
            stack.callback(camera.stop)
            flags = ["--no-sandbox", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
            flags += [f"--use-file-for-fake-video-capture={camera.path}", "--disable-gpu"]
            browser = await driver.chromium.launch(executable_path=chromium, args=flags)
            stack.push_async_callback(browser.close)
            context = await browser.new_context(permissions=["camera"], viewport={"width": 1280, "height": 900})
            page = await context.new_page()
            page.set_default_timeout(SLOW_MS)
            await page.goto(f"http://127.0.0.1:{stand.port}/?lang=en")
            await at(page, "welcome")
            return page, camera

        yield open_page


async def at(page: Page, screen: str) -> None:
    await expect(page.get_by_test_id("screen")).to_have_attribute("data-screen", screen, timeout=SLOW_MS)


async def follow(page: Page, camera: LiveCamera, *, shots: str = "") -> str:
    """Do what the kiosk asks until another screen comes."""
    for _ in range(3000):
        screen, prompt = await page.evaluate(
            "() => [document.getElementById('screen').dataset.screen, "
            "document.querySelector('.looking')?.dataset.prompt ?? 'look']"
        )
        if screen not in ("looking", "welcome"):
            return str(screen)
        if SHOTS and shots and prompt != camera._wanted:
            await page.screenshot(path=f"{SHOTS}/{shots}-{prompt}.png")
        camera.told(prompt)
        await asyncio.sleep(0.04)
    raise AssertionError("the kiosk did not make up its mind")


async def test_whoever_is_expected_and_follows_is_let_in(box, page_of) -> None:
    page, camera = await page_of("obama3.jpg")
    await page.get_by_test_id("choose-face").click()
    assert await follow(page, camera, shots="accept") == "hello"
    await expect(page.get_by_test_id("greeting")).to_have_text("Hello, Mei.")
    assert box.kinds() == []


async def test_the_pass_with_its_key_and_then_its_holder_are_let_in(
    box, expected, page_of, cache, engine, monkeypatch
) -> None:
    template = engine.look(read_image((cache / "samples" / "obama2.jpg").read_bytes())).embedding
    key, site_key = new_key(), X25519PrivateKey.from_private_bytes(box.desk.gatekeeper._key)
    locked = lock(template_bytes(template), key=key, trial=expected.trial)
    face = seal(locked, public_key=site_key.public_key().public_bytes_raw(), trial=expected.trial)
    changes = {"face": face, "mode": IdentityMode.PASS_FACE, "revision": 3}
    box.visits.expect(expected.model_copy(update=changes), now=box.clock.now())
    monkeypatch.setattr("autosilo.site.identity.gatekeeper.read_pass", lambda jpeg: with_key(TOKEN, key))
    page, camera = await page_of("obama3.jpg")
    await page.get_by_test_id("choose-pass").click()
    await at(page, "looking")
    await page.get_by_test_id("more-time-to-move").click()
    assert await follow(page, camera) == "hello"
    await expect(page.get_by_test_id("greeting")).to_have_text("Hello, Mei.")


async def test_a_stranger_is_refused_and_pass_and_code_still_serve(box, page_of) -> None:
    page, camera = await page_of("biden.jpg")
    await page.get_by_test_id("choose-face").click()
    assert await follow(page, camera) == "refused"
    await expect(page.get_by_test_id("refused-reason")).to_have_attribute("data-reason", "unknown_face")
    await page.get_by_test_id("use-pass").click()
    await at(page, "pass")
    await page.get_by_test_id("pass-input").fill(TOKEN)
    await page.get_by_test_id("pass-submit").click()
    await at(page, "code")
    await page.get_by_test_id("code-input").fill(CODE)
    await at(page, "hello")
    assert box.kinds() == ["visitor_refused"]


async def test_a_person_who_does_not_follow_is_refused_and_nothing_is_left(box, page_of, monkeypatch) -> None:
    monkeypatch.setattr("autosilo.vision.presence.session.STEP_LIMIT_S", 1.5)
    page, _ = await page_of("obama3.jpg")
    await page.get_by_test_id("choose-face").click()
    await at(page, "refused")
    await expect(page.get_by_test_id("refused-reason")).to_have_attribute("data-reason", "timed_out")
    await page.get_by_test_id("home").click()
    await at(page, "welcome")
    assert await page.locator("video").count() == 0
    assert "Mei" not in await page.content()
    assert await page.evaluate("() => [localStorage.length, sessionStorage.length]") == [1, 0], "the kiosk's id alone"


async def test_a_camera_that_is_unplugged_leaves_the_pass(box, page_of) -> None:
    page, _ = await page_of("obama3.jpg")
    await page.get_by_test_id("choose-face").click()
    await expect(page.get_by_test_id("moves").locator("i").first).to_be_visible()
    await page.evaluate(
        "() => document.querySelector('video').srcObject.getVideoTracks()[0].dispatchEvent(new Event('ended'))"
    )
    await expect(page.get_by_test_id("hint")).to_contain_text("does not work")
    await expect(page.get_by_test_id("use-pass")).to_be_focused()
    await page.keyboard.press("Enter")
    await at(page, "pass")
    assert [fact.reason for fact in box.facts()] == ["camera_dead"]


async def test_a_reload_and_a_lost_site_in_the_middle_lead_back_to_the_beginning(box, page_of, stand) -> None:
    page, camera = await page_of("obama3.jpg")
    await page.get_by_test_id("choose-face").click()
    await expect(page.get_by_test_id("moves").locator("i").first).to_be_visible()
    await page.reload()
    await at(page, "welcome")
    await page.get_by_test_id("choose-face").click()
    await expect(page.get_by_test_id("moves").locator("i").first).to_be_visible()
    await stand.down()
    await expect(page.get_by_test_id("notice")).to_have_attribute("data-notice", "link.lost")
    await stand.up()
    await at(page, "welcome")
    await page.get_by_test_id("choose-face").click()
    await page.get_by_test_id("more-time-to-move").click()  # the machine may be slow, and this is about the way back
    camera.told("look")
    assert await follow(page, camera) == "hello"


async def test_it_can_be_done_with_the_keyboard_and_is_said_aloud(box, page_of) -> None:
    page, camera = await page_of("obama3.jpg")
    await page.evaluate(
        "() => { window.spoken = []; speechSynthesis.speak = (words) => window.spoken.push([words.lang, words.text]); }"
    )
    await page.get_by_test_id("choose-face").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("prompt")).to_be_focused()
    await page.get_by_test_id("more-time-to-move").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("more-time-to-move")).to_have_text("You have more time now")
    assert await follow(page, camera) == "hello"
    spoken = await page.evaluate("() => window.spoken")
    assert all(lang == "en-GB" for lang, _ in spoken)
    assert any("Turn your head" in text for _, text in spoken)
