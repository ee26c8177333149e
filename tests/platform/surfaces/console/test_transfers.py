"""Sending a car to another site, and turning it back, from the console."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from autosilo.platform.kit import clock
from autosilo.platform.resources.fleet.models import Car, Transfer
from autosilo.platform.resources.people.roles import Role
from autosilo.platform.resources.sites.models import Site

from .world import NOW, shop, signed_in, worker

CHINA = ZoneInfo("Asia/Shanghai")
LATER = (NOW + timedelta(hours=6)).astimezone(CHINA)


@pytest.fixture
def towers(db: None, monkeypatch: pytest.MonkeyPatch) -> tuple[Site, Site, Car]:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    here, there = shop()[:2]
    return here, there, Car.objects.filter(site=here).order_by("vin")[0]


@pytest.fixture
def operator(towers: object) -> Client:
    return signed_in(worker(Role.OPERATOR))


def form(there: Site, at: datetime = LATER, **more: str) -> dict[str, str]:
    return {"target": there.slug, "expected": at.strftime("%Y-%m-%dT%H:%M"), **more}


def test_a_car_is_sent_off_seen_on_its_way_and_turned_back(operator: Client, towers: tuple[Site, Site, Car]) -> None:
    here, there, car = towers
    shown = operator.get(f"/console/sites/{here.slug}/cars/{car.vin}").content.decode()
    address = f"/console/sites/{here.slug}/cars/{car.vin}/send"
    assert f'href="{address}"' in shown
    page = operator.get(address).content.decode()
    assert f'value="{there.slug}"' in page
    assert f'value="{here.slug}"' not in page
    sent = operator.post(address, form(there))
    assert sent["Location"] == f"/console/sites/{here.slug}"
    transfer = Transfer.objects.get()
    assert transfer.expected_at == LATER.replace(second=0, microsecond=0), "on the other site's clock"
    for site in (here, there):
        way = operator.get(f"/console/sites/{site.slug}").content.decode()
        assert 'data-testid="on-their-way"' in way
        assert LATER.strftime("%H:%M") in way
    back = f"/console/transfers/{transfer.pk}/back"
    assert car.plate in operator.get(back).content.decode()
    assert operator.post(back, {"expected": form(there)["expected"]}).status_code == 302
    transfer.refresh_from_db()
    assert transfer.end == "turned_back"
    again = operator.post(back, {"expected": form(there)["expected"]})
    assert (again.status_code, "no longer on its way" in again.content.decode()) == (422, True)


def test_what_is_wrong_is_said_in_place(operator: Client, towers: tuple[Site, Site, Car]) -> None:
    here, there, car = towers
    address = f"/console/sites/{here.slug}/cars/{car.vin}/send"
    assert operator.post(address, {"target": "", "expected": ""}).status_code == 422
    past = operator.post(address, form(there, LATER - timedelta(days=1)))
    assert (past.status_code, "next fourteen days" in past.content.decode()) == (422, True)
    Site.objects.filter(pk=there.pk).update(inventory_at=NOW, free_bays=0)
    full = operator.post(address, form(there))
    assert (full.status_code, "no bay left" in full.content.decode()) == (422, True)
    assert not Transfer.objects.exists()
    assert operator.post(address, form(there, despite="a bay is free tonight")).status_code == 302


def test_only_operators_send_cars(towers: tuple[Site, Site, Car]) -> None:
    here, there, car = towers
    technician = signed_in(worker(Role.TECHNICIAN))
    address = f"/console/sites/{here.slug}/cars/{car.vin}/send"
    assert technician.post(address, form(there)).status_code == 403
    assert "send-car" not in technician.get(f"/console/sites/{here.slug}/cars/{car.vin}").content.decode()
    assert technician.post("/console/transfers/1/back", {"expected": ""}).status_code == 403


def test_what_is_not_there_is_not_found(operator: Client, towers: tuple[Site, Site, Car]) -> None:
    here, *_ = towers
    assert operator.get(f"/console/sites/{here.slug}/cars/NOBODY/send").status_code == 404
    assert operator.get("/console/transfers/1/back").status_code == 404
