"""Towers of other shapes: rear bays, turntables, stations that lifts share."""

from pathlib import Path

import pytest

from autosilo.tower.config import SiteConfig
from autosilo.tower.geometry import Role, all_places, column_of, lift_places, lifts_at, stations, x_of
from autosilo.tower.kinematics import handling_s, travel_s
from autosilo.tower.site_file import load_site

SITES = Path(__file__).parent / "sites"


@pytest.fixture
def round_tower() -> SiteConfig:
    return load_site("round", folder=SITES, pace=1)


@pytest.fixture
def deep_tower() -> SiteConfig:
    return load_site("deep", folder=SITES, pace=1)


def test_a_turntable_goes_the_shorter_way_round(round_tower: SiteConfig) -> None:
    lift = round_tower.tower.lifts[0]
    places = all_places(round_tower)
    first, second, last = (places[name].at for name in ("L1.B0101", "L1.B0102", "L1.B0108"))
    assert first.x == 45.0
    assert travel_s(lift, first, second) == pytest.approx(travel_s(lift, first, last)), "one sector either way"
    assert travel_s(lift, last, second) > travel_s(lift, first, second)


def test_columns_and_positions_are_the_same_thing(round_tower: SiteConfig, deep_tower: SiteConfig) -> None:
    for site in (round_tower, deep_tower):
        lift = site.tower.lifts[0]
        assert [column_of(site.tower, lift, x_of(site.tower, lift, column)) for column in (1, 2.5, 8)] == [1, 2.5, 8]


def test_a_rear_bay_is_reached_through_its_front_bay_and_takes_longer(deep_tower: SiteConfig) -> None:
    lift = deep_tower.tower.lifts[0]
    places = all_places(deep_tower)
    rear, front = places["L1.B0203R"], places["L1.B0203"]
    assert (rear.front, front.front) == ("L1.B0203", None)
    assert rear.at == front.at
    assert handling_s(lift, rear) - handling_s(lift, front) == pytest.approx(8.0)


def test_behind_a_blocked_bay_there_is_none(deep_tower: SiteConfig) -> None:
    places = all_places(deep_tower)
    assert "L1.B0101" not in places
    assert "L1.B0101R" not in places
    assert "L1.B0102" in places
    assert "L1.B0102R" not in places, "only the rear one is blocked"
    assert sum(place.role is Role.BAY for place in places.values()) == 4 * 6 * 2 * 2 - 3 - 0


def test_a_shared_station_has_one_name_and_a_position_for_each_lift(deep_tower: SiteConfig) -> None:
    first, second = deep_tower.tower.lifts
    names = [[place.name for place in stations(deep_tower.tower, lift)] for lift in (first, second)]
    assert names == [["L1.D1", "L1.D2", "L1.I1"], ["L2.I1", "L1.D2"]]
    seen_by = {
        lift.name: {place.name: place for place in lift_places(deep_tower.tower, lift)} for lift in (first, second)
    }
    assert seen_by["L1"]["L1.D2"].column == 6
    assert seen_by["L2"]["L1.D2"].column == 0
    assert seen_by["L2"]["L1.D2"].lift == "L2"
    assert lifts_at(deep_tower.tower, "L1.D2") == ("L1", "L2")
    assert lifts_at(deep_tower.tower, "L2.I1") == ("L2",)
    with pytest.raises(KeyError):
        lifts_at(deep_tower.tower, "L2.D2")


def test_a_shutter_opens_and_shuts_around_a_transfer(deep_tower: SiteConfig) -> None:
    lift = deep_tower.tower.lifts[0]
    places = all_places(deep_tower)
    assert handling_s(lift, places["L1.D2"]) == pytest.approx(lift.transfer_s + 2 * 4.0)
    assert handling_s(lift, places["L1.D1"]) == lift.transfer_s, "it has none"
