"""The PLC between its power switch on and off: memory, units, scan cycle, mailbox."""

import asyncio
import logging
import time
from pathlib import Path

from autosilo.tower.config import SiteConfig
from autosilo.tower.geometry import Role, lift_places, stations
from autosilo.twin.plc.memory import LiftMemory, Memory, Store, read_inventory
from autosilo.twin.plc.server import MailboxServer
from autosilo.twin.plc.unit import LiftUnit
from autosilo.twin.plc.world import World
from autosilo.wire import mailbox
from autosilo.wire.mailbox import Command

log = logging.getLogger(__name__)

SCAN_S = 0.025
HEARTBEAT_S = 0.25


class Plc:
    """One power cycle. ``home`` is AUTOSILO_HOME. Raises ``MemoryUnreadable`` on damaged retained memory."""

    def __init__(self, *, site: SiteConfig, home: Path, url: str, pace: float) -> None:
        self.site = site
        folder = home / "twins" / site.slug
        self._store = Store(folder)
        self.memory = self._store.load() or _new_memory(site, folder / "inventory.json")
        self.world = World(site, self.memory, pace=pace)
        self.units = {
            lift.name: LiftUnit(lift, self.world, self.memory.lifts[lift.name], scan_s=SCAN_S)
            for lift in site.tower.lifts
        }
        self._server = MailboxServer(url=url, site=site.slug, pki=home / "pki" / site.slug)
        self._places = {lift.name: [place.name for place in lift_places(site.tower, lift)] for lift in site.tower.lifts}
        self._heartbeat = 0
        self.scans = 0
        self.scan_s_longest = 0.0

    async def run(self) -> None:
        """Serve and scan until cancelled."""
        self._store.save(self.memory)
        nodes: dict[str, str] = {}
        for lift in self.site.tower.lifts:
            nodes |= mailbox.lift_nodes(lift.name, tuple(station.name for station in lift.stations))
        await self._server.start(nodes)
        log.info("power on", extra={"site": self.site.slug})
        try:
            await self._cycle()
        finally:
            self._store.save_positions(self.memory)
            await self._server.stop()

    async def _cycle(self) -> None:
        before = time.monotonic()
        beat_at = before
        while True:
            now = time.monotonic()
            self.world.step(now - before)
            before = now
            for unit in self.units.values():
                self._take_commands(unit, now)
                unit.scan(now)
            self.world.check()
            self._retain()
            if now - beat_at >= HEARTBEAT_S:
                self._heartbeat, beat_at = (self._heartbeat + 1) % mailbox.MAX_UINT32, now
            await self._publish()
            self.scans += 1
            spent = time.monotonic() - now
            self.scan_s_longest = max(self.scan_s_longest, spent)
            await asyncio.sleep(max(0.005, SCAN_S - spent))

    def _take_commands(self, unit: LiftUnit, now: float) -> None:
        read = self._server.read
        name = unit.name
        unit.hear(read(mailbox.node(name, "Heartbeat", "Controller")), now)
        if read(mailbox.node(name, "Command", "Seq")) == 0:
            return
        fields = {field: read(mailbox.node(name, "Command", field)) for field in mailbox.COMMAND}
        command = Command(
            epoch=fields["Epoch"],
            seq=fields["Seq"],
            job_id=fields["JobId"],
            kind=fields["Kind"],
            src=fields["Src"] or "",
            dst=fields["Dst"] or "",
            vehicle_class=fields["VehicleClass"],
            deadline=fields["Deadline"],
        )
        unit.receive(command, fields["Crc"], now=now, wall=time.time())

    def _retain(self) -> None:
        """Nothing is told to the controller before it is on the disk."""
        if self.world.changed:
            self.world.changed = False
            self._store.save(self.memory)
        elif self.world.moving() or any(unit.active for unit in self.units.values()):
            self._store.save_positions(self.memory)

    async def _publish(self) -> None:
        for unit in self.units.values():
            await self._server.write(self._values(unit))

    def _values(self, unit: LiftUnit) -> dict[str, int | str]:
        name, world = unit.name, self.world
        places = self._places[name]
        safety: dict[str, int | str] = {
            "Mode": unit.memory.mode,
            "EmergencyStop": int(name in self.memory.emergency),
            "PersonDetected": int(world.person_in(name)),
            "ZoneClear": int(world.zone_clear(name)),
            "DoorsShut": int(world.gates_shut(name)),
            "Places": ",".join(places),
            "Occupancy": "".join("1" if world.occupied(place) else "0" for place in places),
        }
        values: dict[str, int | str] = {
            mailbox.node(name, "Heartbeat", "Plc"): self._heartbeat,
            **{mailbox.node(name, "Status", field): value for field, value in unit.status().items()},
            **{mailbox.node(name, "Safety", field): value for field, value in safety.items()},
        }
        for index, line in enumerate(unit.memory.log):
            values[mailbox.node(name, "Retained", f"Job{index:02d}")] = line.text()
        for station in world.stations_of(name):
            values |= {f"{station}.{field}": value for field, value in self._station(station).items()}
        return values

    def _station(self, station: str) -> dict[str, int | str]:
        world = self.world
        values: dict[str, int | str] = {
            "Gate": world.gate(station),
            "ZoneClear": int(world.zone_clear(station)),
            "Occupied": int(world.occupied(station)),
        }
        if world.places[station].role is Role.INTAKE:
            car = world.car_at(station)
            values |= {
                "LengthMm": car.length_mm if car else 0,
                "WidthMm": car.width_mm if car else 0,
                "HeightMm": car.height_mm if car else 0,
                "MassKg": car.mass_kg if car else 0,
                "Plugged": int(car.plugged) if car else 0,
                "Plate": car.plate if car else "",
            }
        return values


def _new_memory(site: SiteConfig, inventory: Path) -> Memory:
    """A machine as commissioned: carriages at their first station, cars where the inventory says."""
    lifts = {}
    for lift in site.tower.lifts:
        home = stations(site.tower, lift)[0].at
        lifts[lift.name] = LiftMemory(x=home.x, y=home.y)
    cars = read_inventory(inventory)
    return Memory(
        lifts=lifts,
        cars={car.vin: car for car in cars.values()},
        places={place: car.vin for place, car in cars.items()},
    )
