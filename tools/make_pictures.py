"""Take the pictures of the documentation: play a visit, and a walk through a tower, in a running shop.

    .venv/bin/python tools/make_pictures.py             # a shop of its own, in a home of its own
    .venv/bin/python tools/make_pictures.py --at var    # the shop that runs from that home
    .venv/bin/python tools/make_pictures.py --only shop

Needs what the browser tests need (`./test` sets it up). Nobody's face gets into a picture: the visitor identifies with
pass and code, and of a scan only the answer is shown, not the photo.
"""

import argparse
import io
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

CHECKOUT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(CHECKOUT / "src"), str(CHECKOUT / "tests")]
if TYPE_CHECKING:
    from autosilo.up.rehearsal import Shop
    from missions.people import Operator, Shopper, Technician, Visitor

OUT = CHECKOUT / "docs" / "pictures"
CACHE = Path(os.environ.get("AUTOSILO_TEST_CACHE", CHECKOUT / "var" / "test-cache")).resolve()
PACE = 2.5  # a fetch takes about half a minute, slow enough to be photographed often
PHOTO = "street_hatchback.png"
MODEL = "nio-et5"
SITE = "shanghai"
LIFT = "L2"  # whose key a technician turns
A_CAR = 10  # that the operator looks at: any that stands in the tower

DESKTOP, PHONE, KIOSK, DESK = (1280, 860), (412, 860), (1200, 750), (1440, 1180)
BOOKS = (1280, 1000)
TALL_PHONE = (412, 1340)  # room for every rule
STILL_LIMIT = 300_000  # bytes
FILM_LIMIT = 3_000_000
FILM_SIZE = (960, 600)
FILM_FRAMES = 100
FILM_FRAME_MS = 100
FILM_LAST_MS = 2_500
FETCH_LIMIT_S = 240.0
TOWERS_MS = 3_000  # pictures of all towers have come
LOOKS = 20
SLOW_MS = 30_000  # whatever goes to the site and back
FADE_MS = 900  # a new screen has faded in
GROUND = "G"  # the floor on which a car arrives


@dataclass(frozen=True)
class Studio:
    """A shop, a browser, and where the pictures go."""

    shop: "Shop"
    browser: Browser
    out: Path

    @contextmanager
    def page(self, size: tuple[int, int], *, scheme: str = "light", sharp: float = 1.5) -> Iterator[Page]:
        """A fresh browser session of that size in CSS pixels."""
        context = self.browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            device_scale_factor=sharp,
            color_scheme=scheme,  # type: ignore[arg-type]
            locale="en-GB",
        )
        try:
            yield context.new_page()
        finally:
            context.close()

    def still(self, name: str, thing: Any) -> None:
        """Photograph a page or an element of it."""
        thing = getattr(thing, "first", thing)
        save_still(picture(thing), self.out / f"{name}.webp")


def picture(thing: Any) -> Image.Image:
    """What a page or a locator looks like now."""
    return Image.open(io.BytesIO(thing.screenshot(animations="allow"))).convert("RGB")


def show_whole(page: Page) -> None:
    """Make the window as high as its page: nothing has to scroll under the header that stays."""
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": (page.viewport_size or {"width": DESKTOP[0]})["width"], "height": height})


def save_still(image: Image.Image, path: Path) -> None:
    """Write a WebP below `STILL_LIMIT`, as good as that allows."""
    for quality in (90, 80, 70, 60, 45):
        image.save(path, quality=quality, method=6)
        if path.stat().st_size <= STILL_LIMIT:
            break
    print(f"{path.name}: {image.width}x{image.height}, {path.stat().st_size // 1024} KiB", flush=True)


def save_film(shots: list[tuple[float, Image.Image]], path: Path) -> None:
    """Write an animated WebP below `FILM_LIMIT` from shots with their times in seconds."""
    frames = evenly(shots, FILM_FRAMES)
    durations = [FILM_FRAME_MS] * (len(frames) - 1) + [FILM_LAST_MS]
    for quality in (85, 70, 50, 30):
        frames[0].save(
            path, save_all=True, append_images=frames[1:], duration=durations, loop=0, quality=quality, method=4
        )
        if path.stat().st_size <= FILM_LIMIT:
            break
    print(f"{path.name}: {len(frames)} frames of {len(shots)} shots, {path.stat().st_size // 1024} KiB", flush=True)


def evenly(shots: list[tuple[float, Image.Image]], count: int) -> list[Image.Image]:
    """That many of the shots, or all, evenly spaced in time; the first and the last are among them."""
    if len(shots) <= count:
        return [image for _, image in shots]
    start, end = shots[0][0], shots[-1][0]
    moments = [start + (end - start) * i / (count - 1) for i in range(count)]
    return [min(shots, key=lambda shot: abs(shot[0] - moment))[1] for moment in moments]


def take_shop(studio: Studio) -> None:
    """The catalogue on a desk and on a phone, and one car, by day and by night."""
    for scheme in ("light", "dark"):
        with studio.page(DESKTOP, scheme=scheme, sharp=1) as page:
            page.goto(f"{studio.shop.web}/")
            studio.still(f"shop-desktop-{scheme}", page)
            page.evaluate("window.scrollTo({top: document.querySelector('#cars').offsetTop - 72, behavior: 'instant'})")
            studio.still(f"cars-desktop-{scheme}", page)
        with studio.page(PHONE, scheme=scheme) as page:
            page.goto(f"{studio.shop.web}/cars/{MODEL}")
            studio.still(f"car-phone-{scheme}", page)
    with studio.page(PHONE) as page:
        page.goto(f"{studio.shop.web}/")
        page.evaluate("window.scrollTo({top: document.querySelector('#cars').offsetTop - 72, behavior: 'instant'})")
        studio.still("shop-phone", page)


def take_scan(studio: Studio) -> None:
    """The answer to the photo of a real car; the photo itself stays out of the picture."""
    from missions.people import Shopper

    with studio.page(DESKTOP) as page:
        shopper = Shopper(page=page, shop=studio.shop)
        shopper.scan(CACHE / "samples" / PHOTO)
        expect(shopper.see("scan-candidate").first).to_be_visible(timeout=60_000)
        show_whole(page)
        studio.still("scan-result", page.locator("#scan-result"))


def take_visit(studio: Studio) -> None:
    """From the decision over the kiosk to the road."""
    from missions.people import Operator, Shopper, Visitor

    with (
        studio.page(TALL_PHONE) as phone,
        studio.page(DESK, sharp=1) as desk,
        studio.page(KIOSK, scheme="dark", sharp=1) as wall,
    ):
        ming = Shopper(page=phone, shop=studio.shop)
        operator = Operator(page=desk, shop=studio.shop)
        decide(studio, ming)
        phone.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        ming.book(MODEL, site=SITE)
        studio.still("trial-booked-phone", phone)
        token, code = ming.pass_and_code()
        operator.log_in()
        operator.reach_next_pick_up()
        operator.go(f"/console/sites/{SITE}")
        desk.wait_for_timeout(TOWERS_MS)
        desk.locator(".tw-bay .tw-car").nth(A_CAR).click()
        visitor = Visitor(page=wall, shop=studio.shop)
        visitor.arrive(SITE)
        wall.wait_for_timeout(FADE_MS)
        studio.still("kiosk-welcome", wall)
        visitor.show_pass(token, code)
        visitor.confirm()
        collect(studio, visitor, operator)
        drive(studio, ming)
        overlook(studio, operator)


def decide(studio: Studio, ming: "Shopper") -> None:
    """May this shopper drive this car? First not, with the reasons, then yes."""
    stamp = f"{time.time_ns() // 1_000_000_000 % 10_000:04d}"
    ming.join(f"ming-{stamp}-{os.getpid()}@example.org")
    ming.give_details(licence=f"31010119900101{stamp}")
    ming.consent_to_credit_check(MODEL)
    expect(ming.see("decision-no")).to_be_visible()
    studio.still("decision-no-phone", ming.page)
    ming.tap("rule-premium")
    ming.tap("decision-yes")  # opens the fold with the rules
    expect(ming.page.locator(".rules")).to_be_visible()
    studio.still("decision-yes-phone", ming.page)


def collect(studio: Studio, visitor: "Visitor", operator: "Operator") -> None:
    """Film the kiosk from "your car is coming" to the open gate, and look into the console on the way."""
    shots: list[tuple[float, Image.Image]] = []
    looked, down = False, None
    visitor.on_screen("coming")
    visitor.page.wait_for_timeout(FADE_MS)
    end = time.monotonic() + FETCH_LIMIT_S
    screen, floor = visitor.see("screen"), visitor.see("floor")
    while (now := screen.get_attribute("data-screen")) != "done" and time.monotonic() < end:
        shots.append((time.monotonic(), picture(visitor.page)))
        if now == "coming" and len(shots) > FILM_FRAMES // 5:
            level = "".join(floor.all_inner_texts()).strip()  # none if the screen has just changed
            down = shots[-1][1] if level not in ("", GROUND) else down
            if not looked:
                looked = True
                studio.still("console-site", operator.page)
    visitor.on_screen("done")
    visitor.page.wait_for_timeout(FADE_MS)
    shots.append((time.monotonic(), picture(visitor.page)))
    save_still(down or shots[len(shots) // 2][1], studio.out / "kiosk-coming.webp")
    small = [(at, image.resize(FILM_SIZE, Image.Resampling.LANCZOS)) for at, image in shots]
    save_film(small, studio.out / "pick-up.webp")


def drive(studio: Studio, ming: "Shopper") -> None:
    """The shopper's page while the three days run."""
    ming.wait_for_state("driving")
    expect(ming.see("car-charge")).to_be_visible()
    studio.still("trial-driving-phone", ming.page)


def overlook(studio: Studio, operator: "Operator") -> None:
    """The operator's first page, all towers side by side, by night."""
    desk = operator.page
    desk.emulate_media(color_scheme="dark")
    desk.set_viewport_size({"width": 1440, "height": 760})
    operator.go("/console/")
    desk.wait_for_timeout(TOWERS_MS)
    studio.still("console-sites-dark", desk)


def take_tower(studio: Studio) -> None:
    """The books of a tower, and the walk with a phone: a car was moved by hand. The lift goes on afterwards."""
    from missions.people import Technician

    with studio.page(BOOKS, sharp=1) as desk, studio.page(PHONE) as phone:
        technician = Technician(page=desk, shop=studio.shop)
        technician.log_in()
        phone.context.add_cookies(desk.context.cookies())  # type: ignore[arg-type]
        walker = Technician(page=phone, shop=studio.shop)
        place, vin, free = move_by_hand(studio, technician)
        desk.wait_for_timeout(TOWERS_MS)
        studio.still("tower-books", desk)
        walker.go(f"/console/sites/{SITE}/walks/{LIFT}?at={place}")
        expect(walker.see("sensor")).to_have_text("no car", timeout=SLOW_MS)
        expect(walker.see("walk-mode")).to_have_count(0, timeout=SLOW_MS)
        phone.wait_for_timeout(FADE_MS)
        studio.still("walk-phone", phone)
        walker.answer_empty()
        walker.go(f"/console/sites/{SITE}/walks/{LIFT}?at={free}")
        expect(walker.see("sensor")).to_have_text("a car", timeout=SLOW_MS)
        walker.answer_other(vin)
        walker.confirm_the_rest(answered=2)
        walker.tap("to-finish")
        walker.tap("finish")
        phone.wait_for_url("**/books", timeout=SLOW_MS)


def move_by_hand(studio: Studio, technician: "Technician") -> tuple[str, str, str]:
    """Turn the key, carry a car to another bay, turn the key back: where it stood, its VIN, where it stands."""
    from missions.shop import at_the_machine

    stands = at_the_machine(studio.shop, SITE, "state")["places"]
    place, vin = min((place, vin) for place, vin in stands.items() if place.startswith(f"{LIFT}.B"))
    technician.go(f"/console/sites/{SITE}/books")
    names = technician.see("choose-bay").locator("option").evaluate_all("all => all.map(one => one.value)")
    free = next(name for name in names if name.startswith(f"{LIFT}.") and name not in stands)
    at_the_machine(studio.shop, SITE, "mode", lift=LIFT, mode="manual")
    technician.wait_for_walk(SITE, LIFT)
    at_the_machine(studio.shop, SITE, "carry", vin=vin, to=free)
    at_the_machine(studio.shop, SITE, "mode", lift=LIFT, mode="auto")
    for _ in range(LOOKS):  # the books are told of the key
        technician.go(f"/console/sites/{SITE}/books")
        if technician.see(f"mode-{LIFT}").inner_text() == "Auto":
            break
        technician.page.wait_for_timeout(FADE_MS)
    expect(technician.see(f"mode-{LIFT}")).to_have_text("Auto")
    return place, vin, free


TAKES: dict[str, Callable[[Studio], None]] = {
    "shop": take_shop,
    "scan": take_scan,
    "visit": take_visit,
    "tower": take_tower,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--at", type=Path, metavar="HOME", help="home of a demo shop that runs already")
    parser.add_argument("--out", type=Path, default=OUT, help="folder for the pictures")
    parser.add_argument("--only", choices=TAKES, action="append", help="some of them; may be given again")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    from missions.browsers import browser_seeing

    with (
        open_shop(options.at) as shop,
        sync_playwright() as playwright,
        browser_seeing(playwright, None) as browser,
    ):
        for name in options.only or TAKES:
            TAKES[name](Studio(shop, browser, options.out))
    return 0


@contextmanager
def open_shop(home: Path | None) -> "Iterator[Shop]":
    """The shop that runs from that home, or a new one that is closed at the end."""
    from autosilo.up.rehearsal import Shop, private_home, running

    if home is not None:
        yield Shop(home.resolve())
        return
    with private_home(weights=CACHE / "weights") as fresh, running(fresh, pace=PACE) as shop:
        shop.wait_ready()
        yield shop


if __name__ == "__main__":
    sys.exit(main())
