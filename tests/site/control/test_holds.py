"""Holds of several units at once: each is told, and each can be released."""

from pathlib import Path
from typing import Any

import pytest

from autosilo.site.beat import Beat
from autosilo.site.control import EventKind, Tower
from autosilo.site.orders import Orders
from autosilo.wire.bus import ResolveHold
from autosilo.wire.mailbox import Mode


@pytest.fixture
def held(still: Any, box: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Any, Tower]:
    """L1 waits for a walk, which was gone; L2 for a person who looks at its drive."""
    one = still()
    tower = Tower(config=one.floor.config, home=tmp_path, plc_url="opc.tcp://nowhere")
    monkeypatch.setattr(tower._running, "_parts", (one.floor, None))
    fields = {"outbox": box.outbox, "visits": box.visits, "cars": box.cars, "clock": box.clock}
    beat = Beat(site="shanghai", tower=tower, show=lambda frame: None, **fields)  # type: ignore[arg-type,return-value]
    one.floor.listeners.append(beat.on_tower)
    first = one.floor.lifts["L1"]
    one.see("L1", mode=Mode.MANUAL)
    first.watch()
    one.floor.lifts["L2"].halt("drive fault", "L2")
    one.see("L1")
    first.watch()
    for place in (place for place in first.places if place.startswith("L1.")):
        tower.confirm_bay(place, None, by="li")
    tower.finish_reconciliation("L1", by="li")
    return one, tower


async def test_a_hold_that_another_lifts_walk_leaves_can_be_released(held: tuple[Any, Tower], box: Any) -> None:
    still, tower = held
    assert [driver.hold is None for driver in still.floor.lifts.values()] == [True, False]
    told = [fact for fact in box.facts() if fact.kind.startswith("tower_")]
    assert (told[-1].kind, told[-1].reason) == ("tower_held", "drive fault"), "it is not told as released"
    since = tower.held_since
    assert since is not None
    assert since == still.floor.lifts["L2"].hold.since
    orders = Orders(
        db=box.db,
        visits=box.visits,
        cars=box.cars,
        clock=box.clock,
        outbox=box.outbox,
        tower=tower,
        held_since=lambda: tower.held_since,
    )
    await orders.handle(ResolveHold(operator="wang"))
    assert tower.held is None
    assert tower.held_since is None
    assert box.facts()[-1].kind == "tower_released"


async def test_a_unit_that_says_what_nobody_understands_is_held_until_it_is_gone(still: Any) -> None:
    one = still()
    driver, other = one.floor.lifts["L1"], one.floor.lifts["L2"]
    link, seen = one.floor.link, one.floor.link.status.pop("L1")
    link.unreadable["L1"] = "the PLC says of L1 what cannot be understood: 99 is not a valid Fault"
    for unit in one.floor.units:
        unit.watch()
        unit.watch()
    assert driver.hold.reason == link.unreadable["L1"]
    assert (driver.ready, other.ready) == (False, True)
    link.unreadable.clear()
    link.status["L1"] = seen
    driver.watch()
    assert driver.hold is None
    assert not driver.settled, "its sensors are compared again"
    assert one.kinds() == [EventKind.HELD, EventKind.RELEASED]


def test_a_lift_that_waits_for_a_person_keeps_no_other_from_serving(still: Any, tmp_path: Path) -> None:
    one = still()
    tower = Tower(config=one.floor.config, home=tmp_path, plc_url="opc.tcp://nowhere")
    assert not tower.serving
    tower._running._parts = (one.floor, None)  # type: ignore[assignment]
    assert tower.serving
    one.floor.lifts["L1"].halt("in Service for a week", "L1")
    assert (tower.ready, tower.serving) == (False, True)
    one.floor.ledger.take_out("L2", reason="rope", by="li")
    assert not tower.serving
    one.floor.lifts["L1"].release("li")
    one.floor.lifts["L1"]._reconciled = 1
    assert tower.serving
    for station in one.floor.stations_of("L1"):
        station.halt("its gate is bent", station.name)
    assert not tower.serving
