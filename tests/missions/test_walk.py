"""A technician turns a lift's key switch and moves a car by hand; a walk from bay to bay lets the lift go on."""

import pytest
from playwright.sync_api import expect

from missions.conftest import Street
from missions.people import SLOW_MS
from missions.shop import Shop, at_the_machine

pytestmark = [pytest.mark.mission, pytest.mark.browser, pytest.mark.slow]

SITE, LIFT = "shanghai", "L2"


def test_a_car_that_was_moved_by_hand_is_found_by_the_walk_and_the_lift_goes_on(shop: Shop, street: Street) -> None:
    technician = street.technician()
    stands = {
        place: vin
        for place, vin in at_the_machine(shop, SITE, "state")["places"].items()
        if place.startswith(f"{LIFT}.B")
    }
    place, vin = min(stands.items())
    technician.go(f"/console/sites/{SITE}/books")
    names = technician.see("choose-bay").locator("option").evaluate_all("all => all.map(one => one.value)")
    free = next(name for name in names if name.startswith(f"{LIFT}.") and name not in stands)

    at_the_machine(shop, SITE, "mode", lift=LIFT, mode="manual")
    technician.wait_for_walk(SITE, LIFT)
    at_the_machine(shop, SITE, "carry", vin=vin, to=free)
    technician.go(f"/console/sites/{SITE}/walks/{LIFT}?at={place}")
    expect(technician.see("walk-mode")).to_contain_text("Turn it to Auto before you answer")
    at_the_machine(shop, SITE, "mode", lift=LIFT, mode="auto")
    expect(technician.see("walk-mode")).to_have_count(0, timeout=SLOW_MS)

    technician.go(f"/console/sites/{SITE}/walks/{LIFT}?at={place}")
    expect(technician.see("sensor")).to_have_text("no car", timeout=SLOW_MS)
    technician.answer_empty()
    technician.go(f"/console/sites/{SITE}/walks/{LIFT}?at={free}")
    expect(technician.see("sensor")).to_have_text("a car", timeout=SLOW_MS)
    technician.answer_other(vin)
    technician.confirm_the_rest(answered=2)

    technician.tap("to-finish")
    expect(technician.see("changed")).to_contain_text(vin)
    technician.tap("finish")
    technician.page.wait_for_url("**/books", timeout=SLOW_MS)
    expect(technician.see("ended-walks")).to_contain_text(LIFT)
    expect(technician.see(f"walk-{LIFT}")).to_have_count(0)

    technician.go("/console/waiting")
    expect(technician.page.locator('[data-testid="incident"][data-kind="reconciliation"]')).to_have_count(0)
    technician.go(f"/console/sites/{SITE}")
    expect(technician.page.locator(f'[data-place-of="{vin}"]')).to_have_text(free, timeout=SLOW_MS)
    assert at_the_machine(shop, SITE, "state")["violations"] == {}
    assert street.server_errors == []
