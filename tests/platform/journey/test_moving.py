"""A booking is not moved to where a car that comes back would find no bay."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from autosilo.platform.journey.booking.refusals import CannotMoveSlot
from autosilo.platform.journey.returns.moving import move
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.kit import clock

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
BAY = "L1.B0302"


@pytest.fixture
def full(shop: Any) -> Any:
    """One bay, which the one car in the tower stands in; the other car is out and due in three days."""
    staying, out = shop.add_cars(2)
    trial = shop.book()
    Trial.objects.filter(pk=trial.pk).update(car=out)
    trial.reservation.car = out
    trial.reservation.save()
    trial.refresh_from_db()
    shop.drive_off(trial)
    shop.site.geometry = {"lifts": [{"bays": [{"name": BAY}]}]}
    shop.site.inventory, shop.site.inventory_at, shop.site.free_bays = {BAY: staying.vin}, shop.now, 0
    shop.site.save()
    return shop


def test_a_car_that_must_leave_first_is_not_fetched_later(full: Any) -> None:
    """Cars out are due after 72 hours. Who fetches the car in the tower the day before makes room."""
    booked = full.book(start=full.now + 2 * DAY)
    moved = move(trial=booked, slot_start=full.now + DAY, now=full.now)
    assert moved.slot_start == full.now + DAY
    with pytest.raises(CannotMoveSlot, match="no bay left") as refused:
        move(trial=booked, slot_start=full.now + 4 * DAY, now=full.now)
    assert refused.value.reason == "no_bay"
    booked.refresh_from_db()
    assert (booked.slot_start, booked.reservation.period.lower) == (full.now + DAY, full.now + DAY - HOUR / 4)
    assert not booked.changes.filter(detail__before=(full.now + DAY).isoformat()).exists(), "undone as a whole"


def test_who_comes_back_first_takes_the_bay(full: Any) -> None:
    """Fetched now and back before the other one, this car would stand where that one is to go."""
    booked = full.book(start=full.now + DAY)
    Trial.objects.exclude(pk=booked.pk).update(due_at=full.now + 4 * DAY - HOUR)
    assert move(trial=booked, slot_start=full.now + 2 * DAY, now=full.now).slot_start == full.now + 2 * DAY
    with pytest.raises(CannotMoveSlot, match="no bay left"):
        move(trial=booked, slot_start=full.now + HOUR, now=full.now)


def test_a_shortage_that_is_there_anyway_refuses_nobody(full: Any) -> None:
    booked = full.book(start=full.now + 4 * DAY)
    assert move(trial=booked, slot_start=full.now + 5 * DAY, now=full.now).slot_start == full.now + 5 * DAY


def test_of_a_tower_that_never_reported_nothing_is_foretold(full: Any) -> None:
    full.site.inventory_at = None
    full.site.save()
    booked = full.book(start=full.now + 2 * DAY)
    assert move(trial=booked, slot_start=full.now + 4 * DAY, now=full.now).slot_start == full.now + 4 * DAY


def test_a_page_says_why(full: Any, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: full.now)
    person = full.add_person()
    booked = full.book(person, start=full.now + DAY)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    slot = f"{full.now + 4 * DAY:%Y-%m-%dT%H:%MZ}"
    for language, words in (("en", "no bay left for a car that comes back"), ("zh-hans", "没有空位停放归还的车辆")):
        refused = client.post(f"/trials/{booked.pk}/move", {"slot": slot}, headers={"accept-language": language})
        assert (refused.status_code, words in refused.content.decode()) == (409, True)
    booked.refresh_from_db()
    assert booked.slot_start == full.now + DAY
