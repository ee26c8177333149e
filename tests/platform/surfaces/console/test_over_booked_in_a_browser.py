"""In Chromium: an operator sees how far a site is over-booked beside what a scheduled policy allows."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from playwright.sync_api import Page, expect

from autosilo.platform.journey.booking.models import Reservation
from autosilo.platform.journey.eligibility.models import ScheduledPolicy
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.journey.trial.states import TrialState
from autosilo.platform.policies.registry import shipped_text
from autosilo.platform.resources.people.roles import Role

from .browsing import in_thread
from .world import PASSWORD, code_of, shop, shopper, trial, worker

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HOUR = timedelta(hours=1)


def test_number_and_risk_stand_beside_the_limits(page: Page) -> None:
    booked, key = in_thread(_world)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto("/console/sites/shanghai")
    page.get_by_label("E-mail").fill("operators@staff.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("One-time code").fill(code_of(key))
    page.get_by_test_id("login-submit").click()
    section = page.get_by_role("region", name="Cars booked again shortly after their return").first
    expect(section.get_by_test_id("tight-count")).to_have_text("1 of at most 2")
    expect(section.get_by_test_id("tight-risk")).to_have_text("7.1 % of at most 10.0 %")
    expect(section.get_by_test_id("tight-more")).to_have_text("is taken no more")
    page.set_viewport_size({"width": 360, "height": 740})
    section.scroll_into_view_if_needed()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing sticks out"
    section.get_by_test_id("tight-table").get_by_role("link").click()
    expect(page).to_have_url(f"{page.url.partition('/console')[0]}/console/trials/{booked.pk}")
    assert complaints == []


def _world() -> tuple[Trial, object]:
    """One car is out and booked again an hour and a quarter after it is due; one of 20 was late."""
    site, now = next(one for one in shop(cars=1) if one.pk == "shanghai"), datetime.now(UTC)
    staff = worker(Role.OPERATOR)
    text = str(shipped_text("cn 2026-01")).replace('version = "2026-01"', 'version = "tight"')
    text += "\n[over_booking]\nturn_round_minutes = 60\nmost = 2\nmost_risk = 0.1\n"
    begun = now - HOUR
    text = "\n".join(
        f"valid_from = {begun:%Y-%m-%dT%H:%M:%SZ}" if line.startswith("valid_from") else line
        for line in text.splitlines()
    )
    ScheduledPolicy.objects.create(
        market="cn", name="cn", version="tight", valid_from=begun, text=text, reason="test", added_at=begun,
        added_by=staff,
    )  # fmt: skip
    for index in range(20):
        due = now - timedelta(days=20 + index)
        ended = due + (5 * HOUR if index == 0 else -HOUR)
        trial(site, name=f"P{index}", number=10 + index, state=TrialState.RETURNED, due_at=due, ended_at=ended)
    due = now + 30 * HOUR
    out = trial(site, name="Out", number=1, state=TrialState.DRIVING, due_at=due, handed_over_at=due - 72 * HOUR)
    start = due + 1.25 * HOUR
    booked = Trial.objects.create(
        person=shopper("Next"), car_model=out.car_model, paint=out.paint, car=out.car, site=site, policy="cn tight",
        slot_start=start, slot_end=start + HOUR / 2, collect_from=start - HOUR / 4, collect_until=start + 1.5 * HOUR,
        created_at=now,
    )  # fmt: skip
    for one, lower, upper in (
        (out, due - 74 * HOUR, due + 2 * HOUR),
        (booked, due + 2 * HOUR, start + 75.5 * HOUR),
    ):
        Reservation.objects.create(trial=one, car=one.car, period=DateTimeTZRange(lower, upper))
    return booked, staff.totpdevice_set.get()
