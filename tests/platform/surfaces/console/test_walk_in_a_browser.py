"""A technician with a phone in front of the machine: the whole walk, with the connection lost on the way."""

import io
import re
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from autosilo.platform.resources.people.roles import Role
from autosilo.platform.resources.towers.models import StaffOrder

from .books import TowerSite
from .browsing import PATIENCE_MS, in_thread
from .world import PASSWORD, code_of, shop, worker

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = {"width": 390, "height": 780}
WALK = "/console/sites/shanghai/walks/L1"


@pytest.fixture
def phone(console: str, browser: Browser) -> Page:
    context = browser.new_context(base_url=console, locale="en", viewport=PHONE, has_touch=True, is_mobile=True)
    context.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    return context.new_page()


def machine() -> tuple[TowerSite, Any]:
    """Three cars; the second was put elsewhere by hand while the key switch was in Manual."""
    tower = TowerSite(shop(cars=3)[1])
    _first, moved, _third, here, *_rest = tower.places()
    tower.seen[moved], tower.seen[here] = False, True
    tower.begin_walk()
    tower.say()
    return tower, worker(Role.TECHNICIAN).totpdevice_set.get()


def sign_in(page: Page, key: Any, address: str) -> None:
    page.goto(address)
    page.get_by_label("E-mail").fill("technicians@staff.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("One-time code").fill(code_of(key))
    page.get_by_test_id("login-submit").click()


def photo() -> dict[str, Any]:
    data = io.BytesIO()
    Image.new("RGB", (600, 800), "white").save(data, "JPEG")
    return {"name": "list.jpg", "mimeType": "image/jpeg", "buffer": data.getvalue()}


def test_a_technician_walks_from_bay_to_bay_and_the_lift_goes_on(phone: Page) -> None:
    complaints: list[str] = []
    phone.on("pageerror", lambda error: complaints.append(str(error)))
    phone.on("console", lambda one: complaints.append(one.text) if "Content Security" in one.text else None)
    tower, key = in_thread(machine)
    places, moved_vin = tower.places(), tower.books[tower.places()[1]]
    sign_in(phone, key, WALK)
    expect(phone.get_by_test_id("walk-progress")).to_have_text(f"0 of {len(places)} confirmed")

    # the button lies under the thumb, whatever was scrolled
    expect(phone.get_by_test_id("as-in-the-books")).to_be_in_viewport(ratio=1)
    phone.get_by_test_id("as-in-the-books").click()

    expect(phone.get_by_test_id(f"place-{places[1]}")).to_be_visible()
    expect(phone.get_by_test_id("sensor")).to_have_text("no car")
    phone.context.set_offline(True)
    phone.get_by_test_id("empty").click()
    expect(phone.get_by_text("Not sent: no connection")).to_be_visible()
    assert in_thread(StaffOrder.objects.count) == 1
    phone.context.set_offline(False)  # it is sent again by itself

    expect(phone.get_by_test_id(f"place-{places[2]}")).to_be_visible()
    phone.get_by_test_id("as-in-the-books").click()
    expect(phone.get_by_test_id(f"place-{places[3]}")).to_be_visible()
    expect(phone.get_by_test_id("sensor")).to_have_text("a car")

    phone.get_by_test_id("another-car").click()
    phone.get_by_label("or its VIN").fill("LSVNV2182E2100001")
    phone.get_by_test_id("confirm-other").click()
    expect(phone.get_by_test_id("error-summary")).to_contain_text("misread")
    phone.get_by_label("or its VIN").fill("")
    phone.get_by_label("Which car?").select_option(moved_vin)
    phone.get_by_test_id("confirm-other").click()
    expect(phone.get_by_test_id(f"place-{places[4]}")).to_be_visible()
    in_thread(tower.obey)
    expect(phone.get_by_test_id("walk-progress")).to_have_text(f"4 of {len(places)} confirmed")

    phone.get_by_label("Attach a photo as evidence").set_input_files(photo())
    phone.get_by_test_id("attach").click()
    expect(phone.get_by_test_id("photos").locator("img")).to_have_count(1)

    for place in places[4:]:
        expect(phone.get_by_test_id(f"place-{place}")).to_be_visible()
        phone.get_by_test_id("as-in-the-books").click()
    expect(phone.get_by_test_id("skip")).to_have_count(0)
    expect(phone.locator('[data-testid^="row-"][data-answer-state="sent"]')).to_have_count(len(places) - 4)
    in_thread(tower.obey)
    phone.get_by_test_id("to-finish").click()
    expect(phone.get_by_test_id("changed")).to_contain_text(moved_vin)
    phone.get_by_test_id("finish").click()
    expect(phone.get_by_text("sent, no answer yet").first).to_be_visible()
    in_thread(tower.obey)
    expect(phone).to_have_url(re.compile("/console/sites/shanghai/books$"))
    expect(phone.get_by_test_id("ended-walks")).to_contain_text("L1")
    assert complaints == []


def test_a_bay_is_chosen_in_the_drawing_or_by_the_select_and_blocked(page: Page) -> None:
    tower, key = in_thread(machine)
    sign_in(page, key, "/console/sites/shanghai/books")
    page.locator('[data-place="L1.B0303"]').click()
    expect(page.get_by_test_id("bay-L1.B0303")).to_be_visible()
    expect(page.get_by_label("Choose a bay")).to_have_value("L1.B0303")
    page.get_by_label("Choose a bay").select_option("L1.B0202")
    panel = page.get_by_test_id("bay-L1.B0202")
    panel.get_by_label("Reason").fill("oil on the pallet")
    panel.get_by_test_id("block-bay").click()
    expect(page.get_by_test_id("orders")).to_contain_text("sent, no answer yet")
    in_thread(tower.obey)
    page.reload()
    expect(page.get_by_test_id("blocked-bays")).to_contain_text("oil on the pallet")
    expect(page.locator('[data-place="L1.B0202"] .tw-cross')).to_be_visible()
    expect(page.locator('[data-place="L1.B0203"] .tw-cross')).to_be_hidden()
