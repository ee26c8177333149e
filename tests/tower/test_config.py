"""Site files: what is right is read, what is wrong is named."""

from pathlib import Path

import pytest

from autosilo.tower.geometry import Role, all_places, lift_places
from autosilo.tower.site_file import SiteFileError, load_all_sites, load_site, pace_from_environment

REAL = (Path(__file__).parents[2] / "sites" / "nanjing.toml").read_text(encoding="utf-8")


def write(folder: Path, text: str, name: str = "nanjing") -> Path:
    (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder


def line(start: str) -> int:
    """Number of the first line of the real file that holds ``start``."""
    return next(number for number, one in enumerate(REAL.splitlines(), 1) if start in one)


@pytest.mark.parametrize("name", ["shanghai", "nanjing"])
def test_the_demonstration_sites_have_room_for_forty_cars(name: str) -> None:
    site = load_site(name, pace=1)
    bays = [place for place in all_places(site).values() if place.role is Role.BAY]
    assert len(bays) >= 48
    assert site.name.get("zh-hans") != site.name.get("en")
    assert site.opening(0) is not None


def test_shanghai_has_two_lifts_and_nanjing_one() -> None:
    assert [lift.name for lift in load_site("shanghai").tower.lifts] == ["L1", "L2"]
    assert [lift.name for lift in load_site("nanjing").tower.lifts] == ["L1"]


def test_a_third_site_is_a_third_file(tmp_path: Path) -> None:
    write(tmp_path, REAL)
    write(tmp_path, REAL.replace('slug = "nanjing"', 'slug = "wuxi"'), "wuxi")
    assert list(load_all_sites(folder=tmp_path)) == ["nanjing", "wuxi"]


def test_the_mistakes_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    write(tmp_path, REAL.replace("floors = 10", "floors = 0"))
    other = REAL.replace('slug = "nanjing"', 'slug = "wuxi"').replace("苏AD", "a b")
    write(tmp_path, other, "wuxi")
    with pytest.raises(SiteFileError) as caught:
        load_all_sites(folder=tmp_path)
    first, second = str(caught.value).splitlines()
    assert first.startswith(f"{tmp_path / 'nanjing.toml'}:{line('floors = 10')}: tower.floors: ")
    assert second.startswith(f"{tmp_path / 'wuxi.toml'}:{line('plate_prefix')}: plate_prefix: ")


def test_places_are_named_by_lift_floor_and_column() -> None:
    site = load_site("nanjing", pace=1)
    places = all_places(site)
    bay = places["L1.B0302"]
    assert (bay.floor, bay.column, bay.role) == (3, 2, Role.BAY)
    assert (bay.at.x, bay.at.y) == pytest.approx((5.2, 6.9))
    assert places["L1.D1"].role is Role.DELIVERY
    assert places["L1.I1"].role is Role.INTAKE
    assert "L1.B0101" not in places, "blocked"
    assert [place.name for place in lift_places(site.tower, site.tower.lifts[0])] == list(places)


def test_low_floors_carry_heavy_cars() -> None:
    places = all_places(load_site("nanjing"))
    assert places["L1.B0202"].class_number == 2
    assert places["L1.B0302"].class_number == 1


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("speed_m_s = 2.0", "speed_m_s = -2.0", "tower.lifts.0.speed_m_s: Input should be greater than 0"),
        ("floors = 10", "flors = 10", "tower.flors: Extra inputs are not permitted"),
        ('time_zone = "Asia/Shanghai"', 'time_zone = "Asia/Nanjing"', "time_zone: 'Asia/Nanjing'"),
        ('market = "cn"', 'market = "Mars"', "market: String should match pattern"),
        ('"B0101", "B1005"', '"B1105"', "no such bay: B1105"),
        ("floors = [1, 2]", "floors = [1, 12]", "lies between 1 and 10"),
        ('{ name = "I1", column = 3', '{ name = "D3", column = 3', "at least one delivery station"),
        ('name = "D2", column = 5', 'name = "D2", column = 50', "stations.1.column: lies beyond column 5"),
        ('name = "D2"', 'name = "D1"', "stations.1.name: there is a station D1 already"),
        ("shuttle_speed_m_s = 0.8", "", "a shuttle needs both"),
        ("shuttle_speed_m_s = 0.8\nshuttle_acceleration_m_s2 = 0.4", "", "either a shuttle"),
        ("column_pitch_m = 2.6", "", "tower.column_pitch_m: needed by a lift with a shuttle"),
        ("floors = 10", "floors = 10\ndepth = 2", "transfer_rear_s: needed in a tower with rear bays"),
        ("floors = 10", "floors = 10\ndepth = 3", "tower.depth: Input should be 1 or 2"),
        (
            "column = 1, shutter_s",
            'column = 1, shared = [{ lift = "L2", column = 1 }], shutter_s',
            "L2 is no other lift",
        ),
        ('mon = { opens = "09:00", shuts = "21:00" }', 'mon = { opens = "21:00", shuts = "09:00" }', "hours.mon"),
        ('slug = "nanjing"', 'slug = "nanking"', "must be the name of the file"),
        ("floors = 10", "floors = ten", "not TOML"),
    ],
)
def test_a_mistake_is_told_with_file_and_key(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in REAL
    with pytest.raises(SiteFileError) as caught:
        load_site("nanjing", folder=write(tmp_path, REAL.replace(old, new, 1)))
    assert str(tmp_path / "nanjing.toml") in str(caught.value)
    assert told in str(caught.value)


def test_a_mistake_is_told_with_its_line(tmp_path: Path) -> None:
    wrong = REAL.replace("transfer_s = 12.0", "transfer_s = 0").replace('"B0101", "B1005"', '"B0101", "B1105"')
    with pytest.raises(SiteFileError) as caught:
        load_site("nanjing", folder=write(tmp_path, wrong))
    assert f"nanjing.toml:{line('transfer_s')}: tower.lifts.0.transfer_s: " in str(caught.value)
    wrong = REAL.replace('"B0101", "B1005"', '"B0101", "B1105"')
    with pytest.raises(SiteFileError) as caught:
        load_site("nanjing", folder=write(tmp_path, wrong))
    assert f"nanjing.toml:{line('blocked')}: tower.lifts.0.blocked.1: no such bay: B1105" in str(caught.value)


def test_a_missing_key_is_told_with_the_line_of_its_table(tmp_path: Path) -> None:
    with pytest.raises(SiteFileError) as caught:
        load_site("nanjing", folder=write(tmp_path, REAL.replace("transfer_s = 12.0", "")))
    assert f"nanjing.toml:{line('[[tower.lifts]]')}: tower.lifts.0.transfer_s: Field required" in str(caught.value)


def test_a_missing_file_and_an_empty_folder_are_told(tmp_path: Path) -> None:
    with pytest.raises(SiteFileError, match=r"nowhere\.toml: No such file"):
        load_site("nowhere", folder=tmp_path)
    with pytest.raises(SiteFileError, match="no site file"):
        load_all_sites(folder=tmp_path)


@pytest.mark.parametrize("text", ["0", "-1", "fast", "nan", "inf"])
def test_a_senseless_pace_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("AUTOSILO_PACE", text)
    with pytest.raises(SiteFileError, match="AUTOSILO_PACE"):
        pace_from_environment()
