"""Sites that are, and sites that could be."""

from pathlib import Path

import pytest

from autosilo.planner.demand import read_demand_file
from autosilo.planner.design import CannotBuild, Design, alternatives, around, as_it_is, build, fleet
from autosilo.planner.outcome import advised
from autosilo.planner.study import opening_of, study
from autosilo.tower.site_file import read_site_file

ROOT = Path(__file__).parents[2]
DEMAND = read_demand_file(ROOT / "docs" / "examples" / "demand.toml")
SHANGHAI = read_site_file(ROOT / "sites" / "shanghai.toml")
NANJING = read_site_file(ROOT / "sites" / "nanjing.toml")
BASE = as_it_is(SHANGHAI, DEMAND)


def test_a_design_says_what_the_files_say() -> None:
    assert Design(lifts=2, floors=8, delivery_bays=4, cars=DEMAND.fleet, chargers=16) == BASE


def test_the_present_design_builds_the_present_site() -> None:
    assert build(SHANGHAI, BASE) == SHANGHAI


@pytest.mark.parametrize(("lifts", "floors", "delivery_bays"), [(1, 8, 1), (3, 12, 6), (9, 2, 18), (2, 8, 3)])
def test_other_designs_are_sites_too(lifts: int, floors: int, delivery_bays: int) -> None:
    design = Design(lifts=lifts, floors=floors, delivery_bays=delivery_bays, cars=90, chargers=8)
    built = build(SHANGHAI, design)
    assert as_it_is(built, fleet(DEMAND, design)).lifts == lifts
    assert built.tower.floors == floors
    assert sum(one.role == "delivery" for lift in built.tower.lifts for one in lift.stations) == delivery_bays


def test_blocked_bays_of_floors_that_are_not_built_are_forgotten() -> None:
    assert build(
        NANJING, as_it_is(NANJING, DEMAND).__class__(lifts=1, floors=5, delivery_bays=2, cars=40, chargers=0)
    ).tower.lifts[0].blocked == ("B0101",)


@pytest.mark.parametrize(("lifts", "delivery_bays"), [(0, 1), (10, 10), (2, 1), (1, 10)])
def test_what_no_site_file_can_describe_is_refused(lifts: int, delivery_bays: int) -> None:
    with pytest.raises(CannotBuild):
        build(SHANGHAI, Design(lifts=lifts, floors=8, delivery_bays=delivery_bays, cars=90, chargers=0))


def test_alternatives_are_all_combinations() -> None:
    found = list(alternatives(BASE, lifts=(1, 2), cars=(80, 90)))
    assert len(found) == 4
    assert {one.floors for one in found} == {8}


def test_without_a_wish_the_neighbours_are_looked_at() -> None:
    assert BASE in around(BASE)
    assert {one.lifts for one in around(BASE)} == {1, 2, 3}


def test_hours_are_those_of_the_site() -> None:
    assert opening_of(SHANGHAI)[0] == (8.0, 22.0)
    assert opening_of(SHANGHAI)[4] == (8.0, 23.0)


def test_the_cheapest_design_that_keeps_the_promise_is_advised() -> None:
    small, right, large = (
        Design(lifts=lifts, floors=8, delivery_bays=2 * lifts, cars=DEMAND.fleet, chargers=16) for lifts in (1, 2, 3)
    )
    outcomes = study(SHANGHAI, DEMAND, [large, small, right], days=14, seed=1, processes=1)
    assert [one.design for one in outcomes] == [large, small, right]
    assert not outcomes[1].good
    assert outcomes[1].refused_returns > 0.1
    best = advised(outcomes)
    assert best is not None
    assert best.design == right
    assert outcomes[0].cost > best.cost
    assert sum(best.wait_bins) == best.pickups
    assert sum(best.delivery_busy) == pytest.approx(1.0, abs=0.001)
    assert 0 < max(best.bays.values()) <= 1.0
