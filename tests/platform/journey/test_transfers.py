"""A car between two sites is booked where it goes, from when it can be there, and never twice."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from autosilo.platform.journey.booking import queries, readiness
from autosilo.platform.journey.booking.calendar import TURN_ROUND
from autosilo.platform.journey.flow import sweeper
from autosilo.platform.journey.returns import transfers
from autosilo.platform.journey.returns.room import rooms_for_returns
from autosilo.platform.journey.returns.transfers import CannotTransfer
from autosilo.platform.resources.fleet.models import Car, CarState, Transfer
from autosilo.platform.resources.incidents.models import Incident
from autosilo.platform.resources.people.models import AuditEntry, Person
from autosilo.platform.resources.sites.models import Site
from autosilo.wire import bus

HOURS = timedelta(hours=1)


class Between:
    """Two sites, a car at the first, and an operator."""

    def __init__(self, shop: Any) -> None:
        self.shop = shop
        self.here, self.there = shop.site, shop.add_site("nanjing")
        self.car: Car = shop.add_cars(1)[0]
        self.operator = Person.objects.create_user("operator@example.org", is_staff=True)

    def send(self, hours: float = 6, **changes: Any) -> Transfer:
        given = {"vin": self.car.vin, "source": self.here, "target": self.there} | changes
        return transfers.send_off(
            expected_at=self.shop.now + hours * HOURS, by=self.operator, now=self.shop.now, **given
        )

    def slots(self, site: Site) -> list[datetime]:
        found = queries.slots(car_model=self.shop.model, paint=self.shop.paint, site=site, now=self.shop.now)
        return [one.start for one in found if one.free]

    def report(self, site: Site, *vins: str, free: int = 5) -> None:
        cars = [{"place": f"L1.B01{number:02d}", "vin": vin} for number, vin in enumerate(vins)]
        self.shop.arrive(
            self.shop.fact(bus.InventoryReported, site=site.pk, cars=cars, free_bays=free, held=None), site=site.pk
        )


@pytest.fixture
def between(shop: Any) -> Between:
    return Between(shop)


def refused(between: Between, **changes: Any) -> str:
    with pytest.raises(CannotTransfer) as refusal:
        between.send(**changes)
    return refusal.value.reason


def test_it_is_booked_no_more_here_and_there_from_when_it_can_be_there(between: Between) -> None:
    assert between.slots(between.here)
    transfer = between.send()
    assert between.slots(between.here) == []
    ready = transfer.expected_at + TURN_ROUND
    assert ready <= min(between.slots(between.there)) < ready + HOURS
    assert AuditEntry.objects.get(action="car_sent_off").detail["to"] == "nanjing"
    described = [one["cars"] for one in between.shop.orders() if one["kind"] == "describe_cars"]
    assert [[car["vin"] for car in cars] for cars in described] == [[between.car.vin]]


def test_it_has_come_when_the_other_tower_reports_it(between: Between) -> None:
    transfer = between.send(hours=6)
    between.report(between.here, between.car.vin)
    transfer.refresh_from_db()
    assert transfer.ended_at is None, "it still stands where it was"
    between.shop.now += 2 * HOURS
    between.report(between.there, between.car.vin)
    transfer.refresh_from_db()
    assert (transfer.end, transfer.ended_at) == ("arrived", between.shop.now)
    assert Car.objects.get().ready_from == between.shop.now + TURN_ROUND


def test_a_car_that_does_not_come_is_expected_later_and_a_person_is_told_once(between: Between) -> None:
    transfer = between.send(hours=1)
    booked = between.shop.book(site=between.there, start=between.shop.now + 4 * HOURS)
    for _ in range(3):
        between.shop.now += 2 * HOURS
        sweeper.sweep(now=between.shop.now)
    transfer.refresh_from_db()
    assert transfer.expected_at > between.shop.now
    kinds = list(Incident.objects.order_by("id").values_list("kind", flat=True))
    assert (kinds.count("transfer_late"), kinds.count("car_not_ready")) == (1, 1)
    assert Incident.objects.get(kind="car_not_ready").trial == booked.pk
    between.report(between.there, between.car.vin)
    assert Incident.objects.get(kind="transfer_late").closed_at is not None


def test_who_had_booked_it_here_gets_another(between: Between) -> None:
    booked = between.shop.book(start=between.shop.now + 2 * HOURS)
    other = between.shop.add_cars(1)[0]
    assert booked.car_id == between.car.vin
    between.send()
    booked.refresh_from_db()
    assert booked.car_id == other.vin
    assert not Incident.objects.exists()


def test_where_there_is_no_other_a_person_is_called(between: Between) -> None:
    booked = between.shop.book(start=between.shop.now + 2 * HOURS)
    between.send()
    assert list(Incident.objects.values_list("kind", "trial")) == [("car_moved", booked.pk)]


def test_turned_back_it_is_booked_here_again(between: Between) -> None:
    transfer = between.send()
    between.shop.now += HOURS
    back = transfers.turn_back(
        transfer=transfer, expected_at=between.shop.now + HOURS, by=between.operator, now=between.shop.now
    )
    transfer.refresh_from_db()
    assert (transfer.end, back.source, back.target) == ("turned_back", between.there, between.here)
    assert between.slots(between.there) == []
    assert between.slots(between.here)
    with pytest.raises(CannotTransfer) as refusal:
        transfers.turn_back(
            transfer=transfer, expected_at=between.shop.now + HOURS, by=between.operator, now=between.shop.now
        )
    assert refusal.value.reason == "ended"


def test_turned_back_before_it_left_it_has_come_at_once(between: Between) -> None:
    between.here.inventory = {"L1.B0101": between.car.vin}
    between.here.save()
    back = transfers.turn_back(
        transfer=between.send(), expected_at=between.shop.now + HOURS, by=between.operator, now=between.shop.now
    )
    back.refresh_from_db()
    assert back.end == "arrived"


def test_a_full_battery_makes_no_car_ready_that_is_not_there_yet(between: Between) -> None:
    Site.objects.update(charger_kw=11)
    vin, now = between.car.vin, between.shop.now
    expected = between.send(hours=6).expected_at + TURN_ROUND
    readiness.heard(vin=vin, charge=0.9, now=now)
    assert Car.objects.get().ready_from == expected
    between.report(between.there, vin)
    readiness.heard(vin=vin, charge=0.9, now=now)
    assert Car.objects.get().ready_from == now + TURN_ROUND
    readiness.heard(vin=vin, charge=0.1, now=now)
    low = Car.objects.get().ready_from
    assert low is not None
    assert low > now + TURN_ROUND
    readiness.heard(vin=vin, charge=0.9, now=now + TURN_ROUND)
    assert Car.objects.get().ready_from is None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"hours": -1}, "time"),
        ({"hours": 24 * 15}, "time"),
        ({"vin": "LA9EV00A0SSASD999"}, "not_here"),
    ],
)
def test_what_makes_no_sense_is_refused(between: Between, changes: dict[str, Any], reason: str) -> None:
    assert refused(between, **changes) == reason


def test_it_goes_elsewhere_and_only_once(between: Between) -> None:
    assert refused(between, target=between.here) == "same_site"
    between.send()
    assert refused(between) == "not_here"
    assert refused(between, source=between.there, target=between.here) == "on_its_way"


def test_a_car_that_is_sold_or_with_a_shopper_stays(between: Between) -> None:
    between.shop.drive_off(between.shop.book())
    assert refused(between) == "with_shopper"
    Car.objects.update(state=CarState.SOLD)
    assert refused(between) == "sold"


def test_a_tower_without_a_bay_for_it_takes_it_only_with_a_reason(between: Between) -> None:
    between.report(between.there, free=1)
    between.there.refresh_from_db()
    second = between.shop.add_cars(1)[0]
    between.send()
    assert rooms_for_returns([between.there], now=between.shop.now)["nanjing"].least == 0
    assert refused(between, vin=second.vin) == "no_bay"
    between.send(vin=second.vin, despite="a bay is being repaired")
    assert AuditEntry.objects.filter(action="car_sent_off").latest("id").detail["despite"] == "a bay is being repaired"
    room = rooms_for_returns([between.there], now=between.shop.now)["nanjing"]
    assert (room.missing, room.out) == (1, 0)
