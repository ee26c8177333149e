from uuid import uuid4

import pytest

from autosilo.site.uplink.outbox import Outbox
from autosilo.wire.bus import CarAtGate, InventoryReported
from autosilo.wire.cars import CarState

VIN = "LSVAA4187E2123456"


def fact() -> CarAtGate:
    return CarAtGate(trial=uuid4(), vin=VIN, station="L1.D1")


def inventory(free: int) -> InventoryReported:
    return InventoryReported(site="shanghai", cars=(), free_bays=free)


async def test_facts_leave_in_order_and_survive_a_restart(box, make_box) -> None:
    first, second = fact(), fact()
    box.outbox.put(first)
    box.outbox.put(second)
    again = make_box(box.path, box.tower)
    letters = again.outbox.oldest()
    assert [letter.id for letter in letters] == [first.id, second.id]
    again.outbox.sent(letters[0])
    assert [letter.id for letter in box.outbox.oldest()] == [second.id]
    again.db.close()


async def test_a_fact_is_gone_with_the_transaction_that_fails(box) -> None:
    def fail() -> None:
        with box.db.transaction():
            box.outbox.put(fact())
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        fail()
    assert box.outbox.waiting() == 0


async def test_only_the_last_inventory_waits(box) -> None:
    box.outbox.put(inventory(5))
    box.outbox.put(fact())
    box.outbox.put(inventory(4))
    assert box.kinds() == ["car_at_gate", "inventory_reported"]
    assert box.facts()[-1].free_bays == 4


async def test_the_last_word_of_a_car_is_kept(box, make_box) -> None:
    box.cars.heard(
        CarState(
            vin=VIN,
            charge=0.5,
            range_km=200,
            odometer_km=99.5,
            speed_kmh=0,
            locked=True,
            plugged=False,
            where="parked",
            trip_km=1,
        )
    )
    box.cars.paint(VIN, "#2b6cb0")
    box.cars.keep()
    again = make_box(box.path, box.tower)
    assert (again.cars.of(VIN).odometer_km, again.cars.of(VIN).charge) == (99.5, 0.5)
    assert again.cars.paints == {VIN: "#2b6cb0"}
    assert isinstance(again.outbox, Outbox)
    again.db.close()
