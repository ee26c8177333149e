"""How long until a car stands behind an open gate: kinematics, and whoever comes first."""

from autosilo.site.control.dispatcher import COUNTS_LATER_S, Kind, in_order
from autosilo.site.control.journal import JournalledJob
from autosilo.site.control.lift import LiftDriver
from autosilo.site.control.remaining import job_s, rest_of_move_s
from autosilo.site.control.requests import begun, waiting
from autosilo.site.control.states import Collect, Purpose
from autosilo.site.control.types import CannotFetch
from autosilo.site.control.visits import Floor
from autosilo.tower.geometry import Place, Role, lift_of
from autosilo.tower.kinematics import move_s, travel_s

DWELL_S = 45.0
"""Time in which a driver gets in and drives off, or drives in and leaves: the short end of what towers report."""


def eta_s(floor: Floor, vin: str) -> float:
    """Seconds from now: the lift's job, the requests that come first, the way itself, and a station that is not free
    yet. Raises ``CannotFetch("not_here")``."""
    place = floor.journal.place_of(vin)
    if place is None:
        raise CannotFetch("not_here")
    gate_s = floor.config.tower.gate.travel_s
    own = next((one for one in floor.journal.open_jobs() if one.vin == vin and one.purpose == Purpose.COLLECT), None)
    if own is not None and own.state == Collect.GATE_OPEN:
        return 0.0
    if place in floor.stations:
        return gate_s
    driver = floor.lifts[lift_of(place)]
    source = driver.places[place]
    if own is not None and own.state == Collect.FETCHING:
        return rest_of_move_s(driver, source, driver.places[own.station or ""], vin) + gate_s
    return _before_it_s(floor, driver, own) + _way_s(floor, driver, source) + gate_s


def _way_s(floor: Floor, driver: LiftDriver, source: Place) -> float:
    target = _nearest_delivery(driver, source)
    way_s = move_s(driver.lift, target.at, source, target)
    front = driver.places.get(source.front or "")
    if front is not None and front.name in floor.journal.inventory:
        way_s += move_s(driver.lift, source.at, front, front)  # to a bay near by
    return way_s


def _before_it_s(floor: Floor, driver: LiftDriver, own: JournalledJob | None) -> float:
    """What the lift does first, or for how long every station is taken, whichever is longer."""
    ahead = 0.0
    for job in begun(floor):
        if job.lift == driver.name:
            ahead += job_s(floor, driver, job)
    for request in in_order(waiting(floor)):
        if own is not None and request.job == own.id:
            break
        comes_later = own is None and COUNTS_LATER_S[request.kind] > COUNTS_LATER_S[Kind.RETRIEVE]
        options = [one.expected_s for one in request.options if one.lift == driver.name]
        if options and not comes_later:
            ahead += min(options)
    return max(ahead, _station_s(floor, driver))


def _station_s(floor: Floor, driver: LiftDriver) -> float:
    """Until a station can be served: at once, or when a driver has gone, which is anybody's guess."""
    stations = [one for one in floor.stations_of(driver.name) if one.delivery]
    if driver.status is None or (any(map(floor.free_station, stations)) and not floor.locked(driver.name)):
        return 0.0
    return DWELL_S + floor.config.tower.gate.travel_s


def _nearest_delivery(driver: LiftDriver, source: Place) -> Place:
    stations = [place for place in driver.places.values() if place.role is Role.DELIVERY]
    return min(stations, key=lambda place: (travel_s(driver.lift, source.at, place.at), place.name))
