"""The physical world around one tower: cars, places, gates, drivers, people. It knows no mailbox.

The world obeys nobody's wishes: it only lets things happen that could happen, and counts what must never happen.
"""

from autosilo.tower.config import SiteConfig, VehicleClass
from autosilo.tower.geometry import Place, Role, all_places
from autosilo.twin.plc.memory import Car, LiftMemory, Memory, Visit
from autosilo.wire.mailbox import GateState

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
        self.stations = {name: place for name, place in self.places.items() if place.role is not Role.BAY}
        self.changed = False
        """Something happened that must be retained before the next scan ends."""
        self._drive_s = DRIVE_S / pace
        for name in self.stations:
            memory.gates.setdefault(name, 0.0)
            memory.gate_goals.setdefault(name, 0.0)

    # --- sensors ---

    def occupied(self, place: str) -> bool:
        return place in self.memory.places

    def car_at(self, place: str) -> Car | None:
        vin = self.memory.places.get(place)
        return self.memory.cars[vin] if vin else None

    def gate(self, station: str) -> GateState:
        fraction, goal = self.memory.gates[station], self.memory.gate_goals[station]
        if fraction == goal and fraction in (0.0, 1.0):
            return GateState.OPEN if fraction else GateState.SHUT
        return GateState.OPENING if goal == 1.0 else GateState.SHUTTING

    def gates_shut(self, lift: str) -> bool:
        return all(self.gate(name) is GateState.SHUT for name in self.stations_of(lift))

    def zone_clear(self, zone: str) -> bool:
        """Zone of a station, or of a whole lift (its hoistway and all its stations)."""
        if zone in self.stations:
            return not (zone in self.memory.visits or zone in self.memory.persons or zone in self.memory.gate_obstacles)
        return not self.person_in(zone) and all(self.zone_clear(name) for name in self.stations_of(zone))

    def person_in(self, lift: str) -> bool:
        """Does a scanner see a person in the lift's hoistway or one of its stations?"""
        return any(zone == lift or zone.startswith(f"{lift}.") for zone in self.memory.persons)

    def stations_of(self, lift: str) -> list[str]:
        return [name for name, place in self.stations.items() if place.lift == lift]

    def vehicle_class(self, place: str) -> VehicleClass | None:
        """Class of a bay, None for a station."""
        number = self.places[place].class_number
        return self.site.tower.classes[number - 1] if number else None

    # --- what happens ---

    def depart(self, station: str, vin: str) -> None:
        """The driver starts to drive ``vin`` out. Raises ``CannotDrive``."""
        visit = self.memory.visits.get(station)
        if visit and visit.vin == vin and visit.leaving:
            return
        self._require_open(station)
        if self.memory.places.get(station) != vin:
            raise CannotDrive("no_such_car")
        if visit:
            raise CannotDrive("occupied")
        self.memory.visits[station] = Visit(vin, True, self._drive_s, self._drive_s)
        self.changed = True

    def arrive(self, station: str, car: Car) -> None:
        """The driver starts to drive ``car`` in. Raises ``CannotDrive``."""
        visit = self.memory.visits.get(station)
        if (visit and visit.vin == car.vin and not visit.leaving) or self.memory.places.get(station) == car.vin:
            return
        self._require_open(station)
        if visit or self.occupied(station):
            raise CannotDrive("occupied")
        if car.vin in self.memory.cars:
            raise CannotDrive("already_inside")
        self.memory.visits[station] = Visit(car.vin, False, self._drive_s, self._drive_s, car)
        self.changed = True

    def unplug(self, station: str) -> None:
        """The driver pulls the charging cable of the car in ``station``."""
        car = self.car_at(station)
        if car:
            car.plugged = False
            self.changed = True

    def step(self, dt: float) -> None:
        """Advance gates and drivers by ``dt`` seconds."""
        for name in self.stations:
            self._step_gate(name, dt)
        for name in list(self.memory.visits):
            self._step_visit(name, dt)

    def moving(self) -> bool:
        """Does any gate or driver move?"""
        return bool(self.memory.visits) or self.memory.gates != self.memory.gate_goals

    def drive_gate(self, station: str, *, opened: bool) -> None:
        self.memory.gate_goals[station] = 1.0 if opened else 0.0
        self.changed = True

    def stop_gate(self, station: str) -> None:
        """Leave the gate where it is."""
        self.memory.gate_goals[station] = self.memory.gates[station]
        self.changed = True

    def take(self, lift: LiftMemory, place: str) -> None:
        """The carriage takes the car out of ``place``."""
        if lift.load is not None:
            self.violation("carriage_holds_two")
        vin = self.memory.places.pop(place, None)
        if vin is None:
            self.violation("took_nothing")
        car = self.memory.cars.get(vin or "")
        if car and car.plugged:
            self.violation("lifted_plugged_in")
        lift.load = vin
        self.changed = True

    def put(self, lift: LiftMemory, place: str) -> None:
        """The carriage puts its car into ``place``."""
        if self.occupied(place):
            self.violation("place_holds_two")
        car = self.memory.cars.get(lift.load or "")
        bay = self.vehicle_class(place)
        if car and bay and not (_fits(bay, car) and bay.carries(car.mass_kg)):
            self.violation("stored_beyond_envelope")
        if lift.load is not None:
            self.memory.places[place] = lift.load
        lift.load = None
        self.changed = True

    def violation(self, invariant: str) -> None:
        """Count what must never happen."""
        self.memory.violations[invariant] = self.memory.violations.get(invariant, 0) + 1
        self.changed = True

    def check(self) -> None:
        """Every car is in exactly one place."""
        held = list(self.memory.places.values()) + [
            lift.load for lift in self.memory.lifts.values() if lift.load is not None
        ]
        if len(held) != len(set(held)) or set(held) != set(self.memory.cars):
            self.violation("car_not_in_exactly_one_place")

    def _require_open(self, station: str) -> None:
        if station not in self.stations:
            raise CannotDrive("no_such_station")
        if self.gate(station) is not GateState.OPEN:
            raise CannotDrive("gate_shut")

    def _step_gate(self, name: str, dt: float) -> None:
        fraction, goal = self.memory.gates[name], self.memory.gate_goals[name]
        if fraction == goal:
            return
        step = dt / self.site.tower.gate.travel_s
        self.memory.gates[name] = min(goal, fraction + step) if goal > fraction else max(goal, fraction - step)
        if self.memory.gates[name] == goal:
            self.changed = True

    def _step_visit(self, station: str, dt: float) -> None:
        visit = self.memory.visits[station]
        visit.remaining_s -= dt
        if visit.remaining_s <= visit.total_s / 2:
            self._cross_threshold(station, visit)
        if visit.remaining_s <= 0:
            del self.memory.visits[station]
            self.changed = True

    def _cross_threshold(self, station: str, visit: Visit) -> None:
        if visit.leaving and self.memory.places.get(station) == visit.vin:
            del self.memory.places[station]
            del self.memory.cars[visit.vin]
            self.changed = True
        elif not visit.leaving and visit.car is not None:
            if self.occupied(station):
                self.violation("place_holds_two")
            self.memory.cars[visit.vin] = visit.car
            self.memory.places[station] = visit.vin
            visit.car = None
            self.changed = True


def _fits(bay: VehicleClass, car: Car) -> bool:
    return bay.fits(length_mm=car.length_mm, width_mm=car.width_mm, height_mm=car.height_mm)
