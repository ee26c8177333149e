"""Bays for cars that come back: foreseen, and said in the console."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autosilo.platform.journey.returns.room import UNKNOWN, Visit, foresee, rooms_for_returns
from autosilo.platform.journey.trial.states import TrialState
from autosilo.platform.kit import clock
from autosilo.platform.policies.registry import policy_for
from autosilo.platform.resources.people.roles import Role

from ..surfaces.console.world import NOW, shop, signed_in, trial, worker

HOUR = timedelta(hours=1)


def at(hours: float) -> datetime:
    return NOW + hours * HOUR


def test_each_car_out_needs_a_bay_when_it_is_back() -> None:
    out = [Visit(vin=vin, leaves=None, back=at(hours)) for vin, hours in (("a", 5), ("b", 9), ("c", 20))]
    assert foresee(out, standing=(), free=3).short_at is None
    found = foresee(out, standing=(), free=1)
    assert (found.missing, found.short_at, found.out) == (2, at(9), 3)


def test_a_car_that_leaves_in_time_makes_room_and_needs_it_again() -> None:
    out = Visit(vin="a", leaves=None, back=at(5))
    before, after = (Visit(vin="b", leaves=at(hours), back=at(hours + 72)) for hours in (4, 6))
    assert foresee([out, before], standing={"b"}, free=0).short_at == at(76)
    assert foresee([out, after], standing={"b"}, free=0).short_at == at(5)
    assert foresee([out, before], standing={"b"}, free=1).missing == 0


def test_at_one_instant_cars_come_back_before_others_leave() -> None:
    visits = [Visit(vin="a", leaves=None, back=at(5)), Visit(vin="b", leaves=at(5), back=at(77))]
    assert foresee(visits, standing={"b"}, free=0).short_at == at(5)


def test_a_car_without_a_bay_frees_none() -> None:
    """It stands at the gate already, or is not here: its bay, if it had one, is among the free ones."""
    visits = [Visit(vin="a", leaves=None, back=at(5)), Visit(vin="b", leaves=at(4), back=at(76))]
    assert foresee(visits, standing=(), free=0).short_at == at(5)


@given(hours=st.lists(st.tuples(st.booleans(), st.integers(0, 100)), max_size=12), free=st.integers(0, 8))
def test_it_agrees_with_a_tower_that_is_played_hour_by_hour(hours: list[tuple[bool, int]], free: int) -> None:
    visits = [
        Visit(vin=str(index), leaves=None if out else at(hour), back=at(hour if out else hour + 72))
        for index, (out, hour) in enumerate(hours)
    ]
    standing = {one.vin for one in visits if one.leaves}
    found = foresee(visits, standing=standing, free=free)
    left, least, short_at = free, free, None
    for hour in range(180):
        left -= sum(one.back == at(hour) for one in visits)
        least = min(least, left)
        short_at = short_at or (at(hour) if left < 0 else None)
        left += sum(one.leaves == at(hour) for one in visits)
    assert (found.least, found.short_at) == (least, short_at)


@pytest.mark.django_db
def test_what_a_site_reports_and_its_trials_are_put_together() -> None:
    site = shop()[0]
    length = policy_for(site.market, NOW).trial_length
    trial(site, name="Lin", number=1, state=TrialState.DRIVING, due_at=at(5))
    trial(site, name="Wei", number=2, state=TrialState.OVERDUE, due_at=at(-1))
    trial(site, name="Mei", number=3, state=TrialState.RETURNING, due_at=at(3))
    trial(site, name="Bo", number=4, state=TrialState.HELD)
    booked = trial(site, name="An", number=5, collect_until=at(2))
    assert rooms_for_returns([site], now=NOW)[site.pk] == UNKNOWN
    site.free_bays, site.inventory_at = 1, NOW
    found = rooms_for_returns([site], now=NOW)[site.pk]
    assert (found.out, found.short_at, found.missing) == (2, at(5), 2)
    bay = next(bay["name"] for bay in site.geometry["lifts"][0]["bays"] if bay["name"] not in site.inventory)
    site.inventory[bay] = booked.car_id
    found = rooms_for_returns([site], now=NOW)[site.pk]
    assert (found.short_at, found.missing) == (at(2) + length, 1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "short", "enough"),
    [
        ("en", "20 Nov, 17:00: a car comes back and finds no bay", "Cars out: 2. Bays free: 3."),
        ("zh-hans", "将有车归还而无空位", "在外车辆：2；空车位：3"),
    ],
)
def test_the_console_warns(monkeypatch: pytest.MonkeyPatch, language: str, short: str, enough: str) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    site = shop()[0]
    trial(site, name="Lin", number=1, state=TrialState.DRIVING, due_at=at(3))
    trial(site, name="Wei", number=2, state=TrialState.DRIVING, due_at=at(5))
    client = signed_in(worker(Role.OPERATOR))
    client.cookies["django_language"] = language
    for free, said, testid in ((1, short, "room-short"), (3, enough, "room-enough")):
        site.free_bays, site.inventory_at = free, NOW
        site.save()
        text = client.get(f"/console/sites/{site.pk}").content.decode()
        assert f'data-testid="{testid}"' in text
        assert said in text
        assert (f'data-testid="short-{site.pk}"' in client.get("/console/").content.decode()) == (free == 1)
