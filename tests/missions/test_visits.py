"""Whole visits, from the street to the end, in real browsers against a whole running shop."""

import base64
import io
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from PIL import Image
from playwright.sync_api import expect

from autosilo.vision.faces import FaceEngine
from autosilo.vision.images import read_image
from missions import leaks
from missions.conftest import AT_THE_GATE, STRANGER, Street
from missions.people import Operator
from missions.shop import Shop

pytestmark = [pytest.mark.mission, pytest.mark.browser, pytest.mark.slow]

MODEL = "byd-seal"


def test_scan_book_selfie_collect_by_face_drive_three_days_and_buy(
    street: Street, operator: Operator, samples: Path, shop: Shop
) -> None:
    taken = leaks.Taken()
    ming = street.shopper()
    taken.watch(ming.page.context)
    ming.scan(samples / "street_hatchback.png")
    expect(ming.see("scan-candidate").first).to_be_visible()

    ming.join(f"buyer-{uuid4().hex[:8]}@example.org")
    ming.give_details()
    ming.prove_licence()
    ming.become_premium()
    ming.consent_to_credit_check(MODEL)
    ming.book(MODEL)
    ming.show_face()
    selfies = len(taken.photos)
    operator.reach_next_pick_up()

    at_kiosk = street.visitor(AT_THE_GATE)
    taken.watch(at_kiosk.page.context)
    at_kiosk.arrive("shanghai")
    assert at_kiosk.show_face() == "hello", at_kiosk.refusal()
    expect(at_kiosk.see("greeting")).to_contain_text("Ming")
    assert 0 < selfies < len(taken.photos)
    wanted = leaks.needles(taken.photos, FaceEngine(samples.parent / "weights"))
    assert all(wanted.values()), "there is something to look for"
    assert leaks.search(shop, wanted) == [], "nothing of a face is kept while the visit lasts"
    at_kiosk.drive_off()

    ming.wait_for_state("driving")
    expect(ming.see("car-charge")).to_be_visible()
    expect(ming.see("car-distance")).not_to_have_text("0.0 km")

    operator.move_clock("day")
    operator.move_clock("day")
    ming.wait_for_state("driving")
    ming.buy()
    expect(ming.see("receipt-number")).to_be_visible()
    ming.wait_for_state("purchased")
    assert leaks.search(shop, wanted) == [], "nor afterwards"


def test_the_search_looks_everywhere(shop: Shop) -> None:
    places = {place for place, content in leaks.everything(shop) if content}
    some = {"table trial_trial", "table people_auditentry", "logs/web.log", "logs/site-shanghai.log"}
    assert some <= places
    assert {"the metrics of web", "the metrics of worker", "the metrics of kiosk-shanghai"} <= places
    assert any(place.startswith("sites/shanghai/site.db") for place in places)
    assert any(place.startswith("nats/") for place in places)


@pytest.mark.parametrize("disguise", [bytes, lambda piece: piece.hex().encode(), base64.b64encode])
def test_the_search_finds_what_is_there(shop: Shop, samples: Path, disguise: Callable[[bytes], bytes]) -> None:
    photo = (samples / STRANGER).read_bytes()
    wanted = leaks.needles([photo], FaceEngine(samples.parent / "weights"))
    letter = shop.home / "outbox" / "for-the-search.txt"
    letter.write_bytes(b"x" + disguise(b"xy" + photo) + b" liveness=0.93")
    try:
        found = leaks.search(shop, wanted)
    finally:
        letter.unlink()
    assert found == [f"a picture in outbox/{letter.name}", f"a score in outbox/{letter.name}: liveness=0.93"]


def test_pass_and_code_then_return_then_book_another(street: Street, operator: Operator) -> None:
    hua = street.eligible_shopper(None)
    hua.consent_to_credit_check("nio-et5")
    hua.book("nio-et5", site="nanjing")
    token, code = hua.pass_and_code()
    operator.reach_next_pick_up()
    hua.wait_for_state("booked")
    expect(hua.see("wait")).to_contain_text("in eight of ten cases", timeout=60_000)

    at_kiosk = street.visitor(None)
    at_kiosk.arrive("nanjing")
    at_kiosk.show_pass(token, code)
    at_kiosk.drive_off()
    hua.wait_for_state("driving")

    back = street.visitor(None)
    back.arrive("nanjing")
    back.show_pass(token, code)
    back.bring_back()
    expect(back.see("odometer")).to_be_visible()
    hua.wait_for_state("returned")

    hua.tap("book-another")
    hua.book("xpeng-g6", site="nanjing")
    hua.wait_for_state("booked")


def test_pass_and_face_with_the_licence_s_portrait(street: Street, operator: Operator, samples: Path) -> None:
    licence = "310101199001019001"
    ming = street.eligible_shopper(licence=licence)
    ming.consent_to_credit_check("xpeng-g6")
    ming.book("xpeng-g6", site="nanjing")
    said = ming.show_licence_and_face(licence, portrait_of(samples / STRANGER))
    assert "do not agree" in said, said
    assert ming.show_licence_and_face(licence, portrait_of(samples / AT_THE_GATE)) == "taken"
    held = ming.picture_of_the_pass()
    operator.reach_next_pick_up()

    at_kiosk = street.visitor(AT_THE_GATE)
    at_kiosk.arrive("nanjing")
    assert at_kiosk.show_pass_and_face(held) == "hello", at_kiosk.refusal()
    at_kiosk.drive_off()
    ming.wait_for_state("driving")


def test_who_calls_for_help_may_be_seen_by_the_operator(
    street: Street, operator: Operator, samples: Path, shop: Shop
) -> None:
    caller, taken = street.visitor(AT_THE_GATE), leaks.Taken()
    taken.watch(caller.page.context)
    caller.arrive("shanghai")
    caller.tap("help")
    caller.tap("show-me")
    expect(caller.see("show-state")).to_have_text("Nobody is looking yet.")
    operator.go("/console/waiting")
    operator.page.locator('[data-kind="help_wanted"]').get_by_test_id("to-caller").first.click()
    expect(operator.see("caller-picture")).to_be_visible()
    first = operator.see("caller-picture").get_attribute("src") or ""
    assert first.startswith("data:image/jpeg;base64,")
    expect(operator.see("caller-picture")).not_to_have_attribute("src", first)  # it moves
    expect(caller.see("show-state")).to_have_text("An operator is looking now.")
    caller.tap("show-end")
    expect(operator.see("caller-picture")).to_be_hidden()
    wanted = leaks.needles(taken.photos, FaceEngine(samples.parent / "weights"))
    assert all(wanted.values()), "there is something to look for"
    assert leaks.search(shop, wanted) == []


def portrait_of(photo: Path) -> bytes:
    """As an authority puts it into a licence: head and shoulders, small."""
    image = read_image(photo.read_bytes())
    face = FaceEngine(photo.parents[1] / "weights").detect(image)[0]
    x, y = face.centre
    box = (x - face.width, y - face.height, x + face.width, y + face.height * 5 / 3)
    small = Image.fromarray(image).crop(tuple(round(edge) for edge in box)).resize((360, 480))
    out = io.BytesIO()
    small.save(out, "JPEG")
    return out.getvalue()


def test_a_stranger_is_refused_and_the_right_person_still_gets_the_car(street: Street, operator: Operator) -> None:
    ming = street.eligible_shopper()
    ming.consent_to_credit_check("tesla-model-3")
    ming.book("tesla-model-3")
    ming.show_face()
    operator.reach_next_pick_up()

    stranger = street.visitor(STRANGER)
    stranger.arrive("shanghai")
    assert stranger.show_face() == "refused"
    assert stranger.refusal() == "unknown_face"

    right_one = street.visitor(AT_THE_GATE)
    right_one.arrive("shanghai")
    assert right_one.show_face() == "hello", right_one.refusal()
    right_one.drive_off()
    ming.wait_for_state("driving")
