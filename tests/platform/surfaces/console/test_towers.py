"""The technician's pages: what they show, what they order, and what becomes of it."""

import io
import re
from datetime import timedelta
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from autosilo.platform.kit import clock
from autosilo.platform.resources.incidents.actions import open_incident
from autosilo.platform.resources.incidents.models import Incident
from autosilo.platform.resources.people.models import AuditEntry, Person
from autosilo.platform.resources.people.roles import Role
from autosilo.platform.resources.sites.models import OutgoingOrder, Site
from autosilo.platform.resources.towers import actions as towers
from autosilo.platform.resources.towers.actions import PHOTOS_A_WALK, operator_name
from autosilo.platform.resources.towers.models import StaffOrder, Walk, WalkPhoto
from autosilo.vision.images import read_image
from autosilo.wire.books import LiftMode, OrderRefused
from autosilo.wire.bus import InventoryReported, TowerReleased

from .books import WHY, TowerSite, arrive
from .world import VIN, shop, signed_in, worker

pytestmark = pytest.mark.django_db

BOOKS, WALK = "/console/sites/shanghai/books", "/console/sites/shanghai/walks/L1"


@pytest.fixture
def site() -> Site:
    return shop(cars=3)[1]


@pytest.fixture
def tower(site: Site) -> TowerSite:
    return TowerSite(site)


@pytest.fixture
def technician(site: Site) -> Person:
    return worker(Role.TECHNICIAN)


@pytest.fixture
def client(technician: Person) -> Client:
    return signed_in(technician)


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def answer(client: Client, place: str, what: str, *, order: UUID | None = None, **fields: str) -> Any:
    data = {"order": str(order or uuid4()), "place": place, "what": what} | fields
    return client.post(f"{WALK}/confirm", data)


def written(kind: str) -> list[dict[str, Any]]:
    return [row.payload for row in OutgoingOrder.objects.order_by("id") if row.payload["kind"] == kind]


def messages_of(response: Any) -> str:
    return " ".join(str(message) for message in response.context["messages"])


# --- the books ---


def test_the_books_say_how_each_lift_stands(client: Client, tower: TowerSite, technician: Person) -> None:
    tower.modes["L2"] = LiftMode.SERVICE
    tower.out["L2"] = ("the rope is worn", operator_name(technician))
    tower.blocked["L1.B0202"] = ("oil on the pallet", "somebody at the machine")
    tower.say()
    page = text(client, BOOKS)
    assert re.search(r'data-testid="mode-L1">Auto<', page)
    assert re.search(r'data-testid="mode-L2">Service<', page)
    assert "the rope is worn" in page
    assert technician.email in page
    assert "somebody at the machine" in page, "who is not known here is named as the site does"
    assert "style=" not in page
    assert 'data-testid="tower-card-shanghai"' in text(client, "/console/towers")


def test_a_site_that_has_said_nothing_has_no_books_yet(client: Client) -> None:
    assert 'data-testid="no-books"' in text(client, BOOKS)


def test_a_lift_is_taken_out_with_a_reason_and_the_answer_is_shown(client: Client, tower: TowerSite) -> None:
    tower.say()
    step = text(client, "/console/sites/shanghai/lifts/L1/service")
    order = re.search(r'name="order" value="([^"]+)"', step)[1]  # type: ignore[index]
    given = {"order": order, "in_service": "no", "reason": ""}
    assert client.post("/console/sites/shanghai/lifts/L1/service", given).status_code == 400
    assert not written("lift_service")
    given["reason"] = "the rope is worn"
    assert client.post("/console/sites/shanghai/lifts/L1/service", given)["Location"] == BOOKS
    (sent,) = written("lift_service")
    assert (sent["id"], sent["lift"], sent["in_service"], sent["reason"]) == (order, "L1", False, "the rope is worn")
    assert 'data-state="given"' in text(client, BOOKS)
    tower.obey()
    page = text(client, BOOKS)
    assert StaffOrder.objects.get().state == "done"
    assert "out of service" in page
    assert AuditEntry.objects.get(action="lift_taken_out").detail == {"lift": "L1", "reason": "the rope is worn"}
    assert client.get("/console/sites/shanghai/lifts/L9/service").status_code == 404


def test_a_bay_is_blocked_once_however_often_the_form_is_sent(client: Client, tower: TowerSite) -> None:
    tower.say()
    given = {"order": str(uuid4()), "blocked": "yes", "reason": "oil on the pallet"}
    for _ in range(3):
        assert client.post("/console/sites/shanghai/bays/L1.B0202", given).status_code == 302
    assert [one["place"] for one in written("block_bay")] == ["L1.B0202"]
    assert AuditEntry.objects.filter(action="bay_blocked").count() == 1
    tower.obey()
    assert "Unblock it" in text(client, "/console/sites/shanghai/bays/L1.B0202")
    given = {"order": str(uuid4()), "blocked": "no", "reason": "it is clean again"}
    client.post("/console/sites/shanghai/bays/L1.B0202", given)
    tower.obey()
    assert "Block it" in text(client, "/console/sites/shanghai/bays/L1.B0202")
    assert {order.state for order in StaffOrder.objects.all()} == {"done"}


def test_the_number_of_one_order_does_not_do_for_another(client: Client, tower: TowerSite) -> None:
    tower.say()
    given = {"order": str(uuid4()), "blocked": "yes", "reason": "oil on the pallet"}
    client.post("/console/sites/shanghai/bays/L1.B0202", given)
    response = client.post("/console/sites/shanghai/bays/L1.B0203", given, follow=True)
    assert "out of date" in messages_of(response)
    assert [one["place"] for one in written("block_bay")] == ["L1.B0202"]


def test_a_refused_order_says_why_where_it_was_given(client: Client, tower: TowerSite) -> None:
    tower.say()
    given = {"order": str(uuid4()), "blocked": "yes", "reason": "oil on the pallet"}
    client.post("/console/sites/shanghai/bays/L1.B0202", given)
    tower.refuse("in_motion", look_at="L1")
    for address in ("/console/sites/shanghai/bays/L1.B0202", BOOKS):
        page = text(client, address)
        assert "A lift is just moving a car" in page
    assert "Look at <code>L1</code>" in text(client, "/console/sites/shanghai/bays/L1.B0202")


def test_a_hold_that_still_stands_is_told_on_the_sites_page(client: Client, tower: TowerSite) -> None:
    Site.objects.filter(pk="shanghai").update(held_reason="L1.B0302: sensors disagree")
    client.post("/console/sites/shanghai/resolve", {"note": "nothing to be seen"})
    tower.refuse("still_wrong", look_at="L1.B0302")
    open_incident(key="held:shanghai", kind="tower_held", site=tower.site, trial=None, now=clock.now())
    for address in ("/console/sites/shanghai", "/console/waiting"):
        assert "What stopped the tower has not gone" in text(client, address)
    client.post("/console/sites/shanghai/resolve", {"note": "it was dust"})
    assert "What stopped the tower has not gone" not in text(client, "/console/waiting"), "a newer order waits"


def test_a_bay_is_a_part_for_htmx_and_a_page_without(client: Client, site: Site) -> None:
    address = "/console/sites/shanghai/bays/L1.B0202"
    part = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "<html" in text(client, address)
    assert client.get("/console/sites/shanghai/bays?place=L1.B0202")["Location"] == address
    for nowhere in ("L1.B9999", "L1.D1", "-"):
        assert client.get(f"/console/sites/shanghai/bays/{nowhere}").status_code == 404


# --- the walk ---


def test_a_walk_waits_for_a_person_and_shows_each_place(client: Client, tower: TowerSite) -> None:
    tower.begin_walk()
    tower.say()
    assert Incident.objects.get(kind="reconciliation").detail == {"lift": "L1", "reason": WHY}
    assert 'data-testid="to-walk"' in text(client, "/console/waiting")
    Site.objects.filter(pk="shanghai").update(held_reason="L1: waits for a walk")
    held = text(client, "/console/sites/shanghai")
    assert 'data-testid="held-walk-L1"' in held
    assert 'data-testid="resolve-hold"' not in held, "only the walk lets this tower go on"
    page = text(client, WALK)
    assert f"0 of {len(tower.places())} confirmed" in page
    assert page.count('data-testid="row-') == len(tower.places())
    assert "style=" not in page


def test_the_whole_walk(client: Client, tower: TowerSite, technician: Person) -> None:
    first, second, third, *rest = tower.places()
    vin = dict(tower.books)
    tower.seen[second] = False  # taken out by hand
    tower.seen[rest[0]] = True  # and put there
    tower.begin_walk()
    tower.say()
    assert "books and sensor disagree" in text(client, f"{WALK}?at={second}")
    assert answer(client, first, "books", shown=vin[first])["Location"] == f"{WALK}?at={second}"
    answer(client, second, "empty")
    answer(client, rest[0], "other", car=vin[second])
    for place in (third, *rest[1:]):
        answer(client, place, "books", shown=vin.get(place, ""))
    assert "0 of" in text(client, WALK), "nothing counts before the tower has said so"
    assert "not confirmed yet" in text(client, f"{WALK}/finish")
    tower.obey()
    assert 'data-testid="all-confirmed"' in text(client, WALK)
    summary = text(client, f"{WALK}/finish")
    assert "2 places changed" in summary
    assert vin[second] in summary
    client.post(f"{WALK}/finish", {"order": str(uuid4())})
    tower.obey()
    assert tower.books[rest[0]] == vin[second]
    assert Walk.objects.get().ended_at is not None
    assert Incident.objects.get(kind="reconciliation").closed_at is not None
    assert client.get(WALK)["Location"] == BOOKS
    entry = AuditEntry.objects.get(action="walk_finished")
    assert entry.actor == technician
    assert entry.detail["changed"] == [f"{second}: {vin[second]} → –", f"{rest[0]}: – → {vin[second]}"]
    one = AuditEntry.objects.get(action="bay_confirmed", detail__place=second)
    assert one.detail == {"place": second, "before": vin[second], "after": None}
    assert {order.state for order in StaffOrder.objects.all()} == {"done"}


def test_a_walk_is_not_finished_while_places_are_open_or_disagree(client: Client, tower: TowerSite) -> None:
    tower.begin_walk()
    tower.say()
    assert "not confirmed" in messages_of(client.post(f"{WALK}/finish", {"order": str(uuid4())}))
    tower.seen[tower.places()[0]] = False
    tower.say()
    assert "the sensor still says" in messages_of(client.post(f"{WALK}/finish", {"order": str(uuid4())}))
    assert not written("finish_reconciliation")


def test_an_answer_that_is_sent_again_counts_once(client: Client, tower: TowerSite) -> None:
    tower.begin_walk()
    tower.say()
    place, order = tower.places()[5], uuid4()
    for _ in range(3):
        assert answer(client, place, "empty", order=order).status_code == 302
    assert len(written("confirm_bay")) == 1
    tower.obey()
    assert 'data-answer-state="confirmed"' in text(client, f"{WALK}?at={place}")


def test_a_refused_answer_is_shown_at_its_place_and_can_be_given_anew(client: Client, tower: TowerSite) -> None:
    tower.begin_walk()
    tower.say()
    place = tower.places()[5]
    answer(client, place, "empty")
    tower.refuse("offline")
    for address in (WALK, f"{WALK}?at={place}"):
        assert "cannot reach the machine" in text(client, address)
    answer(client, place, "empty")
    tower.obey()
    assert 'data-testid="refused-answers"' not in text(client, WALK)


def test_books_that_changed_under_the_page_are_not_confirmed(client: Client, tower: TowerSite) -> None:
    tower.begin_walk()
    tower.say()
    place = tower.places()[0]
    response = answer(client, place, "books", shown=VIN.format(9999))
    assert response.status_code == 422
    assert "The books have changed" in response.content.decode()
    assert not written("confirm_bay")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Choose the car, or type its VIN"),
        ("LSVNV2182E2100001", "a character was misread"),
        ("LSVNV2182E210000", "17 letters and digits"),
        ("LSVNV2182E21OOOOI", "17 letters and digits"),
        ("1HGCM82633A004352", None),
        ("1hgcm 82633a 004352", None),
    ],
)
def test_a_typed_vin_is_checked(client: Client, tower: TowerSite, typed: str, words: str | None) -> None:
    tower.begin_walk()
    tower.say()
    response = answer(client, tower.places()[5], "other", typed=typed)
    if words is None:
        assert written("confirm_bay")[0]["vin"] == "1HGCM82633A004352"
    else:
        assert response.status_code == 422
        assert words in response.content.decode()
        assert not written("confirm_bay")


def test_a_car_chosen_and_another_typed_is_a_contradiction(client: Client, tower: TowerSite) -> None:
    tower.begin_walk()
    tower.say()
    car = tower.books[tower.places()[0]]
    assert answer(client, tower.places()[5], "other", car=car, typed="1HGCM82633A004352").status_code == 422
    assert answer(client, tower.places()[5], "other", car="1HGCM82633A004352").status_code == 422, "not a car of ours"


def test_htmx_is_shown_the_next_place_as_a_part(client: Client, tower: TowerSite) -> None:
    tower.begin_walk()
    tower.say()
    first, second, *_ = tower.places()
    data = {"order": str(uuid4()), "place": first, "what": "books", "shown": tower.books[first]}
    response = client.post(f"{WALK}/confirm", data, headers={"HX-Request": "true"})
    assert response["HX-Push-Url"] == f"{WALK}?at={second}"
    assert b"<html" not in response.content
    assert f'data-testid="place-{second}"' in response.content.decode()


def test_progress_is_told_again_only_when_it_changed(client: Client, tower: TowerSite) -> None:
    tower.begin_walk()
    tower.say()
    seen = re.search(r"seen=([0-9a-f]{8})", text(client, WALK))[1]  # type: ignore[index]
    address = f"{WALK}/progress?at={tower.places()[0]}"
    assert client.get(f"{address}&seen={seen}").status_code == 204
    tower.confirmed[tower.places()[1]] = "person 1"
    tower.say()
    assert client.get(f"{address}&seen={seen}").content.decode().count("hx-swap-oob") == 3
    tower.walking.clear()
    tower.say()
    assert client.get(f"{address}&seen={seen}")["HX-Redirect"] == BOOKS


def test_only_places_that_disagree_are_asked_for_where_the_key_was_not_turned(client: Client, tower: TowerSite) -> None:
    place = tower.places()[0]
    tower.seen[place] = False
    tower.begin_walk()
    fact = tower.told(clock.now())
    walk = fact.reconciliations[0].model_copy(update={"every": False})

    arrive(tower.site, fact.model_copy(update={"reconciliations": (walk,)}))
    page = text(client, WALK)
    assert "0 of 1 confirmed" in page
    assert f'data-testid="place-{place}"' in page


def test_a_place_that_cannot_be_said_now_stands_not_against_the_end(client: Client, tower: TowerSite) -> None:
    half_way, target, *rest = tower.places()
    tower.seen[half_way] = False  # the car is on the carriage
    tower.apart = {half_way, target}
    tower.begin_walk()
    tower.say()
    page = text(client, f"{WALK}?at={half_way}")
    assert f"0 of {len(rest)} confirmed" in page
    assert f'data-testid="row-{half_way}" data-answer-state="apart"' in page
    assert "cannot be said now" in page
    assert "books and sensor disagree" not in page
    assert f"0 of {len(rest)} confirmed" in text(client, BOOKS)
    answer(client, half_way, "empty")
    tower.refuse("in_motion", look_at=half_way)
    assert f"0 of {len(rest)} confirmed" in text(client, WALK)
    assert "A lift is just moving a car" in text(client, f"{WALK}?at={half_way}"), "why it was refused"
    tower.confirmed = dict.fromkeys(rest, "person 1")
    tower.say()
    assert "Every place that can be said now is confirmed" in text(client, WALK)
    assert f"<code>{half_way}</code>" in text(client, f"{WALK}/finish")
    client.post(f"{WALK}/finish", {"order": str(uuid4())})
    assert [one["lift"] for one in written("finish_reconciliation")] == ["L1"]
    assert AuditEntry.objects.get(action="walk_finished").detail["not_said"] == [half_way, target]


def test_a_place_must_be_looked_at_again_when_its_move_is_over(client: Client, tower: TowerSite) -> None:
    half_way, *rest = tower.places()
    tower.apart = {half_way}
    tower.begin_walk()
    tower.say()
    answer(client, half_way, "empty")
    tower.refuse("in_motion")
    tower.confirmed = dict.fromkeys(rest, "person 1")
    tower.apart = set()
    tower.say()
    assert f'data-testid="row-{half_way}" data-answer-state="refused"' in text(client, WALK)
    assert "not confirmed" in messages_of(client.post(f"{WALK}/finish", {"order": str(uuid4())}))
    assert not written("finish_reconciliation")


# --- evidence ---


def photo(**options: Any) -> SimpleUploadedFile:
    exif = Image.Exif()
    exif[0x010F] = "A phone"
    exif[0x0112] = 6  # lying on its side
    data = io.BytesIO()
    Image.new("RGB", (3000, 1500), "white").save(data, "JPEG", exif=exif, comment=b"secret", **options)
    return SimpleUploadedFile("list.jpg", data.getvalue(), content_type="image/jpeg")


def test_a_photo_is_kept_without_anything_but_its_pixels(client: Client, tower: TowerSite) -> None:
    tower.begin_walk()
    tower.say()
    client.post(f"{WALK}/photos", {"photo": photo()})
    kept = WalkPhoto.objects.get()
    stored = bytes(kept.jpeg)
    assert b"A phone" not in stored
    assert b"secret" not in stored
    picture = Image.open(io.BytesIO(stored))
    assert not picture.getexif()
    assert picture.size == (kept.width, kept.height) == (1200, 2400), "upright, and reduced"
    response = client.get(f"/console/sites/shanghai/photos/{kept.pk}")
    assert response.content == stored
    assert response["Content-Type"] == "image/jpeg"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response["Cache-Control"]
    assert AuditEntry.objects.get(action="photo_attached").detail["sha256"] == kept.sha256
    assert str(kept.pk) in text(client, WALK)
    assert client.get(f"/console/sites/nanjing/photos/{kept.pk}").status_code == 404


def test_a_photo_is_decoded_before_its_walk_is_locked(
    client: Client, tower: TowerSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    tower.begin_walk()
    tower.say()
    outside, meanwhile = list(connection.savepoint_ids), []

    def read(data: bytes, **options: Any) -> Any:
        meanwhile.append(list(connection.savepoint_ids))
        return read_image(data, **options)

    monkeypatch.setattr(towers, "read_image", read)
    client.post(f"{WALK}/photos", {"photo": photo()})
    assert WalkPhoto.objects.count() == 1
    assert meanwhile == [outside], "in no transaction but the test's own"


@pytest.mark.parametrize("data", [b"<script>alert(1)</script>", b"\xff\xd8\xff\xe0 broken", b""])
def test_what_is_no_photo_is_not_kept(client: Client, tower: TowerSite, data: bytes) -> None:
    tower.begin_walk()
    tower.say()
    client.post(f"{WALK}/photos", {"photo": SimpleUploadedFile("x.jpg", data, content_type="image/jpeg")})
    assert not WalkPhoto.objects.exists()


def test_a_walk_takes_so_many_photos_and_none_after_its_end(
    client: Client, tower: TowerSite, technician: Person
) -> None:
    tower.begin_walk()
    tower.say()
    walk = Walk.objects.get()
    for _ in range(PHOTOS_A_WALK):
        WalkPhoto.objects.create(walk=walk, by=technician, at=clock.now(), jpeg=b"x", width=1, height=1)
    assert "enough photos" in messages_of(client.post(f"{WALK}/photos", {"photo": photo()}, follow=True))
    tower.walking.clear()
    tower.say()
    client.post(f"{WALK}/photos", {"photo": photo()})
    assert WalkPhoto.objects.count() == PHOTOS_A_WALK


# --- sheets ---


def test_the_sheets_say_where_each_car_is_and_how_it_comes_down(client: Client, site: Site) -> None:
    place, vin = next(iter(site.inventory.items()))
    page = text(client, "/console/sites/shanghai/sheet")
    assert place in page
    assert vin in page
    steps = text(client, f"/console/sites/shanghai/sheet/{vin}")
    assert steps.count("sheet-tick") == 11
    assert f"({place})" in steps
    assert "m above the street" in steps
    assert client.get("/console/sites/shanghai/sheet/UNKNOWN").status_code == 404


def test_a_car_that_is_not_inside_cannot_be_brought_down(client: Client, site: Site) -> None:
    vin = next(iter(site.inventory.values()))
    Site.objects.filter(pk=site.pk).update(inventory={})
    assert "By the books this car is not in the tower" in text(client, f"/console/sites/shanghai/sheet/{vin}")


def test_a_site_whose_file_is_not_here_has_no_measures(client: Client, settings: Any, tmp_path: Any) -> None:
    settings.SITES_DIR = tmp_path
    assert "cannot be read here" in text(client, "/console/sites/shanghai/sheet")


# --- rights ---


def test_an_auditor_looks_and_orders_nothing(tower: TowerSite) -> None:
    tower.begin_walk()
    tower.say()
    client = signed_in(worker(Role.AUDITOR))
    for address in ("/console/towers", BOOKS, WALK, "/console/sites/shanghai/sheet"):
        text(client, address)
    assert "walk-actions" not in text(client, WALK)
    assert "change-service" not in text(client, BOOKS)
    order = {"order": str(uuid4()), "reason": "I want to", "blocked": "yes", "in_service": "no"}
    for address in (
        "/console/sites/shanghai/bays/L1.B0202",
        "/console/sites/shanghai/lifts/L1/service",
        f"{WALK}/confirm",
        f"{WALK}/photos",
        f"{WALK}/finish",
    ):
        assert client.post(address, order).status_code == 403
    assert not OutgoingOrder.objects.exists()


def test_a_part_of_a_page_leads_out_of_the_page_to_the_login(site: Site) -> None:
    here = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{WALK}?at=L1.B0202"}
    response = Client().get(f"{WALK}/progress", headers=here)
    assert response.status_code == 401
    assert response["HX-Redirect"].startswith("/console/login?next=%2Fconsole%2Fsites%2Fshanghai%2Fwalks%2FL1")


def test_answers_come_faster_than_other_changes_and_are_limited_all_the_same(client: Client, settings: Any) -> None:
    settings.LIMITS_FACTOR = 0.02  # 6 of 300
    codes = [answer(client, "L1.B0202", "empty").status_code for _ in range(7)]
    assert codes == [302] * 6 + [429]


# --- cost ---


@pytest.mark.parametrize("address", ["/console/towers", BOOKS, WALK, f"{WALK}/finish", "/console/sites/shanghai/sheet"])
def test_a_page_costs_as_much_with_many_rows_as_with_one(client: Client, tower: TowerSite, address: str) -> None:
    tower.begin_walk()
    tower.say()
    answer(client, tower.places()[1], "empty")
    _many(tower, client, 1)
    few = _queries(client, address)
    _many(tower, client, 100)
    assert _queries(client, address) == few
    assert few <= 18


def _many(tower: TowerSite, client: Client, number: int) -> None:
    for place in tower.places()[:number]:
        person = Person.objects.create_user(f"{uuid4()}@staff.example", None, is_staff=True)
        tower.blocked[place] = ("oil", operator_name(person))
        tower.confirmed[place] = operator_name(person)
        answer(client, place, "empty")
    tower.say()


def _queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


# --- facts ---


def test_older_books_never_replace_newer_ones(client: Client, tower: TowerSite) -> None:
    tower.begin_walk()
    older = tower.told(clock.now() - timedelta(minutes=1))
    tower.walking.clear()
    newer = tower.told(clock.now())

    for fact in (newer, older, newer, older):
        arrive(tower.site, fact)
    assert not Walk.objects.exists()
    assert not Incident.objects.exists()
    assert 'data-testid="walk-L1"' not in text(client, BOOKS)


def test_books_twice_open_one_walk_and_one_incident(tower: TowerSite) -> None:
    tower.begin_walk()
    fact = tower.say()

    arrive(tower.site, fact)
    assert Walk.objects.count() == 1
    assert Incident.objects.count() == 1


def test_a_refusal_twice_is_one_and_of_an_unknown_order_is_put_before_a_person(
    client: Client, tower: TowerSite
) -> None:

    tower.say()
    order = uuid4()
    client.post("/console/sites/shanghai/bays/L1.B0202", {"order": str(order), "blocked": "yes", "reason": "oil there"})
    fact = OrderRefused(at=clock.now(), order=order, reason="offline")
    assert [arrive(tower.site, fact).value for _ in range(2)] == ["done", "duplicate"]
    assert StaffOrder.objects.get().refused_because == "offline"
    stray = OrderRefused(at=clock.now(), order=uuid4(), reason="offline")
    assert arrive(tower.site, stray).value == "put_before_a_person"
    assert Incident.objects.get().kind == "fact_makes_no_sense"


def test_a_refusal_before_or_after_the_books_stays_a_refusal(client: Client, tower: TowerSite) -> None:
    tower.say()
    given = {"order": str(uuid4()), "blocked": "yes", "reason": "oil there"}
    client.post("/console/sites/shanghai/bays/L1.B0202", given)
    tower.refuse("offline")
    tower.blocked["L1.B0202"] = ("somebody else did", "somebody")
    tower.say()
    assert StaffOrder.objects.get().state == "refused"


def test_a_later_order_about_the_same_bay_takes_the_place_of_an_unanswered_one(
    client: Client, tower: TowerSite
) -> None:
    tower.say()
    for blocked in ("yes", "no"):
        given = {"order": str(uuid4()), "blocked": blocked, "reason": "changed my mind"}
        client.post("/console/sites/shanghai/bays/L1.B0202", given)
    tower.obey()
    assert {order.kind: order.state for order in StaffOrder.objects.all()} == {
        "block_bay": "replaced",
        "unblock_bay": "done",
    }


def test_the_order_to_go_on_is_answered_when_the_tower_does(client: Client, site: Site) -> None:

    Site.objects.filter(pk="shanghai").update(held_reason="L1.B0302: sensors disagree")
    client.post("/console/sites/shanghai/resolve", {"note": "it was dust"})
    arrive(site, TowerReleased(at=clock.now(), by="person 1"))
    assert StaffOrder.objects.get().state == "done"


def test_a_release_from_before_the_order_to_go_on_does_not_answer_it(client: Client, site: Site) -> None:
    before = clock.now()
    Site.objects.filter(pk="shanghai").update(held_reason="L1.B0302: sensors disagree")
    client.post("/console/sites/shanghai/resolve", {"note": "it was dust"})
    arrive(site, TowerReleased(at=before, by="person 1"))
    arrive(site, InventoryReported(at=before, site="shanghai", cars=(), free_bays=3))
    assert StaffOrder.objects.get().state == "given"
    arrive(site, InventoryReported(at=clock.now(), site="shanghai", cars=(), free_bays=3))
    assert StaffOrder.objects.get().state == "done"


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_facts_end_alike_in_whatever_order_and_however_often_they_come(
    client: Client, tower: TowerSite, order: tuple[int, ...]
) -> None:
    now = clock.now()
    given = {"order": str(uuid4()), "blocked": "yes", "reason": "oil there"}
    client.post("/console/sites/shanghai/bays/L1.B0202", given)
    tower.begin_walk()
    walking = tower.told(now - timedelta(minutes=3))
    tower.blocked["L1.B0202"] = ("somebody else did", "somebody")
    blocked = tower.told(now - timedelta(minutes=2))
    tower.walking.clear()
    over = tower.told(now - timedelta(minutes=1))
    refusal = OrderRefused(at=now, order=UUID(given["order"]), reason="offline")
    facts = [walking, blocked, over, refusal]
    for index in (*order, *order):
        arrive(tower.site, facts[index])
    assert not Walk.objects.filter(ended_at=None).exists()
    assert not Incident.objects.filter(closed_at=None).exists()
    assert StaffOrder.objects.get().state == "refused"
    page = text(client, BOOKS)
    assert "somebody else did" in page
    assert 'data-testid="walk-L1"' not in page
