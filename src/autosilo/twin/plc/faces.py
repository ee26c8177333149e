"""What each unit shows in its mailbox: values by node, and only what may have changed since it was last asked."""

from autosilo.twin.plc.lift_unit import LiftUnit
from autosilo.twin.plc.sensors import Sensors
from autosilo.twin.plc.station_unit import StationUnit
from autosilo.twin.plc.world import World
from autosilo.wire.mailbox import RetainedJob

Values = dict[str, int | str]


class Faces:
    """Of all units. The mirror of sensors is worked out anew only when something has changed in the world."""

    def __init__(self, world: World, sensors: Sensors, units: dict[str, LiftUnit | StationUnit]) -> None:
        self._world = world
        self._sensors = sensors
        self._units = units
        self._mirrored = -1
        self._logs: dict[str, list[RetainedJob]] = {}
        self._places = {lift: tuple(reached) for lift, reached in world.reached.items()}

    def values(self, heartbeat: int) -> Values:
        """Everything that may differ from what the last call returned, in the order in which it is to be published:
        sensors and logs before the status that tells of them, and in that the acknowledgement last.
        """
        found: Values = {}
        if self._mirrored != self._world.version:
            self._mirrored = self._world.version
            found |= self._mirror()
        for name, unit in self._units.items():
            if not self._world.fault("answer_late", name):
                found |= self._log(name, unit)
                found |= {f"{name}.Status.{field}": value for field, value in unit.status().items()}
            found[f"{name}.Heartbeat.Plc"] = heartbeat
        return found

    def _log(self, name: str, unit: LiftUnit | StationUnit) -> Values:
        if self._logs.get(name) is unit.memory.log:
            return {}
        self._logs[name] = unit.memory.log
        return {f"{name}.Retained.Job{index:02d}": line.text() for index, line in enumerate(unit.memory.log)}

    def _mirror(self) -> Values:
        found: Values = {}
        for name, unit in self._units.items():
            group, fields = (
                ("Safety", self._safety(name)) if isinstance(unit, LiftUnit) else ("Sensors", self._seen(name))
            )
            found |= {f"{name}.{group}.{field}": value for field, value in fields.items()}
            if not isinstance(unit, LiftUnit) and self._sensors.is_intake(name):
                found |= {f"{name}.Intake.{field}": value for field, value in self._intake(name).items()}
        return found

    def _safety(self, lift: str) -> Values:
        sensors, places = self._sensors, self._places[lift]
        return {
            "PersonDetected": int(sensors.person_near(lift)),
            "ZoneClear": int(sensors.near_clear(lift)),
            "DoorsShut": int(sensors.gates_shut(lift) and sensors.shutters_shut(lift)),
            "Places": ",".join(places),
            "Occupancy": "".join("1" if sensors.occupied(place) else "0" for place in places),
        }

    def _seen(self, station: str) -> Values:
        sensors = self._sensors
        return {
            "Gate": sensors.gate(station),
            "Shutter": sensors.shutter(station),
            "ZoneClear": int(sensors.zone_clear(station)),
            "PersonDetected": int(sensors.person(station)),
            "Occupied": int(sensors.occupied(station)),
        }

    def _intake(self, station: str) -> Values:
        car = self._sensors.measured(station)
        return {
            "LengthMm": car.length_mm if car else 0,
            "WidthMm": car.width_mm if car else 0,
            "HeightMm": car.height_mm if car else 0,
            "MassKg": car.mass_kg if car else 0,
            "Plugged": int(car.plugged) if car else 0,
            "EngineRunning": int(car.engine_running) if car else 0,
            "Plate": self._sensors.plate(station),
        }
