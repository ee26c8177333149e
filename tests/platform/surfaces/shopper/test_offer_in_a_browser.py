"""A booked car fails while its shopper looks at the page: the offer appears, is said, and is answered by keyboard."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from autosilo.platform.journey.booking.models import Offer, OfferState
from autosilo.platform.journey.flow.instead import find_other_cars
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.resources.fleet.actions import take_out_of_service
from autosilo.platform.resources.fleet.models import Car

from .test_browser import CHROMIUM, browser, signed_in_tab, story, tab  # noqa: F401  fixtures

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason=f"no browser at {CHROMIUM}"),
]
POLLED_MS = 8000
"""The page asks every four seconds."""


@pytest.fixture
def trial(story: Any, signed_in_tab: Any) -> Trial:  # noqa: F811
    """Booked for tomorrow; another paint and another model of the class are free."""
    person = signed_in_tab()
    story.add_cars(1)
    story.add_cars(1, code="red")
    story.add_cars(1, model=story.add_model("nio-et5"))
    booked: Trial = story.book(person, start=story.now + timedelta(days=1))
    return booked


def fail(story: Any, trial: Trial) -> None:  # noqa: F811
    take_out_of_service(vin=trial.car_id)
    find_other_cars(Car.objects.get(pk=trial.car_id), kind="car_failed", now=story.now)


def test_it_appears_is_said_and_is_answered_by_keyboard(story: Any, tab: Any, trial: Trial) -> None:  # noqa: F811
    tab.goto(f"/trials/{trial.pk}")
    expect(tab.get_by_test_id("next-step")).to_be_visible()
    fail(story, trial)
    expect(tab.get_by_test_id("offer")).to_be_visible(timeout=POLLED_MS)
    expect(tab.locator("#announce")).to_contain_text("Your car failed: please choose by")
    expect(tab.get_by_test_id("offer-otherwise")).to_contain_text("the Red BYD byd-seal stays yours")
    offered, collect = tab.get_by_test_id("offer").bounding_box(), tab.get_by_test_id("next-step").bounding_box()
    assert offered["y"] < collect["y"], "first what is asked, then what stands"
    width = tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width <= 0, "fits a phone"
    tab.get_by_role("button", name="Take this one: White BYD nio-et5").focus()
    tab.keyboard.press("Enter")
    expect(tab.get_by_test_id("offer")).to_have_count(0)
    expect(tab.get_by_role("heading", level=1)).to_contain_text("nio-et5")
    expect(tab.get_by_text("nothing about the price has changed")).to_be_visible()
    assert Offer.objects.get(trial=trial).state == OfferState.TAKEN


def test_another_time_or_cancelling_are_one_step_away(story: Any, tab: Any, trial: Trial) -> None:  # noqa: F811
    fail(story, trial)
    tab.goto(f"/trials/{trial.pk}")
    tab.get_by_test_id("offer-move").click()
    expect(tab.get_by_test_id("move-submit")).to_be_visible()
    tab.goto(f"/trials/{trial.pk}")
    tab.get_by_test_id("offer-cancel").click()
    tab.get_by_test_id("cancel-confirm").click()
    expect(tab.get_by_test_id("trial")).to_have_attribute("data-state", "cancelled")
    assert Offer.objects.get(trial=trial).state == OfferState.DECLINED
