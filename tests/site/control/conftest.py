"""A floor without a PLC: its parts as at the site, and what was last read as a test says."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from autosilo.site.control import EventKind, TowerEvent
from autosilo.site.control.holding import Told
from autosilo.site.control.parts import build
from autosilo.site.control.readings import LiftStatus, StationStatus
from autosilo.site.control.visits import Floor
from autosilo.tower.site_file import load_site
from autosilo.wire.mailbox import Fault, GateState, JobState, Mode, Phase, Reject, UnitState

SITES = Path(__file__).parents[3] / "sites"
UNIT: dict[str, Any] = {
    "ack": (0, 0),
    "reject": Reject.NONE,
    "state": UnitState.IDLE,
    "job_state": JobState.NONE,
    "current": (0, 0),
    "last_done": (0, 0),
    "last_done_state": JobState.NONE,
    "last_done_fault": Fault.NONE,
    "fault": Fault.NONE,
    "mode": Mode.AUTO,
    "mode_changes": 0,
    "emergency": False,
}


class Still:
    """``floor`` is connected, fenced and agreed; nothing runs. ``see`` says what is read from now on."""

    def __init__(self, home: Path, slug: str, folder: Path, cars: dict[str, str], dwell_s: float) -> None:
        self.events: list[TowerEvent] = []
        told = Told(lambda _, hold: self.floor.tell(EventKind.HELD, place=hold.look_at, detail=hold.reason), self._gone)
        config = load_site(slug, folder=folder, pace=1.0)
        gate = config.tower.gate.model_copy(update={"dwell_limit_s": dwell_s})
        config = config.model_copy(update={"tower": config.tower.model_copy(update={"gate": gate})})
        self.floor: Floor = build(config, home, "opc.tcp://nowhere", told, [self.events.append])
        self.floor.journal.commission(cars)
        self.floor.link.connected, self.floor.link.generation = True, 1
        for unit in self.floor.units:
            self.see(unit.name)
            unit._reconciled = unit.exchange.fenced = 1

    def see(self, unit: str, **changes: Any) -> None:
        """What is read of ``unit``: all well and as in the journal, but for ``changes``."""
        inventory = self.floor.journal.inventory
        if unit in self.floor.lifts:
            occupied = frozenset(place for place in inventory if place in self.floor.lifts[unit].places)
            lift = {"load_present": False, "lift_mm": 0, "second_mm": 0, "phase": Phase.NONE, "occupied": occupied}
            seen = UNIT | lift | {"person": False, "zone_clear": True} | changes
            self.floor.link.status[unit] = LiftStatus(**seen)
        else:
            station = {"gate": GateState.SHUT, "shutter": GateState.SHUT, "zone_clear": True, "person": False}
            seen = UNIT | station | {"occupied": unit in inventory} | changes
            self.floor.link.status[unit] = StationStatus(**seen)

    def kinds(self) -> list[EventKind]:
        return [event.kind for event in self.events]

    def _gone(self, unit: str) -> None:
        self.floor.tell(EventKind.RELEASED, detail=f"{unit} by itself")


@pytest.fixture
def still(tmp_path: Path) -> Iterator[Callable[..., Still]]:
    """Makes a floor: ``still(cars={place: vin}, slug="shanghai")``."""
    made: list[Still] = []

    def make(
        *, cars: dict[str, str] | None = None, slug: str = "shanghai", folder: Path = SITES, dwell_s: float = 600.0
    ) -> Still:
        made.append(Still(tmp_path / str(len(made)), slug, folder, cars or {}, dwell_s))
        return made[-1]

    yield make
    for one in made:
        one.floor.journal.close()
