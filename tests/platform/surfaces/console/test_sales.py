"""Planning when bookings of a model begin, from the console."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from autosilo.platform.journey.booking import line
from autosilo.platform.journey.booking.models import Sale
from autosilo.platform.kit import clock
from autosilo.platform.resources.people.models import AuditEntry, Person
from autosilo.platform.resources.people.roles import Role
from autosilo.platform.resources.sites.models import Site

from .world import NOW, model, shop, signed_in, worker

CHINA = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def here(db: None, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return shop()[0]


@pytest.fixture
def operator(here: Site) -> Client:
    return signed_in(worker(Role.OPERATOR))


def form(here: Site, at: datetime) -> dict[str, str]:
    opens = at.astimezone(CHINA).strftime("%Y-%m-%dT%H:%M")
    return {"car_model": model().slug, "site": here.slug, "opens": opens}


def test_a_sale_is_planned_watched_changed_and_called_off(operator: Client, here: Site) -> None:
    assert 'data-testid="no-sales"' in operator.get("/console/sales").content.decode()
    for hours in (3, 5):
        assert operator.post("/console/sales", form(here, NOW + timedelta(hours=hours))).status_code == 302
    sale = Sale.objects.get()
    assert sale.opens_at == NOW + timedelta(hours=5), "on the site's clock, and changed by the second"
    line.forget()
    waiting = Person.objects.create_user("waits@example.org")
    place = line.stand(person=waiting.pk, model=sale.car_model_id, site=here.pk, now=NOW)
    assert not place.may_try
    listed = operator.get("/console/sales").content.decode()
    assert 'data-testid="sale-waiting">1<' in listed
    asked = operator.get(f"/console/sales/{sale.pk}/call-off").content.decode()
    assert "at once" in asked
    assert Sale.objects.exists()
    assert operator.post(f"/console/sales/{sale.pk}/call-off").status_code == 302
    assert not Sale.objects.exists()
    actions = list(AuditEntry.objects.order_by("id").values_list("action", flat=True))
    assert actions[-3:] == ["sale_planned", "sale_planned", "sale_called_off"]
    assert operator.get(f"/console/sales/{sale.pk}/call-off").status_code == 404


def test_a_sale_that_has_opened_is_not_called_off(operator: Client, here: Site) -> None:
    sale = Sale.objects.create(car_model=model(), site=here, opens_at=NOW - timedelta(minutes=1))
    listed = operator.get("/console/sales").content.decode()
    assert f"sale-call-off-{sale.pk}" not in listed
    answer = operator.post(f"/console/sales/{sale.pk}/call-off", follow=True)
    assert "has opened already" in answer.content.decode()
    assert Sale.objects.exists()


@pytest.mark.parametrize("away", [timedelta(minutes=-1), timedelta(days=91)])
def test_a_time_that_makes_no_sense_is_refused(operator: Client, here: Site, away: timedelta) -> None:
    answer = operator.post("/console/sales", form(here, NOW + away))
    assert (answer.status_code, "ninety days" in answer.content.decode()) == (422, True)
    assert operator.post("/console/sales", {}).status_code == 422
    assert not Sale.objects.exists()


def test_only_who_rules_plans_sales(here: Site) -> None:
    technician = signed_in(worker(Role.TECHNICIAN))
    assert technician.get("/console/sales").status_code == 403
    assert technician.post("/console/sales", form(here, NOW + timedelta(hours=1))).status_code == 403


def test_the_command_keeps_the_same_rules(here: Site) -> None:
    at = (NOW + timedelta(hours=1)).isoformat()
    call_command("sale_open", model().slug, here.slug, at)
    assert Sale.objects.get().opens_at == NOW + timedelta(hours=1)
    with pytest.raises(CommandError, match="ninety"):
        call_command("sale_open", model().slug, here.slug, (NOW - timedelta(hours=1)).isoformat())
