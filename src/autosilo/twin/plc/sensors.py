"""What the PLC sees of the world: its sensors, with whatever is wrong with them. Interlocks know nothing else."""

from autosilo.tower.geometry import Role
from autosilo.twin.plc.memory import Car
from autosilo.twin.plc.world import World
from autosilo.wire.mailbox import GateState


class Sensors:
    """Over one ``world``."""

    def __init__(self, world: World) -> None:
        self._world = world

    def occupied(self, place: str) -> bool:
        """The place's occupancy sensor, which may be stuck."""
        stuck = self._stuck(place)
        return place in self._world.memory.places if stuck is None else stuck

    def loaded(self, lift: str) -> bool:
        """The carriage's load sensor, which may be stuck."""
        stuck = self._stuck(lift)
        return self._world.memory.lifts[lift].load is not None if stuck is None else stuck

    def measured(self, place: str) -> Car | None:
        """What scanner, scale and plug contact say of the car in a place whose sensor sees one."""
        return self._world.car_at(place) if self.occupied(place) else None

    def plate(self, station: str) -> str:
        """What the intake's camera reads: empty when it cannot."""
        car = self.measured(station)
        wrong = self._world.memory.faults.get("unknown_plate", {}).get(station)
        if car is None:
            return ""
        return car.plate if wrong is None else str(wrong["plate"])

    def gate(self, station: str) -> GateState:
        return self._world.station(station).gate.state

    def shutter(self, station: str) -> GateState:
        """Of an airlock with several shutters, the one that is not shut: at most one is."""
        for leaf in self._world.station(station).shutters.values():
            if not leaf.shut:
                return leaf.state
        return GateState.SHUT

    def shutter_shut(self, station: str, lift: str) -> bool:
        leaf = self._world.shutter(station, lift)
        return leaf is None or leaf.shut

    def person(self, zone: str) -> bool:
        return self._world.person_in(zone)

    def zone_clear(self, station: str) -> bool:
        return self._world.zone_clear(station)

    def person_near(self, lift: str) -> bool:
        """In the hoistway, or in a station that no shutter parts from it."""
        return self.person(lift) or any(self.person(name) for name in self._open_stations(lift))

    def near_clear(self, lift: str) -> bool:
        """The hoistway and the stations without a shutter."""
        return not self.person(lift) and all(self.zone_clear(name) for name in self._open_stations(lift))

    def gates_shut(self, lift: str) -> bool:
        """The gates of stations without a shutter."""
        return all(self.gate(name) is GateState.SHUT for name in self._open_stations(lift))

    def shutters_shut(self, lift: str) -> bool:
        """Those towards this lift."""
        return all(self.shutter_shut(name, lift) for name in self._world.stations_of[lift])

    def is_intake(self, place: str) -> bool:
        return self._world.places[place].role is Role.INTAKE

    def _open_stations(self, lift: str) -> list[str]:
        return [name for name in self._world.stations_of[lift] if not self._world.airlock(name)]

    def _stuck(self, at: str) -> bool | None:
        found = self._world.memory.faults.get("sensor_stuck", {}).get(at)
        return None if found is None else bool(found["value"])
