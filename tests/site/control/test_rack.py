"""Which bay: fitting, blocking nobody, and never so that a car could not be brought out again."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autosilo.site.control.rack import Rack, class_by_place
from autosilo.tower.geometry import Role, lift_places
from autosilo.tower.site_file import load_site
from autosilo.tower.storage.bays import bays_of

SITES = Path(__file__).parents[2] / "tower" / "sites"
TOWER = load_site("deep", folder=SITES, pace=1).tower
LIFT = TOWER.lift("L2")
PLACES = {place.name: place for place in lift_places(TOWER, LIFT)}
BAYS = [name for name, place in PLACES.items() if place.role is Role.BAY]
PAIRS = [name for name in BAYS if f"{name}R" in BAYS]
BAYS_OF = bays_of(LIFT, list(PLACES.values()))
INTAKE = "L2.I1"
HEAVY = 2


def rack(stock: dict[str, int], *blocked: str) -> Rack:
    return Rack(TOWER, PLACES, BAYS_OF, stock, blocked)


def test_the_first_car_goes_to_the_rear() -> None:
    bay = rack({}).choose(1)
    assert bay is not None
    assert bay.endswith("R")


def test_a_front_bay_before_a_car_is_the_last_choice() -> None:
    stock = dict.fromkeys((f"{name}R" for name in PAIRS[1:]), 1)
    assert rack(stock).choose(1) == f"{PAIRS[0]}R" or PLACES[PAIRS[0]].class_number == HEAVY


def test_a_heavy_car_needs_a_heavy_bay_and_a_light_one_leaves_it_free() -> None:
    heavy, light = rack({}).choose(HEAVY), rack({}).choose(1)
    assert (PLACES[heavy or ""].class_number, PLACES[light or ""].class_number) == (HEAVY, 1)


def test_blocked_bays_and_those_behind_them_are_not_used() -> None:
    front, rear = PAIRS[0], f"{PAIRS[0]}R"
    assert {front, rear}.isdisjoint(rack({}, front).free())
    assert front in rack({}, rear).free()
    assert not rack({}, front).usable(PLACES[rear])


def test_the_last_bay_stays_free_for_the_car_that_stands_before_another() -> None:
    last = PAIRS[-1]
    stock = {name: 0 for name in BAYS if name != last}
    assert rack(stock).choose(1) is None
    assert rack(stock).room() == 0
    assert rack(stock).stuck() == set()


def test_a_car_that_is_moved_away_may_use_the_last_bay() -> None:
    stock = {name: 0 for name in BAYS if name != PAIRS[-1]}
    assert rack(stock).choose(0, leaving=PAIRS[0]) == PAIRS[-1]


@given(st.lists(st.sampled_from([0, 1, HEAVY]), min_size=1, max_size=len(BAYS) + 3))
def test_however_many_cars_come_none_gets_stuck(classes: list[int]) -> None:
    stock: dict[str, int] = {}
    for vehicle_class in classes:
        bay = rack(stock).choose(vehicle_class)
        if bay is not None:
            assert bay not in stock
            stock[bay] = vehicle_class
        assert rack(stock).stuck() == set()


@pytest.mark.parametrize("site", ["deep", "round"])
def test_the_room_of_an_empty_rack(site: str) -> None:
    tower = load_site(site, folder=SITES, pace=1).tower
    lift = tower.lifts[0]
    places = {place.name: place for place in lift_places(tower, lift)}
    bays = sum(place.role is Role.BAY for place in places.values())
    assert Rack(tower, places, bays_of(lift, list(places.values())), {}).room() == bays - (tower.depth - 1)


def test_a_car_that_was_never_measured_is_taken_for_as_large_as_its_place_takes() -> None:
    by_place = {name: class_by_place(TOWER, PLACES[name]) for name in ("L2.B0101", "L2.B0201", INTAKE)}
    assert by_place == {"L2.B0101": HEAVY, "L2.B0201": 1, INTAKE: HEAVY}
