"""Bringing cars down by hand: every plan, carried out step by step, ends with the car in the street."""

from pathlib import Path

import pytest

from autosilo.tower.config import SiteConfig
from autosilo.tower.geometry import Role, all_places
from autosilo.tower.manual import CannotPlan, Step, StepKind, bay_list, steps, whole_tower
from autosilo.tower.site_file import load_site, read_site_file

NANJING = (Path(__file__).parents[2] / "sites" / "nanjing.toml").read_text(encoding="utf-8")
CAR, OTHER, THIRD = (f"LAS000000000000{number:02d}" for number in (1, 2, 3))


@pytest.fixture
def flat() -> SiteConfig:
    return load_site("nanjing", pace=1)


@pytest.fixture
def deep(tmp_path: Path) -> SiteConfig:
    """Nanjing with a rear bay behind each bay and a delivery station without a shutter."""
    text = NANJING.replace("columns = 5\n", "columns = 5\ndepth = 2\n")
    text = text.replace("transfer_s = 12.0\n", "transfer_s = 12.0\ntransfer_rear_s = 20.0\n")
    text = text.replace('{ name = "D1", column = 1, shutter_s = 4.0 }', '{ name = "D1", column = 1 }')
    (tmp_path / "nanjing.toml").write_text(text, encoding="utf-8")
    return read_site_file(tmp_path / "nanjing.toml")


def carry_out(site: SiteConfig, inventory: dict[str, str], plan: tuple[Step, ...]) -> dict[str, str]:
    """Do what the steps say on a machine that refuses what cannot be: where each car stands afterwards."""
    at, places = dict(inventory), all_places(site)
    carriage: str | None = None
    open_shutters: set[str] = set()
    for step in plan:
        place = step.place or ""
        match step.kind:
            case StepKind.MOVE_CARRIAGE:
                assert not open_shutters, "the carriage stays while a shutter is open"
                assert (step.height_m, step.across) == (places[place].at.y, places[place].at.x)
                carriage = place
            case StepKind.OPEN_SHUTTER:
                assert carriage == place
                open_shutters.add(place)
            case StepKind.SHUT_SHUTTER:
                open_shutters.remove(place)
            case StepKind.TAKE:
                assert carriage == place
                assert step.lift not in at
                assert at[place] == step.vin
                assert places[place].front not in at, "its front bay is taken"
                at[step.lift] = at.pop(place)
            case StepKind.PUT:
                assert carriage == place
                assert place not in at
                assert at[step.lift] == step.vin
                assert places[place].front not in at
                assert bool(places[place].shutter_s) == (place in open_shutters)
                at[place] = at.pop(step.lift)
            case StepKind.OPEN_GATE:
                assert not open_shutters
            case StepKind.DRIVE_OUT:
                assert places[place].role is not Role.BAY
                assert at.pop(place) == step.vin
    assert not open_shutters
    return at


def kinds(plan: tuple[Step, ...]) -> list[str]:
    return [step.kind.value for step in plan]


def test_a_car_is_fetched_and_driven_out_after_the_machine_is_made_safe(flat: SiteConfig) -> None:
    plan = steps(flat, {"L1.B0302": CAR}, CAR)
    assert kinds(plan) == [
        *("make_safe", "move_carriage", "take", "move_carriage", "open_shutter", "put", "shut_shutter"),
        *("open_gate", "drive_out", "shut_gate", "write_down"),
    ]
    there = plan[1]
    assert (there.place, there.floor, there.column) == ("L1.B0302", 3, 2)
    assert there.height_m == pytest.approx(3 * 2.3)
    assert there.across == pytest.approx(2 * 2.6)
    assert plan[-1] == Step(kind=StepKind.WRITE_DOWN, lift="L1", vin=CAR)
    assert carry_out(flat, {"L1.B0302": CAR}, plan) == {}


def test_a_car_that_stands_in_a_station_only_drives_out(flat: SiteConfig) -> None:
    assert kinds(steps(flat, {"L1.I1": CAR}, CAR)) == ["make_safe", "open_gate", "drive_out", "shut_gate", "write_down"]


def test_a_car_on_the_carriage_needs_no_taking(flat: SiteConfig) -> None:
    plan = steps(flat, {"L1": CAR}, CAR)
    assert StepKind.TAKE not in [step.kind for step in plan]
    assert carry_out(flat, {"L1": CAR}, plan) == {}


def test_a_loaded_carriage_is_emptied_into_a_bay_that_carries_any_car(flat: SiteConfig) -> None:
    inventory = {"L1": OTHER, "L1.B0905": CAR}
    plan = steps(flat, inventory, CAR)
    (bay,) = carry_out(flat, inventory, plan)
    assert flat.tower.classes[all_places(flat)[bay].class_number - 1].name == "heavy"
    assert Step(kind=StepKind.WRITE_DOWN, lift="L1", place=bay, vin=OTHER) in plan


def test_the_empty_station_is_used_and_else_the_first_is_emptied(flat: SiteConfig) -> None:
    inventory = {"L1.B0302": CAR, "L1.D1": OTHER}
    plan = steps(flat, inventory, CAR)
    assert carry_out(flat, inventory, plan) == {"L1.D1": OTHER}
    full = inventory | {"L1.D2": THIRD}
    assert carry_out(flat, full, steps(flat, full, CAR)) == {"L1.D2": THIRD}


def test_a_blocked_station_is_not_used(flat: SiteConfig) -> None:
    plan = steps(flat, {"L1.B0302": CAR}, CAR, blocked={"L1.D1"})
    assert {step.place for step in plan if step.kind is StepKind.PUT} == {"L1.D2"}
    with pytest.raises(CannotPlan) as refused:
        steps(flat, {"L1.B0302": CAR}, CAR, blocked={"L1.D1", "L1.D2"})
    assert refused.value.reason == "no_way_out"


def test_the_car_in_front_is_moved_aside_and_written_down(deep: SiteConfig) -> None:
    inventory = {"L1.B0302": OTHER, "L1.B0302R": CAR, "L1.B0303R": THIRD}
    plan = steps(deep, inventory, CAR)
    after = carry_out(deep, inventory, plan)
    assert set(after.values()) == {OTHER, THIRD}
    aside = next(place for place, vin in after.items() if vin == OTHER)
    assert aside not in {"L1.B0302", "L1.B0302R", "L1.B0303"}, "nor before another car"
    assert Step(kind=StepKind.WRITE_DOWN, lift="L1", place=aside, vin=OTHER) in plan
    again = steps(deep, inventory, CAR, blocked={aside})
    assert aside not in carry_out(deep, inventory, again)


def test_a_station_without_a_shutter_has_none_to_open(deep: SiteConfig) -> None:
    assert StepKind.OPEN_SHUTTER not in [step.kind for step in steps(deep, {"L1.B0302": CAR}, CAR)]


def test_a_full_tower_has_no_room_to_relocate(deep: SiteConfig) -> None:
    bays = [place.name for place in all_places(deep).values() if place.role is Role.BAY]
    full = {name: f"LAS{index:014d}" for index, name in enumerate(bays)}
    with pytest.raises(CannotPlan) as refused:
        steps(deep, full, full["L1.B0302R"])
    assert refused.value.reason == "no_room_to_relocate"
    left = dict(full)
    for vin, plan in whole_tower(deep, full):
        left = carry_out(deep, left, plan)
        assert vin not in left.values()
    assert left == {}, "emptied front first, the whole tower needs no room"


def test_the_whole_tower_begins_with_what_stands_on_carriages() -> None:
    site = load_site("shanghai", pace=1)
    inventory = {"L2.B0102": THIRD, "L1.B0302": CAR, "L1": OTHER}
    assert [vin for vin, _plan in whole_tower(site, inventory)] == [OTHER, CAR, THIRD]


@pytest.mark.parametrize(
    ("inventory", "reason"),
    [({}, "not_in_the_tower"), ({"L9.B0101": CAR}, "unknown_place"), ({"x": CAR}, "unknown_place")],
)
def test_what_cannot_be_planned_is_said(flat: SiteConfig, inventory: dict[str, str], reason: str) -> None:
    with pytest.raises(CannotPlan) as refused:
        steps(flat, inventory, CAR)
    assert refused.value.reason == reason


def test_the_bay_list_has_every_place_once_with_its_car(flat: SiteConfig) -> None:
    rows = bay_list(flat, {"L1.B0302": CAR}, blocked={"L1.B0303"})
    assert sorted(row.place for row in rows) == sorted(all_places(flat))
    assert {row.place: row.vin for row in rows if row.vin} == {"L1.B0302": CAR}
    assert [row.place for row in rows if row.blocked] == ["L1.B0303"]
