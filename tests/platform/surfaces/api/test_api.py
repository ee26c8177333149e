"""The API: what it says, what it hides, and how it refuses."""

import ast
import importlib.util
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from autosilo.platform.journey.trial.states import TrialState
from autosilo.platform.resources.sites.models import Site
from autosilo.platform.resources.telemetry.models import CarReading
from autosilo.platform.surfaces.api import limits

from ..console.world import car, model, shop, shopper, trial

NOBODYS = "7cf34334-968f-44b6-bfeb-0bc42f6f3bdf"
"""A trial's number that is nobody's; fixed, so that every worker names the test alike."""

pytestmark = pytest.mark.django_db
CHECKOUT = Path(__file__).parents[4]


def get(client: Client, path: str, **query: Any) -> Any:
    response = client.get(f"/api/v1/{path}", query)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("application/json")
    return response.json()


def problem(client: Client, path: str, status: int) -> dict[str, Any]:
    response = client.get(f"/api/v1/{path}")
    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")
    body: dict[str, Any] = response.json()
    assert body["status"] == status
    assert body["title"]
    return body


def test_models_carry_price_paints_sites_and_source(client: Client) -> None:
    shop()
    (one,) = get(client, "models")
    assert one == get(client, "models/aurora-one")
    assert one["price"] == {"amount_minor": 239_900_00, "currency": "CNY", "is_demo": True}
    assert {paint["code"] for paint in one["paints"]} == {"red", "white"}
    assert one["sites"] == ["nanjing", "shanghai"]
    assert one["source"] == "made up for tests"


def test_sites_keep_their_inventory_to_themselves(client: Client) -> None:
    shop()
    sites = get(client, "sites")
    assert [site["slug"] for site in sites] == ["nanjing", "shanghai"]
    assert sites[1]["name"] == {"en": "Shanghai Westbund", "zh_hans": "上海西岸"}
    assert not {"inventory", "kiosk_url", "held_reason", "sealing_public_key"} & set(sites[0])
    assert get(client, "sites/nanjing") == sites[0]


def test_slots_count_the_cars_of_the_wish(client: Client) -> None:
    shop(cars=3)  # two red, one white at each site
    free = {
        paint: {slot["free"] for slot in get(client, "models/aurora-one/slots", site="shanghai", paint=paint, days=2)}
        for paint in ("", "red", "white")
    }
    assert free == {"": {3}, "red": {2}, "white": {1}}
    first = get(client, "models/aurora-one/slots", site="shanghai", days=2)[0]
    length = datetime.fromisoformat(first["end"]) - datetime.fromisoformat(first["start"])
    assert length == timedelta(minutes=30)


def test_a_site_that_takes_no_bookings_has_no_slots(client: Client) -> None:
    shop()
    Site.objects.update(open_for_booking=False)
    assert get(client, "models/aurora-one/slots", site="shanghai") == []


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("models/no-such-car", 404),
        ("sites/atlantis", 404),
        ("models/aurora-one/slots?site=atlantis", 404),
        ("models/aurora-one/slots?site=shanghai&paint=plaid", 404),
        ("models/aurora-one/slots", 422),
        ("models/aurora-one/slots?site=shanghai&days=8000", 422),
        ("trials", 401),
        (f"trials/{NOBODYS}", 401),
        ("no/such/address", 404),
    ],
)
def test_refusals_are_problems(client: Client, path: str, status: int) -> None:
    shop()
    problem(client, path, status)


def test_a_malformed_request_is_told_where(client: Client) -> None:
    shop()
    errors = problem(client, "models/aurora-one/slots?site=shanghai&days=x", 422)["errors"]
    assert errors[0]["where"] == "query.days"


def test_one_sees_ones_own_trials_only(client: Client) -> None:
    site = shop()[1]
    mine, theirs = trial(site, name="Mei", number=1), trial(site, name="Bo", number=2)
    client.force_login(mine.person)
    assert [one["id"] for one in get(client, "trials")] == [str(mine.pk)]
    detail = get(client, f"trials/{mine.pk}")
    assert (detail["model"], detail["site"], detail["plate"]) == ("aurora-one", "shanghai", mine.car.plate)
    assert [event["kind"] for event in detail["timeline"]] == ["booked"]
    assert detail["drive"] is None
    problem(client, f"trials/{theirs.pk}", 404)


def test_a_drive_says_time_left_and_the_cars_own_word(client: Client) -> None:
    now = timezone.now()
    times = {"handed_over_at": now - timedelta(hours=62), "due_at": now + timedelta(hours=10)}
    row = trial(shop()[1], state=TrialState.DRIVING, **times)
    client.force_login(row.person)
    silent = get(client, f"trials/{row.pk}")["drive"]
    assert 35_990 < silent["seconds_left"] <= 36_000
    assert silent["charge"] is None
    word = {"charge": 0.61, "range_km": 310, "odometer_km": 1200, "speed_kmh": 0, "trip_km": 42.5}
    CarReading.objects.create(car=row.car, at=now, locked=True, plugged=False, where="parked", **word)
    drive = get(client, f"trials/{row.pk}")["drive"]
    assert (drive["charge"], drive["range_km"], drive["trip_km"]) == (0.61, 310, 42.5)


def test_nothing_can_be_written(client: Client) -> None:
    shop()
    client.force_login(shopper())
    for method in ("post", "put", "patch", "delete"):
        assert getattr(client, method)("/api/v1/trials").status_code == 405
    assert client.post("/api/v1/models").status_code == 405


def test_asking_too_often_is_refused_for_a_while(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "REQUESTS", 3)
    shop()
    answers = [client.get("/api/v1/sites") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[-1]["Content-Type"] == "application/problem+json"
    assert int(answers[-1]["Retry-After"]) == 60
    assert Client(REMOTE_ADDR="192.0.2.9").get("/api/v1/sites").status_code == 200


def test_the_schema_describes_every_operation_and_its_refusals(client: Client) -> None:
    schema = get(client, "openapi.json")
    assert schema["openapi"].startswith("3.")
    paths = {path.removeprefix("/api/v1/"): item for path, item in schema["paths"].items()}
    assert set(paths) == {
        "models",
        "models/{slug}",
        "models/{slug}/slots",
        "sites",
        "sites/{slug}",
        "trials",
        "trials/{trial_id}",
        "oauth/token",
        "availability",
        "bookings",
        "bookings/{booking_id}",
        "bookings/{booking_id}/confirm",
        "bookings/{booking_id}/move",
        "bookings/{booking_id}/cancel",
        "waits",
        "waits/{wait_id}",
        "webhooks",
        "webhooks/{webhook_id}",
        "webhooks/{webhook_id}/deliveries",
        "webhooks/{webhook_id}/deliveries/{delivery_id}/replay",
    }
    for path, item in paths.items():
        for operation in item.values():
            assert operation["summary"]
            assert "429" in operation["responses"], path
    assert set(paths["trials"]["get"]["responses"]["401"]["content"]) == {"application/problem+json"}
    assert "401" in paths["trials"]["get"]["responses"]
    assert client.get("/api/v1/docs").status_code == 404


@pytest.mark.parametrize("path", ["models", "models/aurora-one/slots?site=shanghai&days=3", "trials"])
def test_the_price_of_an_answer_does_not_grow_with_its_length(client: Client, path: str) -> None:
    site = shop(cars=1)[1]
    person = shopper()
    client.force_login(person)
    _more(site, person, 0)
    few = _queries(client, path)
    for number in range(1, 6):
        _more(site, person, number)
    assert _queries(client, path) == few
    assert few <= 12


def _more(site: Site, person: Any, number: int) -> None:
    slug = f"aurora-m{number}"
    model(slug)
    car(site, 7000 + number, slug=slug)
    row = trial(site, name=f"P{number}", number=number, state=TrialState.CANCELLED)
    type(row).objects.filter(pk=row.pk).update(person=person)


def _queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert client.get(f"/api/v1/{path}").status_code == 200
    return len(seen)


def test_the_client_in_the_documentation_is_the_generated_one(client: Client) -> None:
    """``python tools/make_api_client.py openapi.json > docs/examples/autosilo_client.py``, then ``ruff format``."""
    path = CHECKOUT / "tools" / "make_api_client.py"
    spec = importlib.util.spec_from_file_location("make_api_client", path)
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    made = ast.dump(ast.parse(tool.client(get(client, "openapi.json"))))
    kept = ast.dump(ast.parse((CHECKOUT / "docs" / "examples" / "autosilo_client.py").read_text()))
    assert made == kept
