"""In Chromium: a car goes to another site and is turned back; a sale is planned and called off."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from autosilo.platform.resources.catalogue.models import CarModel
from autosilo.platform.resources.fleet.models import Transfer
from autosilo.platform.resources.people.roles import Role

from .browsing import in_thread
from .world import PASSWORD, code_of, shop, worker

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CHINA = ZoneInfo("Asia/Shanghai")


def soon(hours: int) -> str:
    """As a field for date and time takes it, on the clock of the sites."""
    return (datetime.now(UTC) + timedelta(hours=hours)).astimezone(CHINA).strftime("%Y-%m-%dT%H:%M")


@pytest.fixture
def console(page: Page) -> Page:
    """Signed in as an operator, at the page of a site with three cars."""
    key = in_thread(_world)
    page.goto("/console/sites/shanghai")
    page.get_by_label("E-mail").fill("operators@staff.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("One-time code").fill(code_of(key))
    page.get_by_test_id("login-submit").click()
    expect(page.get_by_test_id("cars-table")).to_be_visible()
    return page


def test_a_car_goes_to_another_site_and_is_turned_back(console: Page) -> None:
    complaints = _complaints(console)
    console.get_by_test_id("choose-car").first.click()
    console.get_by_test_id("send-car").click()
    console.get_by_label("To", exact=True).select_option("nanjing")
    console.get_by_label("Expected there").fill(soon(-3))
    console.get_by_test_id("transfer-confirm").click()
    expect(console.get_by_text("within the next fourteen days").first).to_be_visible()
    console.get_by_label("Expected there").fill(soon(5))
    console.get_by_test_id("transfer-confirm").click()
    way = console.get_by_test_id("on-their-way")
    expect(way).to_contain_text("Nanjing")
    expect(console.get_by_test_id("choose-car")).to_have_count(3)
    way.get_by_role("link", name=re.compile("Turn it back")).click()
    console.get_by_label("Expected there").fill(soon(8))
    console.get_by_test_id("turn-back-confirm").click()
    expect(console.get_by_text("The car goes back.")).to_be_visible()
    ends = in_thread(lambda: list(Transfer.objects.order_by("id").values_list("end", flat=True)))
    assert ends == ["turned_back", "arrived"], "it had not left its tower yet"
    assert complaints == ["status of 422"]


def test_a_sale_is_planned_and_called_off(console: Page) -> None:
    complaints = _complaints(console)
    console.goto("/console/sales")
    expect(console.get_by_test_id("no-sales")).to_be_visible()
    console.get_by_label("Model").select_option(in_thread(lambda: CarModel.objects.get().slug))
    console.get_by_label("Site").select_option("shanghai")
    console.get_by_label("Bookings begin").fill(soon(30))
    console.get_by_test_id("sale-plan").click()
    expect(console.get_by_test_id("sale-waiting")).to_have_text("0")
    console.get_by_role("link", name=re.compile("Call off")).click()
    expect(console.get_by_text("at once, by whoever comes first")).to_be_visible()
    console.get_by_test_id("sale-call-off-confirm").click()
    expect(console.get_by_test_id("no-sales")).to_be_visible()
    assert complaints == []


def _complaints(page: Page) -> list[str]:
    """What the browser finds wrong, a refused form by its status alone."""
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(str(error)))

    def note(message: Any) -> None:
        if message.type == "error":
            refused = re.search(r"status of 4\d\d", message.text)
            found.append(refused[0] if refused else message.text)

    page.on("console", note)
    return found


def _world() -> Any:
    shop(cars=3)
    return worker(Role.OPERATOR).totpdevice_set.get()
