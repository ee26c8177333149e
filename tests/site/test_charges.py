from typing import Any

from autosilo.site.charges import Charges
from autosilo.wire.cars import CarState

VIN = "LSVAA4187E2123456"


async def test_the_tower_hears_of_the_cars_that_stand_in_it(box: Any) -> None:
    charges = Charges(tower=box.tower, cars=box.cars)
    charges.look()
    assert box.tower.charge == {}, "the car has said nothing yet"
    for vin in (VIN, "LSVAA4187E2000002"):
        box.cars.heard(_state(vin, charge=0.31))
    charges.look()
    assert box.tower.charge == {VIN: 0.31}, "the other one is not inside"


def _state(vin: str, *, charge: float) -> CarState:
    fields: dict[str, Any] = {"vin": vin, "charge": charge}
    return CarState.model_construct(**fields, odometer_km=10.0)
