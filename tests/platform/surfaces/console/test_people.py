"""The console's pages about accounts: what several share, and memberships from a list."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from autosilo.platform.kit import clock
from autosilo.platform.resources.people.marks import mark
from autosilo.platform.resources.people.models import AuditEntry, Flag, Mark, MarkKind, Membership
from autosilo.platform.resources.people.roles import Role
from autosilo.platform.surfaces.shopper.device import COOKIE

from .world import PASSWORD, shopper, signed_in, worker

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    return signed_in(worker(Role.OPERATOR))


def share(number: int) -> None:
    for name in ("A", "B"):
        mark(person=shopper(f"{name}{number}"), kind=MarkKind.LICENCE, value=f"no {number}", now=clock.now())


def cost(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


def test_what_is_shared_is_listed_without_the_value(client: Client) -> None:
    assert 'data-testid="no-flags"' in client.get("/console/flags").content.decode()
    share(1)
    text = client.get("/console/flags").content.decode()
    assert "A1 (a…@shopper.example), B1 (b…@shopper.example)" in text
    assert Flag.objects.get().digest not in text


def test_it_is_closed_with_a_note(client: Client) -> None:
    share(1)
    flag = Flag.objects.get()
    client.post(f"/console/flags/{flag.pk}/close", {"is_abuse": "yes"})
    flag.refresh_from_db()
    assert flag.state == "open"
    client.post(f"/console/flags/{flag.pk}/close", {"is_abuse": "yes", "note": "One person, two accounts"})
    flag.refresh_from_db()
    assert flag.state == "abuse"
    assert "One person, two accounts" in client.get("/console/flags?show=closed").content.decode()
    assert AuditEntry.objects.filter(action="flag_closed").count() == 1
    assert client.post("/console/flags/999/close", {"is_abuse": "yes", "note": "Found"}).status_code == 404


def test_the_list_costs_the_same_at_1_and_at_100(client: Client) -> None:
    share(0)
    few = cost(client, "/console/flags")
    for number in range(1, 100):
        share(number)
    assert cost(client, "/console/flags") == few


def test_a_device_is_marked_at_sign_in_and_recognised(client: Client) -> None:
    browser = Client()
    for number in range(4):
        person = shopper(f"C{number}")
        browser.post("/login", {"email": person.email, "password": PASSWORD})
        browser.post("/logout")
    assert Mark.objects.filter(kind="device").values("digest").distinct().count() == 1
    assert Flag.objects.get().kind == "device"
    cookie = browser.cookies[COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    other = Client()
    other.cookies[COOKIE] = "forged' OR 1=1"
    other.post("/login", {"email": shopper("D").email, "password": PASSWORD})
    assert len(other.cookies[COOKIE].value) == 32


def test_a_list_is_looked_at_and_then_applied(client: Client) -> None:
    person = shopper("Lin")
    text = f"email,tier,until\n{person.email},premium,2099-12-31\n"
    file = SimpleUploadedFile("list.csv", text.encode("utf-8"), content_type="text/csv")
    shown = client.post("/console/memberships", {"source": "taobao", "file": file, "look": "yes"}).content.decode()
    assert 'data-testid="count-new">1<' in shown
    assert person.email in shown  # in the text, to be applied as it was looked at
    assert not Membership.objects.exists()
    answer = client.post("/console/memberships", {"source": "taobao", "text": text, "apply": "yes"})
    assert answer["Location"] == "/console/memberships"
    assert Membership.objects.get().source == "taobao"
    assert AuditEntry.objects.filter(action="memberships_imported").count() == 1


def test_mistakes_of_a_list_are_told_by_line(client: Client) -> None:
    text = "email,tier,until\nstranger@example.org,premium,\n" + "x,y,z\n" * 200
    shown = client.post("/console/memberships", {"source": "taobao", "text": text, "look": "yes"})
    page = shown.content.decode()
    assert shown.status_code == 200
    assert 'data-testid="count-mistake">201<' in page
    assert "and 101 more" in page
    assert 'data-testid="import-apply"' not in page
    applied = client.post("/console/memberships", {"source": "taobao", "text": text, "apply": "yes"})
    assert applied.status_code == 422
    assert 'data-testid="import-mistakes"' in applied.content.decode()


@pytest.mark.parametrize(
    "form",
    [{}, {"source": "x"}, {"source": "platform", "text": "email,tier,until\n"}, {"source": "x", "text": "nonsense"}],
)
def test_what_is_no_list_is_refused(client: Client, form: dict[str, str]) -> None:
    answer = client.post("/console/memberships", form | {"look": "yes"})
    assert answer.status_code == 422
    assert 'data-testid="import-errors"' in answer.content.decode()
    assert client.get("/console/memberships").status_code == 200
