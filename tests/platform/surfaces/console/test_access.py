"""Who gets in, and how far."""

import re
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client, override_settings
from django.urls import URLPattern, reverse
from django_otp.plugins.otp_totp.models import TOTPDevice

from autosilo.platform.resources.people.models import AuditEntry, Person
from autosilo.platform.resources.people.roles import Role
from autosilo.platform.surfaces.console import urls
from autosilo.platform.surfaces.console.access import RIGHT_OF_VIEW, RIGHTS, Right

from .world import PASSWORD, code_of, shop, shopper, signed_in, trial, worker

pytestmark = pytest.mark.django_db

DOORS = {"login", "enrol", "logout"}


def guarded() -> list[URLPattern]:
    return [pattern for pattern in urls.patterns(demo=True) if pattern.name not in DOORS]


def address(pattern: URLPattern) -> str:
    values = {"slug": "shanghai", "vin": "X", "trial_id": "0" * 8 + "-0000-0000-0000-" + "0" * 12, "incident_id": 1}
    values |= {"lift": "L1", "place": "L1.B0202", "photo_id": values["trial_id"], "delivery_id": values["trial_id"]}
    values |= {"review_id": values["trial_id"], "policy_id": 1, "flag_id": 1, "correction_id": values["trial_id"]}
    wanted = {name: values.get(name, 1) for name in pattern.pattern.converters}
    return reverse(f"console:{pattern.name}", kwargs=wanted)


@pytest.mark.parametrize("pattern", guarded(), ids=lambda pattern: pattern.name)
def test_every_page_but_the_doors_asks_for_a_right(pattern: URLPattern) -> None:
    assert getattr(_unwrapped(pattern.callback), RIGHT_OF_VIEW) in Right


def _unwrapped(view: object) -> object:
    while not hasattr(view, RIGHT_OF_VIEW):
        view = view.__wrapped__  # type: ignore[attr-defined]
    return view


@pytest.mark.parametrize("pattern", [p for p in guarded() if not p.name.startswith("live")], ids=lambda p: p.name)
@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_gets_in_without_both_factors(pattern: URLPattern, method: str) -> None:
    password_only = Client()
    password_only.force_login(worker(Role.OPERATOR))
    buyer = Client()
    buyer.force_login(shopper())
    for client in (Client(), password_only, buyer):
        response = getattr(client, method)(address(pattern))
        assert response.status_code in {302, 405}
        if response.status_code == 302:
            assert response["Location"].startswith("/console/login")


def test_a_stream_refuses_without_words() -> None:
    assert Client().get("/console/live/shanghai").status_code == 403


def test_staff_without_a_role_may_do_nothing() -> None:
    client = signed_in(worker(None))
    assert client.get("/console/").status_code == 403
    assert client.get("/console/audit").status_code == 403


def test_a_technician_sees_everything_and_changes_nothing_but_the_tower() -> None:
    shop()
    client = signed_in(worker(Role.TECHNICIAN))
    for page in ("", "sites/shanghai", "trials", "waiting", "audit"):
        assert client.get(f"/console/{page}").status_code == 200
    assert client.post("/console/sites/shanghai/resolve", {"note": "looked"}).status_code == 302
    for page in ("waiting/1/close", "clock", "staff/1/forget"):
        assert client.post(f"/console/{page}").status_code == 403
    assert client.get("/console/staff").status_code == 403


def test_an_auditor_reads_the_audit_and_the_books_of_towers() -> None:
    client = signed_in(worker(Role.AUDITOR))
    assert client.get("/console/").headers["Location"] == "/console/audit"
    assert client.get("/console/audit").status_code == 200
    assert client.get("/console/trials").status_code == 403


def test_the_table_of_rights_covers_each_role() -> None:
    assert set(RIGHTS) == set(Role)


# --- the login ---


def device_of(person: Person) -> TOTPDevice:
    return TOTPDevice.objects.get(user=person)


def log_in(client: Client, person: Person, code: str, password: str = PASSWORD) -> Any:
    return client.post("/console/login", {"email": person.email, "password": password, "code": code})


def test_password_and_code_open_the_console_and_are_audited() -> None:
    shop()
    person = worker(Role.OPERATOR)
    client = Client()
    response = client.post(
        "/console/login?next=/console/trials",
        {
            "email": person.email,
            "password": PASSWORD,
            "code": code_of(device_of(person)),
            "next": "/console/trials",
        },
    )
    assert response["Location"] == "/console/trials"
    assert client.get("/console/").status_code == 200
    assert AuditEntry.objects.get(action="signed_in").actor == person


def test_signing_in_leads_to_no_foreign_address() -> None:
    person = worker(Role.OPERATOR)
    code = code_of(device_of(person))
    response = Client().post(
        "/console/login", {"email": person.email, "password": PASSWORD, "code": code, "next": "https://evil.example/"}
    )
    assert response["Location"] == "/console/"


def test_every_refusal_reads_the_same() -> None:
    person = worker(Role.OPERATOR)
    buyer = shopper()
    code = code_of(device_of(person))
    answers = [
        log_in(Client(), person, code, password="wrong"),
        log_in(Client(), person, "000000" if code != "000000" else "111111"),
        log_in(Client(), buyer, code),
        Client().post("/console/login", {"email": "nobody@staff.example", "password": PASSWORD, "code": code}),
    ]
    errors = {
        re.search(r'data-testid="login-error".*?<p>(.*?)</p>', a.content.decode(), re.S).group(1) for a in answers
    }  # type: ignore[union-attr,attr-defined]
    assert len(errors) == 1
    assert {a.status_code for a in answers} == {401}


def test_a_code_works_once() -> None:
    person = worker(Role.OPERATOR)
    code = code_of(device_of(person))
    assert log_in(Client(), person, code).status_code == 302
    assert log_in(Client(), person, code).status_code == 401


def test_guessing_ends_after_ten_tries() -> None:
    person = worker(Role.OPERATOR)
    for _ in range(10):
        log_in(Client(), person, "", password="wrong")
    response = log_in(Client(), person, code_of(device_of(person)))
    assert response.status_code == 401
    assert b"Too many attempts" in response.content


def test_a_first_sign_in_sets_up_an_authenticator() -> None:
    shop()
    person = worker(Role.OPERATOR, device=False)
    client = Client()
    assert log_in(client, person, "")["Location"] == "/console/enrol"
    assert client.get("/console/").status_code == 302, "the password alone opens nothing"
    page = client.get("/console/enrol").content.decode()
    assert "<svg" in page
    assert "style=" not in page, "the content policy forbids inline style"
    device = TOTPDevice.objects.get(user=person)
    assert not device.confirmed
    assert client.post("/console/enrol", {"code": "12"}).status_code == 401
    device.throttle_reset()
    assert client.post("/console/enrol", {"code": code_of(device)}).status_code == 302
    assert client.get("/console/").status_code == 200
    assert AuditEntry.objects.filter(action="second_factor_enrolled", actor=person).count() == 1


def test_the_password_alone_never_replaces_an_authenticator() -> None:
    person = worker(Role.OPERATOR, device=False)
    client = Client()
    log_in(client, person, "")
    TOTPDevice.objects.create(user=person, confirmed=True)  # meanwhile, elsewhere
    assert client.get("/console/enrol")["Location"] == "/console/login"


def test_a_lost_authenticator_is_forgotten_by_somebody_else() -> None:
    boss, lost = worker(Role.OPERATOR), worker(Role.TECHNICIAN)
    theirs = signed_in(lost)
    client = signed_in(boss)
    client.post(f"/console/staff/{boss.pk}/forget", {"reason": "I want to"})
    assert TOTPDevice.objects.filter(user=boss).exists(), "not one's own"
    client.post(f"/console/staff/{lost.pk}/forget", {"reason": "phone fell into the river"})
    assert not TOTPDevice.objects.filter(user=lost).exists()
    assert theirs.get("/console/").status_code == 302, "open sessions end with the device"
    entry = AuditEntry.objects.get(action="second_factor_forgotten")
    assert (entry.actor, entry.detail["reason"]) == (boss, "phone fell into the river")


def test_forgery_of_a_change_is_refused() -> None:
    site = shop()[0]
    row = trial(site)
    client = Client(enforce_csrf_checks=True)
    signed_in(worker(Role.OPERATOR), client)
    assert client.post(f"/console/trials/{row.pk}/cancel", {"reason": "forged"}).status_code == 403
    row.refresh_from_db()
    assert row.state == "booked"


def test_changes_are_limited_in_number() -> None:
    site = shop()[0]
    client = signed_in(worker(Role.OPERATOR))
    answers = [client.post(f"/console/sites/{site.pk}/resolve", {"note": "again"}).status_code for _ in range(61)]
    assert answers[-1] == 429
    assert set(answers[:-1]) == {302}


def test_the_admin_has_the_same_door() -> None:
    assert (
        Client().get("/admin/login/?next=/admin/fleet/car/")["Location"]
        == "/console/login?next=%2Fadmin%2Ffleet%2Fcar%2F"
    )
    client = signed_in(worker(Role.TECHNICIAN))
    assert client.get("/admin/").status_code == 200
    assert client.get("/admin/fleet/car/").status_code == 200
    assert client.get("/admin/fleet/car/add/").status_code == 403


@override_settings(DEMO=False)
def test_the_clock_has_no_address_outside_the_demo() -> None:
    assert "clock" not in {pattern.name for pattern in urls.patterns(demo=False)}
    assert signed_in(worker(Role.OPERATOR)).get("/console/clock").status_code == 404


def test_the_last_operator_is_helped_from_the_command_line() -> None:
    person = worker(Role.OPERATOR)
    call_command("forget_second_factor", person.email.upper(), reason="new phone", stdout=StringIO())
    assert not TOTPDevice.objects.filter(user=person).exists()
    assert AuditEntry.objects.get(action="second_factor_forgotten").actor is None
    with pytest.raises(CommandError, match="nobody of the staff"):
        call_command("forget_second_factor", shopper().email, reason="x")


@pytest.mark.parametrize("wanted", ["nowhere", "console:trials", "../evil", "//evil.example", "https:evil.example"])
def test_only_a_path_of_this_shop_is_gone_to(wanted: str) -> None:
    client = signed_in(worker(Role.OPERATOR))
    assert client.get("/console/login", {"next": wanted})["Location"] == "/console/"
