"""The physical world around one tower: cars, places, gates, shutters, drivers, people. It knows no mailbox.

The world obeys nobody's wishes: it only lets things happen that could happen, and counts what must never happen.
What the PLC sees of it is ``sensors``.
"""

from autosilo.tower.config import SiteConfig, VehicleClass
from autosilo.tower.geometry import Place, Role, all_places, lift_places, lifts_at
from autosilo.twin.plc.leaf import Leaf
from autosilo.twin.plc.ledger import Event, note
from autosilo.twin.plc.memory import Car, Memory, StationMemory, Visit

DRIVE_S = 6.0
"""Seconds in which a driver drives in or out of a station, at real pace: an ordinary garage bay."""


class CannotDrive(Exception):
    """The driver finds the way barred; the text says by what."""


class World:
    """Cars and places over the retained ``memory``. ``pace`` scales the driver's speed."""

    def __init__(self, site: SiteConfig, memory: Memory, *, pace: float) -> None:
        self.site = site
        self.memory = memory
        self.places: dict[str, Place] = dict(all_places(site))
        """Every place by name, as its own lift reaches it."""
        self.reached: dict[str, dict[str, Place]] = {
            lift.name: {place.name: place for place in lift_places(site.tower, lift)} for lift in site.tower.lifts
        }
        """By lift: every place that it reaches, as it does."""
        self.stations = {name: place for name, place in self.places.items() if place.role is not Role.BAY}
        self.lifts_at = {name: lifts_at(site.tower, name) for name in self.stations}
        self.stations_of = {
            lift: tuple(name for name in reached if name in self.stations) for lift, reached in self.reached.items()
        }
        self.changed = False
        """Something happened that must be retained before the next scan ends."""
        self.version = 0
        """Counts the changes."""
        self._drive_s = DRIVE_S / pace

    def touch(self) -> None:
        """Something that is retained has changed."""
        self.changed = True
        self.version += 1

    def station(self, name: str) -> StationMemory:
        return self.memory.stations[name]

    def airlock(self, station: str) -> bool:
        """Has the station a shutter?"""
        return self.stations[station].shutter_s > 0

    def shutter(self, station: str, lift: str) -> Leaf | None:
        """The shutter between a station and one lift, None where there is none."""
        return self.station(station).shutters.get(lift)

    def fault(self, kind: str, at: str) -> bool:
        """Is this fault there?"""
        return at in self.memory.faults.get(kind, ())

    def vehicle_class(self, place: str) -> VehicleClass | None:
        """Class of a bay, None for a station."""
        number = self.places[place].class_number
        return self.site.tower.classes[number - 1] if number else None

    # --- what is so ---

    def car_at(self, place: str) -> Car | None:
        vin = self.memory.places.get(place)
        return self.memory.cars.get(vin) if vin else None

    def person_in(self, zone: str) -> bool:
        """Somebody in a hoistway (``L1``) or a station (``L1.D1``)."""
        return self.fault("person", zone)

    def zone_clear(self, station: str) -> bool:
        """Nobody and nothing in the station but a standing car."""
        if self.station(station).visit is not None:
            return False
        return not (self.person_in(station) or self.fault("gate_blocked", station))

    # --- what happens ---

    def depart(self, station: str, vin: str) -> None:
        """The driver starts to drive ``vin`` out. Raises ``CannotDrive``."""
        visit = self._require_open(station, vin, leaving=True)
        if visit and visit.vin == vin and visit.leaving:
            return
        if self.memory.places.get(station) != vin:
            raise CannotDrive("no_such_car")
        if visit:
            raise CannotDrive("occupied")
        self.station(station).visit = Visit(vin, True, self._drive_s, self._drive_s)
        self.touch()

    def arrive(self, station: str, car: Car) -> None:
        """The driver starts to drive ``car`` in. Raises ``CannotDrive``."""
        if self.memory.places.get(station) == car.vin:
            return
        visit = self._require_open(station, car.vin, leaving=False)
        if visit and visit.vin == car.vin and not visit.leaving:
            return
        if visit or station in self.memory.places:
            raise CannotDrive("occupied")
        if car.vin in self.memory.cars or self._coming(car.vin):
            raise CannotDrive("already_inside")
        self.station(station).visit = Visit(car.vin, False, self._drive_s, self._drive_s, car)
        self.touch()

    def unplug(self, station: str) -> None:
        """The driver pulls the charging cable of the car in ``station``."""
        car = self.car_at(station)
        if car:
            car.plugged = False
            self.touch()

    def drive_gate(self, station: str, *, opened: bool) -> None:
        self.station(station).gate.drive(opened=opened, travel_s=self.site.tower.gate.travel_s)
        self.touch()

    def stop_gate(self, station: str) -> None:
        """Leave the gate where it is."""
        self.station(station).gate.stop()
        self.touch()

    def step(self, dt: float) -> None:
        """Advance gates, shutters and drivers by ``dt`` seconds."""
        for name, station in self.memory.stations.items():
            if station.gate.moving and station.gate.step(dt, self.site.tower.gate.travel_s):
                note(self, Event.GATE_OPENED if station.gate.opened else Event.GATE_SHUT, place=name)
            for leaf in station.shutters.values():
                if leaf.moving and leaf.step(dt, self.stations[name].shutter_s):
                    self.touch()
            if station.visit is not None:
                self._step_visit(name, station, station.visit, dt)

    def moving(self) -> bool:
        """Does a gate, a shutter or a driver move?"""
        return any(
            one.gate.moving or one.visit is not None or any(leaf.moving for leaf in one.shutters.values())
            for one in self.memory.stations.values()
        )

    def violation(self, invariant: str) -> None:
        """Count what must never happen."""
        self.memory.violations[invariant] = self.memory.violations.get(invariant, 0) + 1
        self.touch()

    def _coming(self, vin: str) -> bool:
        return any(one.visit is not None and one.visit.vin == vin for one in self.memory.stations.values())

    def _require_open(self, station: str, vin: str, *, leaving: bool) -> Visit | None:
        if station not in self.stations:
            raise CannotDrive("no_such_station")
        visit = self.station(station).visit
        under_way = visit is not None and visit.vin == vin and visit.leaving == leaving
        if not under_way and self.station(station).gate.state.name != "OPEN":
            raise CannotDrive("gate_shut")
        return visit

    def _step_visit(self, name: str, station: StationMemory, visit: Visit, dt: float) -> None:
        visit.remaining_s -= dt
        if visit.remaining_s <= visit.total_s / 2:
            self._cross_threshold(name, visit)
        if visit.remaining_s <= 0:
            station.visit = None
            self.touch()

    def _cross_threshold(self, station: str, visit: Visit) -> None:
        if visit.leaving and self.memory.places.get(station) == visit.vin:
            del self.memory.places[station]
            del self.memory.cars[visit.vin]
            note(self, Event.DEPARTED, place=station, vin=visit.vin)
        elif not visit.leaving and visit.car is not None:
            if station in self.memory.places:
                self.violation("place_holds_two")
            self.memory.cars[visit.vin] = visit.car
            self.memory.places[station] = visit.vin
            visit.car = None
            note(self, Event.ARRIVED, place=station, vin=visit.vin)
