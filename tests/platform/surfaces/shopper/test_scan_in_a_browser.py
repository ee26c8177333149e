"""A real photograph, from a file and through the camera, looked at by the real engine; and a bad line."""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageOps

from autosilo.platform.journey.scan import seeing
from autosilo.platform.journey.scan.models import Correction
from autosilo.vision.cars import CarEngine, CarLook
from vision.cache import ready_cache

from .test_browser import CHROMIUM, HARMLESS, PHONE

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason=f"no browser at {CHROMIUM}"),
]
STREET = "street_hatchback.png"
PATIENCE_MS = 30_000
ON_A_BAD_LINE = ("htmx:sendError", "htmx:responseError", "Response Status Error", "Failed to load resource")


@pytest.fixture(scope="session")
def cache() -> Path:
    return ready_cache()


@pytest.fixture(scope="session")
def street(cache: Path) -> Path:
    return cache / "samples" / STREET


@pytest.fixture(scope="session")
def clip(street: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a camera sees that is held before the photograph."""
    still = ImageOps.fit(Image.open(street).convert("RGB"), (640, 480))  # Chromium's decoder wants even sides
    out = tmp_path_factory.mktemp("camera") / "street.mjpeg"
    with out.open("wb") as stream:
        for _ in range(15):
            still.save(stream, "JPEG", quality=92)
    return out


class NotingEngine:
    """The real engine; notes how large each picture was that it got."""

    def __init__(self, weights: Path) -> None:
        self._engine = CarEngine(weights)
        self.encoder = self._engine.encoder
        self.sizes: list[tuple[int, int]] = []
        self.bytes: list[int] = []

    def look(self, photo: bytes, at: Any = None) -> CarLook:
        self.sizes.append(Image.open(io.BytesIO(photo)).size)
        self.bytes.append(len(photo))
        return self._engine.look(photo, at)

    def study(self, photo: bytes, at: Any = None) -> CarLook:
        return self._engine.study(photo, at)


@pytest.fixture
def engine(cache: Path) -> Iterator[NotingEngine]:
    with seeing.reader.replaced(NotingEngine(cache / "weights")) as engine:
        yield engine


@pytest.fixture(scope="module")
def browser(clip: Path) -> Iterator[Any]:
    flags = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    with pytest.MonkeyPatch.context() as patch, playwright.sync_playwright() as started:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # see test_browser
        running = started.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", *flags, f"--use-file-for-fake-video-capture={clip}"]
        )
        yield running
        running.close()


@pytest.fixture
def tab(browser: Any, transactional_shop: Any, live_server: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A phone's page; at the end it must not have complained of anything unexpected."""
    from autosilo.platform.kit import clock

    monkeypatch.setattr(clock, "now", lambda: transactional_shop.now)
    transactional_shop.add_model("dolphin", body="hatchback")
    transactional_shop.add_model("tang", body="suv")
    context = browser.new_context(viewport=PHONE, base_url=live_server.url)
    context.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda said: (
            complaints.append(said.text)
            if said.type == "error" and not said.text.startswith(HARMLESS + ON_A_BAD_LINE)
            else None
        ),
    )
    yield page
    context.close()
    assert complaints == []


def scan(tab: Any, photo: Path) -> None:
    tab.goto("/scan")
    tab.get_by_test_id("scan-file").set_input_files(photo)
    tab.get_by_test_id("scan-send").click()


def test_a_real_photograph_from_a_file(tab: Any, engine: NotingEngine, street: Path) -> None:
    scan(tab, street)
    expect(tab.get_by_test_id("scan-seen")).to_contain_text("We see:")
    expect(tab.get_by_test_id("scan-candidate")).to_have_count(3)
    (size,) = engine.sizes
    assert max(size) <= 1280
    assert engine.bytes[0] < 400_000


def test_a_real_photograph_through_the_camera(tab: Any, engine: NotingEngine) -> None:
    tab.goto("/scan")
    tab.get_by_test_id("scan-camera").click()
    expect(tab.locator("[data-framing]")).to_have_text(re.compile("Good|closer"))
    tab.get_by_test_id("scan-take").click()
    expect(tab.get_by_test_id("scan-seen")).to_contain_text("We see:")
    assert tab.locator("[data-preview]").is_visible()
    assert tab.evaluate("document.querySelector('[data-video]').srcObject") is None  # the camera is off


SEEN = """async ([inside, outside, brightness, shift]) => {
  const { judged } = await import("/static/shopper/framing.js");
  const [wide, high] = [64, 48];
  const grey = (moved) => Float32Array.from({ length: wide * high }, (_, at) => {
    const [x, y] = [(at % wide) + moved, Math.floor(at / wide)];
    const framed = x > wide * 0.2 && x < wide * 0.8 && y > high * 0.2 && y < high * 0.8;
    return brightness + (framed ? inside : outside) * (((x >> 1) + (y >> 1)) % 2);
  });
  return judged(grey(shift), grey(0));
}"""


@pytest.mark.parametrize(
    ("picture", "word"),
    [
        ((60, 10, 90, 0), "good"),
        ((60, 10, 5, 0), "dark"),
        ((60, 60, 90, 0), "closer"),
        ((2, 1, 90, 0), "closer"),
        ((60, 10, 90, 2), "still"),
    ],
    ids=["a car in the frame", "by night", "a street without a middle", "a wall", "a hand that swings"],
)
def test_what_helps_most_is_said_while_framing(tab: Any, picture: tuple[int, int, int, int], word: str) -> None:
    """``picture``: contrast within the frame and around it, brightness, and by how many pixels it has moved."""
    tab.goto("/scan")
    assert tab.evaluate(SEEN, list(picture)) == word


def test_the_photo_is_kept_and_sent_again_when_the_line_is_back(tab: Any, engine: NotingEngine, street: Path) -> None:
    tab.goto("/scan")
    tab.get_by_test_id("scan-file").set_input_files(street)
    expect(tab.locator("[data-preview]")).to_be_visible()
    tab.context.set_offline(True)
    tab.get_by_test_id("scan-send").click()
    expect(tab.get_by_test_id("scan-lost")).to_contain_text("there is no connection")
    assert engine.sizes == []
    tab.context.set_offline(False)
    expect(tab.get_by_test_id("scan-seen")).to_be_visible()
    expect(tab.get_by_test_id("scan-lost")).to_be_hidden()
    assert len(engine.sizes) == 1


def test_a_server_that_fails_is_asked_again_by_a_tap(tab: Any, engine: NotingEngine, street: Path) -> None:
    tab.goto("/scan")
    tab.route("**/scan", lambda route: route.fulfill(status=503), times=1)
    tab.get_by_test_id("scan-file").set_input_files(street)
    tab.get_by_test_id("scan-send").click()
    expect(tab.get_by_test_id("scan-lost")).to_contain_text("please try again")
    tab.get_by_test_id("scan-again").click()
    expect(tab.get_by_test_id("scan-seen")).to_be_visible()


@pytest.fixture
def pair(street: Path, tmp_path: Path) -> Path:
    """The same street twice, side by side: two cars."""
    still = Image.open(street).convert("RGB")
    wide = Image.new("RGB", (still.width * 2, still.height))
    wide.paste(still, (0, 0))
    wide.paste(still, (still.width, 0))
    wide.save(tmp_path / "pair.jpg")
    return tmp_path / "pair.jpg"


def test_of_two_cars_the_other_is_chosen_by_tap_and_by_keyboard(tab: Any, engine: NotingEngine, pair: Path) -> None:
    scan(tab, pair)
    spots = tab.locator(".finder-car")
    expect(spots).not_to_have_count(0)
    count = spots.count()
    assert count >= 2
    first = tab.locator('.finder-car[aria-pressed="true"]').get_attribute("value")
    other = next(at for at in range(count) if spots.nth(at).get_attribute("value") != first)
    wanted = spots.nth(other).get_attribute("value")
    spots.nth(other).click()
    expect(tab.locator(f'.finder-car[value="{wanted}"]')).to_have_attribute("aria-pressed", "true")
    tab.locator(f'[data-cars] button[value="{first}"]').focus()
    tab.keyboard.press("Enter")
    expect(tab.locator(f'.finder-car[value="{first}"]')).to_have_attribute("aria-pressed", "true")
    assert len(engine.sizes) == 3


def test_a_correction_goes_with_its_photo_only_with_consent(tab: Any, engine: NotingEngine, street: Path) -> None:
    scan(tab, street)
    tab.get_by_test_id("scan-pick-dolphin").click()
    expect(tab.get_by_test_id("correct-model")).to_have_value("dolphin")
    goes_along = "document.querySelector('[data-correction] [name=photo]').files.length"
    assert tab.evaluate(goes_along) == 0
    tab.get_by_test_id("correct-send").click()
    expect(tab.get_by_test_id("correct-thanks")).to_contain_text("Nothing of your photo was kept.")
    tab.get_by_test_id("correct-consent").check()
    assert tab.evaluate(goes_along) == 1
    tab.get_by_test_id("correct-send").click()
    expect(tab.get_by_test_id("correct-thanks")).to_contain_text("Somebody looks at the picture")
    kept = Correction.objects.get()
    assert Image.open(io.BytesIO(bytes(kept.jpeg))).width <= 320
    tab.get_by_test_id("correct-withdraw").click()
    expect(tab.get_by_test_id("correct-withdrawn")).to_be_visible()
    kept.refresh_from_db()
    assert kept.jpeg is None


def test_another_colour_keeps_the_photo_on_the_page(tab: Any, engine: NotingEngine, street: Path) -> None:
    scan(tab, street)
    tab.get_by_test_id("scan-colour-red").click()
    expect(tab.get_by_test_id("scan-seen")).to_contain_text("Red")
    assert tab.locator("[data-preview]").is_visible()
    assert len(engine.sizes) == 1
