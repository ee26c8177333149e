"""Which bays have a charger: those that the site file names, or the nearest of so many."""

from pathlib import Path

import pytest

from autosilo.planner.demand import Demand
from autosilo.planner.design import as_it_is, build
from autosilo.planner.machine import machine_of
from autosilo.tower.config import SiteConfig
from autosilo.tower.geometry import lift_places
from autosilo.tower.site_file import load_site
from autosilo.tower.storage.bays import bays_of
from autosilo.tower.storage.charging import may_swap

SHANGHAI = load_site("shanghai", folder=Path(__file__).parents[3] / "sites", pace=1)
NAMED = ("B0804", "B0504")


@pytest.fixture
def site() -> SiteConfig:
    content = SHANGHAI.model_dump(mode="json", by_alias=True)
    content["tower"]["lifts"][0]["charging_bays"] = list(NAMED)
    return SiteConfig.model_validate(content)


def charged(site: SiteConfig, chargers: int | None) -> set[str]:
    lift = site.tower.lifts[0]
    places = lift_places(site.tower, lift)
    bays = [place.name.rpartition(".")[2] for place in places if ".B" in place.name]
    return {name for name, has in zip(bays, bays_of(lift, places, chargers=chargers).charges, strict=True) if has}


def test_the_named_bays_have_one(site: SiteConfig) -> None:
    assert charged(site, None) == set(NAMED)
    assert charged(site, 2) == set(NAMED), "as many as the file names"
    assert charged(SHANGHAI, None) == set()


def test_with_another_number_it_is_the_nearest(site: SiteConfig) -> None:
    assert charged(site, 0) == set()
    assert len(charged(site, 3)) == 3
    assert charged(site, 3) == charged(SHANGHAI, 3)


def test_a_bay_that_does_not_exist_is_refused() -> None:
    content = SHANGHAI.model_dump(mode="json", by_alias=True)
    content["tower"]["lifts"][0]["charging_bays"] = ["B9999"]
    with pytest.raises(ValueError, match="no such bay: B9999"):
        SiteConfig.model_validate(content)


def test_the_planner_counts_them_and_forgets_those_of_floors_that_a_design_leaves_out(site: SiteConfig) -> None:
    demand = Demand.model_validate({"pickups": {"a_day": 10}, "models": [{"name": "a", "cars": 30, "share": 1}]})
    design = as_it_is(site, demand)
    assert design.chargers == 2
    lower = build(site, design.__class__(lifts=2, floors=6, delivery_bays=4, cars=30, chargers=1))
    assert lower.tower.lifts[0].charging_bays == ("B0504",)
    assert sum(map(sum, (bays.charges for bays in machine_of(lower, charging_bays=1).bays))) == 1


@pytest.mark.parametrize(
    ("idle", "keep", "lifts", "may"),
    [(2, 1, 2, True), (1, 1, 2, True), (1, 1, 1, True), (1, 0, 2, True), (3, 1, 4, True), (1, 1, 4, False)],
)
def test_a_swap_leaves_a_lift_idle_where_there_is_another(idle: int, keep: int, lifts: int, may: bool) -> None:
    assert may_swap(idle_lifts=idle, keep_free=keep, lifts=lifts) is may
