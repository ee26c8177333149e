"""The PLC between its power switch on and off: memory, units, scan cycle, mailbox."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from autosilo.tower.config import SiteConfig
from autosilo.tower.geometry import lifts_at, own_stations, stations
from autosilo.twin.plc import faults
from autosilo.twin.plc.faces import Faces
from autosilo.twin.plc.hands import turn_key
from autosilo.twin.plc.leaf import Leaf
from autosilo.twin.plc.ledger import Event, LedgerFile, note
from autosilo.twin.plc.lift_interlocks import LiftInterlocks
from autosilo.twin.plc.lift_unit import LiftUnit
from autosilo.twin.plc.mail import Mail
from autosilo.twin.plc.memory import LiftMemory, Memory, StationMemory
from autosilo.twin.plc.observer import Observer
from autosilo.twin.plc.sensors import Sensors
from autosilo.twin.plc.server import MailboxServer
from autosilo.twin.plc.station_interlocks import StationInterlocks
from autosilo.twin.plc.station_unit import StationUnit
from autosilo.twin.plc.store import Store, read_inventory
from autosilo.twin.plc.world import World
from autosilo.wire import mailbox
from autosilo.wire.mailbox import Mode

log = logging.getLogger(__name__)

SCAN_S = 0.025
HEARTBEAT_S = 0.25
_SHORTEST_PAUSE_S = 0.005
"""Left to the other work of the process, the mailbox above all, when a scan took too long."""


class Plc:
    """One power cycle. ``home`` is AUTOSILO_HOME; ``scanned`` is called with the time after each scan, before anything
    of it is published. Raises ``MemoryUnreadable`` on damaged retained memory.
    """

    def __init__(
        self,
        *,
        site: SiteConfig,
        home: Path,
        url: str,
        pace: float,
        scanned: "Callable[[Plc, float], None]" = lambda plc, now: None,
    ) -> None:
        self.site = site
        self._scanned = scanned
        folder = home / "twins" / site.slug
        self._store = Store(folder)
        self.memory = self._store.load() or new_memory(site, folder / "inventory.json")
        self.ledger = LedgerFile(folder)
        self.world = World(site, self.memory, pace=pace)
        self.sensors = Sensors(self.world)
        self.lifts, self.stations = self._program()
        self.units: dict[str, LiftUnit | StationUnit] = {**self.lifts, **self.stations}
        self.observer = Observer(self.world, {name: unit.carriage for name, unit in self.lifts.items()})
        self.mails = {name: Mail(name, self.world) for name in self.units}
        self.faces = Faces(self.world, self.sensors, self.units)
        self._server = MailboxServer(url=url, site=site.slug, pki=home / "pki" / site.slug)
        self._heartbeat = 0
        self.listening = False
        """Is the mailbox open?"""
        self.scans = 0
        self.scan_s_longest = 0.0
        self.scan_s_total = 0.0

    async def run(self) -> None:
        """Serve and scan until cancelled."""
        self.power_on()
        nodes = {name: kind for unit in self.units for name, kind in mailbox.unit_nodes(unit).items()}
        await self._server.start(nodes, self.faces.values(self._heartbeat))
        self.listening = True
        log.info("power on", extra={"site": self.site.slug})
        try:
            await self._cycle()
        finally:
            self._store.save_positions(self.memory)
            self.close()
            await self._server.stop()

    def power_on(self) -> None:
        """Gates and shutters stay where they are until they are told to move."""
        for station in self.memory.stations.values():
            for leaf in (station.gate, *station.shutters.values()):
                leaf.stop()
        note(self.world, Event.POWER_ON)
        self.retain()

    def find_keys(self, keys: Mapping[str, Mode]) -> None:
        """Key switches, by lift, that stand elsewhere than when the power went."""
        for lift, mode in keys.items():
            turn_key(self.world, lift, mode)
        self.retain()

    def scan(self, now: float, dt: float, wall: float) -> None:
        """One cycle at the monotonic time ``now``, ``dt`` seconds after the one before; ``wall`` seconds since 1970.

        Whatever it changed has been retained when it returns.
        """
        faults.pass_time(self.world, dt)
        wall += faults.clock_error_s(self.world)
        self.world.step(dt)
        for name, unit in self.units.items():
            for command, crc in self.mails[name].due(now):
                unit.receive(command, crc, now=now, wall=wall)
            unit.scan(now)
        self.observer.look(now)
        self.retain()

    def retain(self) -> None:
        """Nothing is told to anybody before it is on the disk."""
        if self.world.changed:
            self.world.changed = False
            self._store.save(self.memory)
            if self.ledger.append(self.memory):
                self.world.changed = True
        elif self.world.moving() or any(unit.active for unit in self.units.values()):
            self._store.save_positions(self.memory)

    def close(self) -> None:
        """Let go of the files; nothing is written."""
        self._store.close()

    async def _cycle(self) -> None:
        before = beat_at = time.monotonic()
        while True:
            now = time.monotonic()
            self._collect(now)
            self.scan(now, now - before, time.time())
            self._scanned(self, now)
            await asyncio.sleep(0)  # a cut that this scan brought about comes before the scan is told to anybody
            before = now
            if now - beat_at >= HEARTBEAT_S:
                self._heartbeat, beat_at = (self._heartbeat + 1) % mailbox.MAX_UINT32, now
            await self._server.write(self.faces.values(self._heartbeat))
            spent = time.monotonic() - now
            self.scans += 1
            self.scan_s_total += spent
            self.scan_s_longest = max(self.scan_s_longest, spent)
            await asyncio.sleep(max(_SHORTEST_PAUSE_S, SCAN_S - spent))

    def _collect(self, now: float) -> None:
        """Fetch what the controller has written since the last scan."""
        for name, unit in self.units.items():
            unit.hear(self._server.heartbeat(name), now)
            mail = self.mails[name]
            if mail.changed(self._server.command_key(name)):
                mail.post(*self._server.command(name), now)

    def _program(self) -> tuple[dict[str, LiftUnit], dict[str, StationUnit]]:
        world, tower = self.world, self.site.tower
        at_lifts = LiftInterlocks(world, self.sensors)
        at_stations = StationInterlocks(world, self.sensors)
        lifts = {lift.name: LiftUnit(lift, world, at_lifts) for lift in tower.lifts}
        return lifts, {name: StationUnit(name, world, at_stations) for name in world.stations}


def new_memory(site: SiteConfig, inventory: Path) -> Memory:
    """A machine as commissioned: carriages at their first station, cars where the inventory says."""
    tower = site.tower
    lifts, gates = {}, {}
    for lift in tower.lifts:
        home = stations(tower, lift)[0].at
        lifts[lift.name] = LiftMemory(x=home.x, y=home.y)
        for place in own_stations(tower, lift):
            airlock_to = lifts_at(tower, place.name) if place.shutter_s else ()
            gates[place.name] = StationMemory(shutters={name: Leaf() for name in airlock_to})
    cars = read_inventory(inventory)
    return Memory(
        lifts=lifts,
        stations=gates,
        cars={car.vin: car for car in cars.values()},
        places={place: car.vin for place, car in cars.items()},
    )
