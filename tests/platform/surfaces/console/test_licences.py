"""The console's page of licences that wait for a person."""

from datetime import date

import numpy as np
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from autosilo.platform.kit import clock
from autosilo.platform.resources.licences import reviewing
from autosilo.platform.resources.licences.consent_text import VERSION
from autosilo.platform.resources.licences.models import LicenceProof, LicenceReview
from autosilo.platform.resources.people.actions import save_details
from autosilo.platform.resources.people.models import AuditEntry
from autosilo.platform.resources.people.roles import Role
from autosilo.vision.images import as_jpeg

from .world import shopper, signed_in, worker

pytestmark = pytest.mark.django_db
PHOTO = as_jpeg(np.full((64, 96, 3), 180, np.uint8))


@pytest.fixture
def client() -> Client:
    return signed_in(worker(Role.OPERATOR))


def waiting(number: int = 0) -> LicenceReview:
    person = save_details(
        person=shopper(f"Mei{number}"),
        given_name=f"Mei{number}",
        family_name="Wang",
        birth_date=date(1990, 5, 17),
        phone="+86 138 0000 0000",
        licence_number=f"31010119900517{number:04d}",
        licence_expires_on=date(2099, 1, 1),
        now=clock.now(),
    )
    return reviewing.ask(person=person, photo=PHOTO, consent=VERSION, now=clock.now())


def test_the_list_is_empty_then_shows_who_waits(client: Client) -> None:
    assert 'data-testid="no-licences"' in client.get("/console/licences").content.decode()
    review = waiting()
    page = client.get("/console/licences").content.decode()
    assert f"/console/licences/{review.pk}" in page
    assert "m…@" in page
    assert 'data-testid="licences-count">1<' in page


def test_the_photo_is_shown_to_operators_alone_and_each_look_is_written_down(client: Client) -> None:
    review = waiting()
    page = client.get(f"/console/licences/{review.pk}").content.decode()
    assert "310101199005170000" in page
    photo = client.get(f"/console/licences/{review.pk}/photo")
    assert photo["Content-Type"] == "image/jpeg"
    assert "no-store" in photo["Cache-Control"]
    assert AuditEntry.objects.filter(action="licence_photo_seen").count() == 1
    technician = signed_in(worker(Role.TECHNICIAN))
    for path in ("", f"/{review.pk}", f"/{review.pk}/photo"):
        assert technician.get(f"/console/licences{path}").status_code == 403
        assert Client().get(f"/console/licences{path}").status_code == 302
    assert technician.post(f"/console/licences/{review.pk}", {"accept": "yes"}).status_code == 403


def test_accepting_needs_a_day_and_a_category(client: Client) -> None:
    review = waiting()
    address = f"/console/licences/{review.pk}"
    assert "Until when is it valid?" in client.post(address, {"accept": "yes"}).content.decode()
    refused = client.post(address, {"accept": "yes", "expires_on": "2031-01-01"})
    assert refused.status_code == 422
    assert "for which vehicles" in refused.content.decode()
    assert 'data-testid="licence-photo"' in refused.content.decode()
    good = {"accept": "yes", "expires_on": "2031-01-01", "category": "B"}
    assert client.post(address, good)["Location"] == "/console/licences"
    assert LicenceProof.objects.get().expires_on == date(2031, 1, 1)
    assert client.get(f"{address}/photo").status_code == 404
    assert "The photo is deleted." in client.get(address).content.decode()
    assert client.post(address, good).status_code == 422
    assert "Licence accepted" in client.get("/console/licences?show=closed").content.decode()


def test_refusing_needs_a_reason(client: Client) -> None:
    review = waiting()
    address = f"/console/licences/{review.pk}"
    assert "Give the shopper a reason" in client.post(address, {"accept": "no", "reason": "no"}).content.decode()
    client.post(address, {"accept": "no", "reason": "The number cannot be read."})
    review.refresh_from_db()
    assert (review.state, review.sealed) == ("refused", None)
    assert AuditEntry.objects.get(action="licence_decided").detail["outcome"] == "refused"
    assert client.get("/console/licences/00000000-0000-0000-0000-000000000000").status_code == 404


def test_the_list_costs_the_same_at_1_and_at_30(client: Client) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get("/console/licences").status_code == 200
        assert not any("sealed" in query["sql"] for query in seen.captured_queries), "no photo is read for a list"
        return len(seen)

    waiting()
    few = cost()
    for number in range(1, 30):
        waiting(number)
    assert cost() == few
