"""What watching machines may see."""

import pytest
from django.db import DatabaseError, connection


def test_alive(client):
    assert client.get("/healthz").json() == {"status": "ok"}


@pytest.mark.django_db
def test_ready(client):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"database": True, "migrations": True})


@pytest.mark.django_db
def test_not_ready_without_a_database(client, monkeypatch):
    def away():
        raise DatabaseError("away")

    monkeypatch.setattr(connection, "cursor", away)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["database"]) == (503, False)


def test_figures_are_for_this_machine_or_the_token(client, settings):
    assert b"autosilo_spent_seconds" in client.get("/metrics").content
    assert client.get("/metrics", REMOTE_ADDR="10.1.2.3").status_code == 403
    assert client.get("/metrics", headers={"X-Forwarded-For": "10.1.2.3"}).status_code == 403
    settings.METRICS_TOKEN = "long and secret"
    asked = {"REMOTE_ADDR": "10.1.2.3"}
    assert client.get("/metrics", headers={"Authorization": "Bearer long and secret"}, **asked).status_code == 200
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}, **asked).status_code == 403


def test_only_reading(client):
    assert client.post("/healthz").status_code == 405


@pytest.mark.parametrize("address", ["/api/v1/sites/%00", "/cars/%00", "/?site=%00", "/console/trials?site=%00"])
def test_no_address_has_a_nul(client, address):
    assert client.get(address).status_code == 400


@pytest.mark.parametrize("address", ["/login", "/scan/correction", "/console/login", "/api/v1/oauth/token"])
def test_a_form_with_a_nul_is_refused(client, db, address):
    response = client.post(address, {"email": "lin@example.org", "model": "byd\0seal", "client_id": "a\0"})
    assert response.status_code == 400
    assert b"not allowed" in response.content
