"""What the pages show, what they change, and what it costs."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from autosilo.platform.journey.booking.models import Reservation
from autosilo.platform.journey.dues.models import Due
from autosilo.platform.journey.dues.states import DueKind
from autosilo.platform.journey.eligibility.models import EligibilityDecision
from autosilo.platform.journey.identity.models import BiometricConsent, FaceTemplate
from autosilo.platform.journey.trial.models import Deadline, Trial, TrialChange
from autosilo.platform.journey.trial.states import TrialState
from autosilo.platform.kit import clock
from autosilo.platform.kit.models import ClockOffset
from autosilo.platform.kit.money import Money
from autosilo.platform.resources.incidents.actions import open_incident
from autosilo.platform.resources.incidents.models import Incident
from autosilo.platform.resources.payments import actions as payments
from autosilo.platform.resources.people.models import AuditEntry, DrivingLicence, Person
from autosilo.platform.resources.people.roles import Role
from autosilo.platform.resources.sites.models import OutgoingOrder, Site
from autosilo.platform.surfaces.console.queries.overview import Link, link_of, site_cards

from .world import NOW, model, shop, signed_in, trial, worker

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator() -> Person:
    return worker(Role.OPERATOR)


@pytest.fixture
def client(operator: Person) -> Client:
    return signed_in(operator)


def queries_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


# --- overview ---


def test_counts_of_a_site_are_its_own() -> None:
    nanjing, shanghai = shop(cars=3)
    trial(shanghai, name="A", number=1)
    trial(shanghai, name="B", number=2, state=TrialState.DRIVING, due_at=NOW + timedelta(hours=2), handed_over_at=NOW)
    trial(shanghai, name="C", number=3, state=TrialState.RETURNED, ended_at=NOW - timedelta(hours=1))
    trial(nanjing, name="D", number=4, state=TrialState.CANCELLED)
    open_incident(key="x", kind="help_wanted", site=shanghai, trial=None, now=NOW)
    cards = {card.site.slug: card for card in site_cards(now=NOW)}
    here, there = cards["shanghai"], cards["nanjing"]
    assert {one.state: one.count for one in here.trials if one.count} == {"booked": 1, "driving": 1, "returned": 1}
    assert (here.pick_ups_today, here.pick_ups_done) == (3, 1)
    assert (here.returns_due_today, here.returns_done) == (1, 1)
    assert (here.cars_in_tower, here.cars_out, here.open_incidents) == (3, 1, 1)
    assert (there.pick_ups_today, there.cars_out, there.open_incidents) == (0, 0, 0)


def test_today_is_the_day_on_the_sites_own_calendar() -> None:
    shanghai = shop()[1]
    evening = NOW.replace(hour=17)  # 01:00 of the next day in Shanghai
    trial(shanghai, slot_start=evening, slot_end=evening + timedelta(minutes=30))
    by_noon, by_night = ({c.site.slug: c for c in site_cards(now=now)}["shanghai"] for now in (NOW, evening))
    assert (by_noon.pick_ups_today, by_night.pick_ups_today) == (0, 1)


def test_a_car_that_is_kept_now_is_not_free() -> None:
    shanghai = shop(cars=2)[1]
    row = trial(shanghai)
    before = {card.site.slug: card.cars_free for card in site_cards(now=NOW)}
    Reservation.objects.create(trial=row, car=row.car, period=(NOW - timedelta(hours=1), NOW + timedelta(days=3)))
    after = {card.site.slug: card.cars_free for card in site_cards(now=NOW)}
    assert after["shanghai"] == before["shanghai"] - 1
    assert after["nanjing"] == before["nanjing"]


def test_a_site_falls_silent_after_two_minutes() -> None:
    site = Site(last_heard_at=NOW)
    assert link_of(site, now=NOW + timedelta(minutes=2)) is Link.UP
    assert link_of(site, now=NOW + timedelta(minutes=3)) is Link.SILENT
    assert link_of(Site(), now=NOW) is Link.NEVER


def test_the_overview_says_what_is_wrong(client: Client) -> None:
    site = shop()[0]
    Site.objects.filter(pk=site.pk).update(held_reason="L1.B0302: sensors disagree")
    page = client.get("/console/").content.decode()
    assert "L1.B0302: sensors disagree" in page
    assert 'data-testid="link-shanghai"' in page


def test_htmx_gets_the_figures_alone(client: Client) -> None:
    shop()
    part = client.get("/console/", headers={"HX-Request": "true"}).content.decode()
    assert part.count("hx-swap-oob") == 2
    assert "<html" not in part


# --- cost ---


@pytest.mark.parametrize("address", ["/console/", "/console/sites/shanghai", "/console/trials", "/console/waiting"])
def test_a_page_costs_as_much_with_many_rows_as_with_one(client: Client, address: str) -> None:
    sites = shop(cars=1)
    for number in range(1):
        _busy(sites[1], number)
    few = queries_of(client, address)
    for number in range(1, 12):
        _busy(sites[1], number)
    assert queries_of(client, address) == few
    assert few <= 20


def _busy(site: Site, number: int) -> None:
    row = trial(site, name=f"P{number}", number=number)
    open_incident(key=f"k{number}", kind="car_overdue", site=site, trial=row.pk, now=NOW)


def test_one_trial_costs_the_same_however_long_its_story(client: Client) -> None:
    row = _eventful(1)
    few = queries_of(client, f"/console/trials/{row.pk}")
    for _ in range(10):
        TrialChange.objects.create(subject=row, source="booked", target="booked", at=NOW, by="test")
    assert queries_of(client, f"/console/trials/{row.pk}") == few
    assert few <= 22


def _eventful(changes: int) -> Trial:
    site = shop()[1]
    row = trial(site)
    rule = {"rule": "licence", "met": True, "detail": {"expires_on": "2030-01-01"}, "remedy": None, "eligible_at": None}
    EligibilityDecision.objects.create(
        person=row.person, car_model=model(), policy="cn 2026-01", allowed=True, rules=[rule], at=row.created_at
    )
    Deadline.objects.create(trial=row, kind="no_show", due_at=row.collect_until)
    for _ in range(changes):
        TrialChange.objects.create(subject=row, source="booked", target="booked", at=NOW, by="test")
    return row


# --- trials ---


def test_the_list_is_filtered_by_state_site_and_text(client: Client) -> None:
    nanjing, shanghai = shop()
    driving = trial(shanghai, name="Mei", number=1, state=TrialState.DRIVING)
    booked = trial(nanjing, name="Bo", number=2)

    def found(query: str) -> set[str]:
        page = client.get(f"/console/trials?{query}").content.decode()
        return {str(one.pk) for one in (driving, booked) if f'data-trial="{one.pk}"' in page}

    assert found("") == {str(driving.pk), str(booked.pk)}
    assert found("state=driving") == {str(driving.pk)}
    assert found("site=nanjing") == {str(booked.pk)}
    assert found("q=mei") == {str(driving.pk)}
    assert found(f"q={booked.car.plate}") == {str(booked.pk)}
    assert found(f"q={driving.car_id.lower()}") == {str(driving.pk)}
    assert found(f"q={booked.pk}") == {str(booked.pk)}
    assert found("q=nobody") == set()


def test_long_lists_have_pages(client: Client) -> None:
    site = shop()[0]
    for number in range(26):
        trial(site, name=f"P{number}", number=number)
    first = client.get("/console/trials?site=nanjing").content.decode()
    assert first.count('data-testid="trial-row"') == 25
    assert "?site=nanjing&amp;page=2" in first
    assert client.get("/console/trials?site=nanjing&page=2").content.decode().count('data-testid="trial-row"') == 1
    assert client.get("/console/trials?page=nonsense").status_code == 200


def test_a_trials_page_explains_the_decision_and_hides_the_address(client: Client) -> None:
    row = _eventful(1)
    page = client.get(f"/console/trials/{row.pk}").content.decode()
    assert "Driving licence" in page
    assert "cn 2026-01" in page
    assert "lin@shopper.example" not in page
    assert "l…@shopper.example" in page


def test_looking_at_an_address_is_written_down(client: Client, operator: Person) -> None:
    row = trial(shop()[0])
    part = client.post(f"/console/trials/{row.pk}/contact").content.decode()
    assert "lin@shopper.example" in part
    assert AuditEntry.objects.get(action="contact_shown").actor == operator


def test_an_operator_cancels_with_a_reason(client: Client, operator: Person) -> None:
    row = trial(shop()[0])
    assert client.post(f"/console/trials/{row.pk}/cancel", {"reason": ""}).status_code == 200
    row.refresh_from_db()
    assert row.state == TrialState.BOOKED
    client.post(f"/console/trials/{row.pk}/cancel", {"reason": "hail has damaged the car"})
    row.refresh_from_db()
    assert row.state == TrialState.CANCELLED
    entry = AuditEntry.objects.get(action="trial_cancelled")
    assert (entry.actor, entry.target, entry.detail) == (
        operator,
        f"trial {row.pk}",
        {"reason": "hail has damaged the car"},
    )


def with_deposit(fakes: Any) -> Trial:
    """A trial under the rules of Guangzhou, driven and given back an hour late, whose deposit is held."""
    row = trial(shop()[0], state=TrialState.RETURNED, policy="cn-fee 2026-11", handed_over_at=NOW, due_at=NOW)
    Trial.objects.filter(pk=row.pk).update(
        deposit_minor=300_000, cost_currency="CNY", settled_at=NOW, ended_at=NOW + timedelta(hours=1)
    )
    amount = Money(300_000, "CNY")
    payment = payments.draw_up(person=row.person, reference="d", amount=amount, hold=True, now=NOW)
    payments.pay(payment=payment, card_token="tok_visa", description="", now=NOW)
    Due.objects.create(trial=row, kind=DueKind.DEPOSIT, payment=payment)
    return row


def test_an_operator_keeps_a_part_of_the_deposit(client: Client, operator: Person, fakes: Any) -> None:
    row = with_deposit(fakes)
    address = f"/console/trials/{row.pk}/deposit"
    assert address in client.get(f"/console/trials/{row.pk}").content.decode()
    page = client.get(address).content.decode()
    assert "By the rules of this trial that is ¥50." in page
    assert 'value="50' in page
    assert client.post(address, {"keep": "50.00", "reason": ""}).status_code == 200
    assert client.post(address, {"keep": "-1", "reason": "A scratch."}).status_code == 200
    refused = client.post(address, {"keep": "3000.01", "reason": "A scratch."}, follow=True).content.decode()
    assert "More than the deposit cannot be kept." in refused
    assert not AuditEntry.objects.filter(action="deposit_decided").exists()
    client.post(address, {"keep": "50.00", "reason": "An hour late."})
    entry = AuditEntry.objects.get(action="deposit_decided")
    assert (entry.actor, entry.target) == (operator, f"trial {row.pk}")
    assert entry.detail == {"reason": "An hour late.", "kept": "¥50", "deposit": "¥3,000"}
    due = Due.objects.get()
    assert (due.wanted, due.kept_minor, due.decided_by) == ("kept", 5_000, operator)
    again = client.post(address, {"keep": "0", "reason": "A mistake."}, follow=True).content.decode()
    assert "it was decided already" in again
    assert address not in again


def test_a_deposit_is_released_with_a_reason(client: Client, fakes: Any) -> None:
    row = with_deposit(fakes)
    client.post(f"/console/trials/{row.pk}/deposit", {"keep": "0", "reason": "All is well."})
    assert Due.objects.get().wanted == "back"


def test_an_operator_gives_a_fee_back(client: Client, operator: Person, fakes: Any) -> None:
    row = with_deposit(fakes)
    payment = payments.draw_up(person=row.person, reference="f", amount=Money(9_900, "CNY"), now=NOW)
    payments.pay(payment=payment, card_token="tok_visa", description="", now=NOW)
    Due.objects.create(trial=row, kind=DueKind.FEE, payment=payment)
    address = f"/console/trials/{row.pk}/fee"
    assert address in client.get(f"/console/trials/{row.pk}").content.decode()
    assert client.post(address, {"reason": ""}).status_code == 200
    client.post(address, {"reason": "The car broke down."})
    assert Due.objects.get(kind=DueKind.FEE).wanted == "back"
    entry = AuditEntry.objects.get(action="fee_refunded")
    assert (entry.actor, entry.detail) == (operator, {"reason": "The car broke down.", "fee": "¥99"})
    assert address not in client.get(f"/console/trials/{row.pk}").content.decode()


def test_a_technician_decides_no_deposit(fakes: Any) -> None:
    row = with_deposit(fakes)
    technician = signed_in(worker(Role.TECHNICIAN))
    assert technician.post(f"/console/trials/{row.pk}/deposit", {"keep": "1", "reason": "Hm."}).status_code == 403
    assert "trial-deposit" not in technician.get(f"/console/trials/{row.pk}").content.decode()


def test_what_cannot_be_cancelled_stays_and_leaves_no_entry(client: Client) -> None:
    row = trial(shop()[0], state=TrialState.DRIVING)
    response = client.post(f"/console/trials/{row.pk}/cancel", {"reason": "too late"}, follow=True)
    assert "bring it back instead" in response.content.decode()
    row.refresh_from_db()
    assert row.state == TrialState.DRIVING
    assert not AuditEntry.objects.filter(action="trial_cancelled").exists()


@pytest.mark.parametrize("address", ["/console/trials/00000000-0000-0000-0000-000000000000", "/console/sites/nowhere"])
def test_what_does_not_exist_is_not_found(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


# --- the tower ---


def test_a_site_shows_each_car_where_it_stands(client: Client) -> None:
    site = shop(cars=2)[1]
    page = client.get("/console/sites/shanghai").content.decode()
    for place, vin in site.inventory.items():
        assert f'data-place-of="{vin}"><code>{place}</code>' in page
    assert "style=" not in page


def test_a_chosen_bay_shows_its_car(client: Client) -> None:
    site = shop()[1]
    vin = next(iter(site.inventory.values()))
    part = client.get(f"/console/sites/shanghai/cars/{vin}").content.decode()
    assert "Aurora One" in part
    assert vin in part
    assert client.get("/console/sites/shanghai/cars/UNKNOWN").status_code == 404


def test_a_stranger_in_the_tower_is_shown_as_well(client: Client) -> None:
    nanjing, shanghai = shop(cars=1)
    (vin,) = nanjing.inventory.values()
    shanghai.inventory["L2.B0102"] = vin
    shanghai.save()
    assert f'data-place-of="{vin}"' in client.get("/console/sites/shanghai").content.decode()
    assert client.get(f"/console/sites/shanghai/cars/{vin}").status_code == 200


def test_a_held_tower_is_told_to_go_on_once_somebody_wrote_down_why(operator: Person, client: Client) -> None:
    site = shop()[1]
    assert _orders(client, "nothing is held") == 0
    Site.objects.filter(pk=site.pk).update(held_reason="L1.B0302: sensors disagree")
    assert _orders(client, "") == 0
    assert _orders(client, "sensor cleaned, bay is empty") == 1
    order = OutgoingOrder.objects.get()
    assert (order.site_id, order.payload["kind"]) == ("shanghai", "resolve_hold")
    assert operator.email not in json.dumps(order.payload), "a site need not know who works here"
    entry = AuditEntry.objects.get(action="hold_resolved")
    assert entry.detail == {"held": "L1.B0302: sensors disagree", "note": "sensor cleaned, bay is empty"}


def _orders(client: Client, note: str) -> int:
    client.post("/console/sites/shanghai/resolve", {"note": note})
    return OutgoingOrder.objects.count()


# --- waiting ---


def test_held_towers_come_first_then_who_waits_longest(client: Client) -> None:
    site = shop()[0]
    for minutes, kind in ((5, "help_wanted"), (50, "car_overdue"), (1, "tower_held")):
        open_incident(key=kind, kind=kind, site=site, trial=None, now=NOW - timedelta(minutes=minutes))
    page = client.get("/console/waiting").content.decode()
    places = [page.index(f'data-kind="{kind}"') for kind in ("tower_held", "car_overdue", "help_wanted")]
    assert places == sorted(places)


def test_nothing_waiting_is_said_in_words(client: Client) -> None:
    assert "Nothing waits for you" in client.get("/console/waiting").content.decode()


def test_an_incident_is_closed_once_with_a_note(client: Client, operator: Person) -> None:
    incident = open_incident(key="k", kind="help_wanted", site=shop()[0], trial=None, now=NOW)
    client.post(f"/console/waiting/{incident.pk}/close", {"note": " "})
    assert Incident.objects.get().closed_at is None
    client.post(f"/console/waiting/{incident.pk}/close", {"note": "talked to the visitor"})
    incident.refresh_from_db()
    assert (incident.closed_by, incident.note) == (operator, "talked to the visitor")
    again = client.post(f"/console/waiting/{incident.pk}/close", {"note": "me too"}, follow=True)
    assert "Somebody has closed this already" in again.content.decode()
    assert AuditEntry.objects.filter(action="incident_closed").count() == 1


# --- the clock ---


def test_the_clock_goes_forward_and_tells_the_sites(client: Client, operator: Person) -> None:
    shop()
    client.post("/console/clock", {"step": "three_days"})
    assert clock.offset() == timedelta(days=3)
    orders = OutgoingOrder.objects.filter(payload__kind="shift_clock")
    assert {(order.site_id, order.payload["offset_s"]) for order in orders} == {
        ("nanjing", 259200.0),
        ("shanghai", 259200.0),
    }
    assert AuditEntry.objects.get(action="clock_moved").actor == operator
    client.post("/console/clock", {"step": "custom", "hours": "1.5"})
    assert clock.offset() == timedelta(days=3, hours=1.5)


def test_the_clock_goes_to_the_next_pick_up(client: Client) -> None:
    now = timezone.now()
    trial(shop()[0], collect_from=now + timedelta(hours=5), collect_until=now + timedelta(hours=7))
    client.post("/console/clock", {"step": "next_pick_up"})
    assert timedelta(hours=4, minutes=59) < clock.offset() < timedelta(hours=5, minutes=1)


ZONES = [("Asia/Shanghai", "UTC+8"), ("Asia/Kolkata", "UTC+5:30"), ("America/Caracas", "UTC-4"), ("UTC", "UTC+0")]


@pytest.mark.parametrize(("zone", "offset"), ZONES)
def test_the_clock_shows_each_sites_time_as_well(client: Client, zone: str, offset: str) -> None:
    site = shop()[0]
    site.time_zone = zone
    site.save()
    page = client.get("/console/clock").content.decode()
    (shown,) = re.findall(rf'data-testid="local-time-{site.pk}">(.*?)</dd>', page)
    assert f">{offset}</small>" in shown


@pytest.mark.parametrize(
    "wish", [{"step": "custom", "hours": "-1"}, {"step": "custom", "hours": "x"}, {"step": "back"}, {}]
)
def test_the_clock_never_goes_back(client: Client, wish: dict[str, str]) -> None:
    assert client.post("/console/clock", wish).status_code == 400
    assert not ClockOffset.objects.exists()


# --- audit ---


def test_the_audit_is_filtered_by_what_was_done(client: Client, operator: Person) -> None:
    for action in ("hold_resolved", "trial_cancelled"):
        AuditEntry.objects.create(at=NOW, actor=operator, action=action, target="x", detail={"reason": action * 2})
    page = client.get("/console/audit?action=trial_cancelled").content.decode()
    assert page.count('data-testid="audit-row"') == 1
    assert "trial_cancelled" * 2 in page


# --- the admin ---


def test_the_admin_opens_every_list_and_shows_no_secret(client: Client) -> None:
    from django.contrib import admin

    row = trial(shop()[0])
    DrivingLicence.objects.create(person=row.person, number="310101199005170019", expires_on=NOW, stated_at=NOW)
    boss = signed_in(worker(None, email="boss@staff.example", is_superuser=True))
    for one in admin.site._registry:
        address = f"/admin/{one._meta.app_label}/{one._meta.model_name}/"
        assert boss.get(address).status_code == 200, address
    page = client.get(f"/admin/people/person/{row.person_id}/change/").content.decode()
    assert "•••••••••••••••019" in page
    assert "310101199005170019" not in page


def test_a_sealed_template_is_not_shown_in_the_admin() -> None:
    row = trial(shop()[0])
    consent = BiometricConsent.objects.create(
        person=row.person, trial=row, text_version="1", text_digest="0" * 64, language="en", given_at=NOW
    )
    sealed = {"box": "never-to-be-seen"}
    face = FaceTemplate.objects.create(trial=row, consent=consent, sealed=sealed, made_at=NOW)
    boss = signed_in(worker(None, email="boss@staff.example", is_superuser=True))
    page = boss.get(f"/admin/identity/facetemplate/{face.pk}/change/").content.decode()
    assert "Made at" in page
    assert "never-to-be-seen" not in page


def test_records_are_not_written_in_the_admin() -> None:
    row = trial(shop()[0])
    boss = signed_in(worker(None, email="boss@staff.example", is_superuser=True))
    for address in ("trial/trial/add/", f"trial/trial/{row.pk}/delete/", "people/auditentry/add/"):
        assert boss.get(f"/admin/{address}").status_code == 403


def test_an_operator_tends_cars_and_leaves_people_alone(client: Client) -> None:
    row = trial(shop()[0])
    assert client.get(f"/admin/fleet/car/{row.car_id}/change/").status_code == 200
    assert client.post(f"/admin/people/person/{row.person_id}/change/", {"email": "x@y.example"}).status_code == 403


# --- the demo's page ---


def test_the_demo_shows_logins_and_mails_to_this_machine_alone(settings: Any, tmp_path: Path, client: Client) -> None:
    settings.HOME = tmp_path
    assert "autosilo seed" in client.get("/demo").content.decode()
    (tmp_path / "run").mkdir()
    login = {"email": "op@autosilo.example", "password": "s3cret-words", "totp_secret": "JBSWY3DPEHPK3PXP"}
    (tmp_path / "run" / "demo.json").write_text(json.dumps({"operator": login}))
    (tmp_path / "outbox").mkdir()
    mail = (
        "From: shop@x\nTo: lin@x\nSubject: Booked\nDate: Fri, 20 Nov 2026 04:00:00 -0000\n\nSee you\n" + "-" * 79 + "\n"
    )
    (tmp_path / "outbox" / "a.log").write_text(mail)
    page = Client().get("/demo").content.decode()
    for text in ("op@autosilo.example", "s3cret-words", "See you", "Booked"):
        assert text in page
    assert Client(REMOTE_ADDR="192.0.2.7").get("/demo").status_code == 404
    assert Client().get("/demo", headers={"X-Forwarded-For": "192.0.2.7"}).status_code == 404


def test_the_demo_has_no_address_outside_demo_mode() -> None:
    from autosilo.platform.surfaces.demo import urls

    assert urls.patterns(demo=False) == []


def test_a_code_is_that_of_rfc_6238(monkeypatch: pytest.MonkeyPatch) -> None:
    from base64 import b32encode

    from autosilo.platform.surfaces.demo import logins

    monkeypatch.setattr(logins.time, "time", lambda: 59)
    assert logins.code_of(b32encode(b"12345678901234567890").decode()) == "287082"  # appendix B, last six digits
