"""What goes wrong at the borders: each time a clear message, nothing lost, never a server error."""

import re
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from PIL import Image
from playwright.sync_api import expect

from missions.conftest import STRANGER, Street
from missions.people import Operator, Shopper

pytestmark = [pytest.mark.mission, pytest.mark.browser, pytest.mark.slow]

MODEL = "byd-seal"
HUGE = (10_000, 6_000)  # 60 megapixels


@pytest.fixture(autouse=True)
def _never_a_server_error(street: Street) -> Iterator[None]:
    yield
    assert street.server_errors == []


@pytest.fixture(scope="session")
def bad_pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pictures")
    (folder / "letter.jpg").write_text("This is a letter and not a photo.\n" * 50)
    Image.new("RGB", HUGE, (90, 120, 160)).save(folder / "huge.jpg", quality=20)
    return folder


def test_a_text_file_as_a_photo(street: Street, bad_pictures: Path, samples: Path) -> None:
    ming = street.shopper()
    ming.scan(bad_pictures / "letter.jpg")
    expect(ming.see("scan-problem")).to_be_visible()
    ming.scan(samples / "no_car.jpg")
    expect(ming.see("scan-no-car")).to_be_visible()


def test_a_photo_of_sixty_megapixels(street: Street, bad_pictures: Path) -> None:
    with_scripts = street.shopper()
    with_scripts.scan(bad_pictures / "huge.jpg")
    expect(with_scripts.see("scan-no-car")).to_be_visible()  # made smaller before it was sent

    without = street.shopper(scripts=False)
    without.scan(bad_pictures / "huge.jpg")
    expect(without.see("scan-problem")).to_contain_text("too many pixels")


def test_a_recorded_face_is_not_taken_and_one_that_is_alive_is(street: Street) -> None:
    fake = street.eligible_shopper(STRANGER)
    fake.consent_to_credit_check(MODEL)
    fake.book(MODEL, site="nanjing")  # so that no other mission meets this face again
    fake.begin_capture()
    expect(fake.see("selfie-problem")).to_contain_text("try again", ignore_case=True, timeout=60_000)
    expect(fake.see("capture")).to_be_hidden()
    fake.go(f"{fake.trial_path}/selfie")
    expect(fake.see("face-kept")).to_have_count(0)
    fake.cancel()

    ming = street.eligible_shopper()
    ming.consent_to_credit_check(MODEL)
    ming.book(MODEL, site="nanjing")
    ming.show_face()
    ming.cancel()  # late on a Friday the other site is open and this one is not: the clock must not go to tomorrow


def test_an_expired_licence(street: Street) -> None:
    ming = street.shopper()
    ming.join(f"expired-{uuid4().hex[:8]}@example.org")
    ming.give_details(expires="2020-01-01")
    expect(ming.see("error-summary")).to_be_visible()
    expect(ming.see("phone")).to_have_value("+86 138 0013 8000")
    ming.go(f"/book/{MODEL}")
    expect(ming.see("undecided-details")).to_be_visible()


def test_a_slot_in_the_past(street: Street) -> None:
    ming = street.eligible_shopper()
    ming.consent_to_credit_check(MODEL)
    ming.go(f"/book/{MODEL}")
    slot = ming.page.locator('[data-testid="slot"]:not([disabled])').first
    slot.evaluate("radio => { radio.value = '2020-01-01T08:00Z'; }")
    slot.check(force=True)
    ming.tap("to-confirm")
    expect(ming.see("counter-text")).to_contain_text("time is over")


def test_a_car_that_somebody_else_just_took(street: Street) -> None:
    quick, late = street.eligible_shopper(), street.eligible_shopper()
    wish = _last_of_its_kind(quick, "nio-et5")
    late.consent_to_credit_check("nio-et5")
    for shopper in (quick, late):
        shopper.go(wish)
    quick.tap("to-confirm")
    expect(quick.see("booking-summary")).to_be_visible()
    late.tap("to-confirm")
    expect(late.see("counter-sold_out")).to_be_visible()
    late.tap("other-times")
    expect(late.see("picker")).to_be_visible()
    late.go("/trials")
    expect(late.see("trials-empty")).to_be_visible()


def _last_of_its_kind(shopper: Shopper, model: str) -> str:
    """The page on which a slot is chosen for which one car is left."""
    shopper.consent_to_credit_check(model)
    shopper.go(f"/book/{model}?site=nanjing")
    for paint in shopper.page.locator('input[name="paint"]').evaluate_all("all => all.map(one => one.value)"):
        shopper.go(f"/book/{model}?site=nanjing&paint={paint}")
        slot = shopper.page.locator('[data-testid="slot"][data-free="1"]').first
        if slot.count():
            key = slot.get_attribute("value")
            return f"/book/{model}?site=nanjing&paint={paint}&slot={key}"
    raise AssertionError(f"no colour of {model} has a single car left")


def test_a_wrong_code_five_times(street: Street, operator: Operator) -> None:
    ming = street.eligible_shopper(None)
    ming.consent_to_credit_check("tesla-model-3")
    ming.book("tesla-model-3")
    token, code = ming.pass_and_code()
    operator.reach_next_pick_up()
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"

    at_kiosk = street.visitor(None)
    at_kiosk.arrive("shanghai")
    at_kiosk.show_pass(token, wrong)
    for left in (4, 3, 2, 1):
        expect(at_kiosk.see("note")).to_contain_text(str(left))
        at_kiosk.see("code-input").fill(wrong)
    assert at_kiosk.refusal() == "locked"

    operator.go("/console/waiting")
    expect(operator.page.locator('[data-testid="incident"]', has_text=re.compile("lock", re.I)).first).to_be_visible()
    operator.move_clock("hour")
    again = street.visitor(None)
    again.arrive("shanghai")
    again.show_pass(token, code)
    again.drive_off()
    ming.wait_for_state("driving")
