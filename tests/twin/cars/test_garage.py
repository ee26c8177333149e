"""The fleet's file and the cars' memory."""

import os
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from autosilo.twin.cars.fleet import FleetCar, FleetFile
from autosilo.twin.cars.garage import Errand, Garage
from twin.cars.fakes import OTHER_VIN, VIN, car

_json = TypeAdapter(list[FleetCar])


def write(path: Path, *cars: FleetCar) -> None:
    path.write_bytes(_json.dump_json(list(cars)))


def test_the_fleet_is_read_once_for_each_change(tmp_path: Path) -> None:
    path = tmp_path / "fleet.json"
    fleet = FleetFile(path)
    assert fleet.fresh() is None
    write(path, car())
    assert set(fleet.fresh() or {}) == {VIN}
    assert fleet.fresh() is None
    write(path, car(), car(OTHER_VIN))
    assert set(fleet.fresh() or {}) == {VIN, OTHER_VIN}


@pytest.mark.parametrize("content", ["", "{", "[{}]", '[{"vin": "short"}]'])
def test_a_broken_fleet_file_changes_nothing(tmp_path: Path, content: str) -> None:
    path = tmp_path / "fleet.json"
    path.write_text(content)
    assert FleetFile(path).fresh() is None


def test_what_a_car_lived_through_survives(tmp_path: Path) -> None:
    garage = Garage(tmp_path / "deep" / "state.json")
    garage.take({VIN: car()})
    record, _ = garage.find(VIN) or pytest.fail("no car")
    record.left()
    record.odometer_km = 321.0
    record.errand = Errand(act="arrive", station="L1.I1")
    garage.save()
    again = Garage(tmp_path / "deep" / "state.json")
    assert again.find(VIN) is None  # the fleet decides who is there
    again.take({VIN: car(odometer_km=5.0), OTHER_VIN: car(OTHER_VIN)})
    assert (again.find(VIN) or pytest.fail("no car"))[0] == record
    assert len(list(again)) == 2


def test_a_write_that_dies_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    garage = Garage(tmp_path / "state.json")
    garage.take({VIN: car()})
    before = (tmp_path / "state.json").read_bytes()

    def die(_: int) -> None:
        raise OSError("power")

    monkeypatch.setattr(os, "fsync", die)
    with pytest.raises(OSError, match="power"):
        garage.save()
    assert (tmp_path / "state.json").read_bytes() == before
