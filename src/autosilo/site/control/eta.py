"""How long until a car stands behind an open gate: kinematics, and whoever comes first."""

from autosilo.site.control.driver import LiftDriver
from autosilo.site.control.journal import JournalledJob
from autosilo.site.control.types import CannotFetch
from autosilo.site.control.visits import ENDED, Collect, Floor, Purpose
from autosilo.tower.geometry import Place, Role, lift_of
from autosilo.tower.kinematics import move_s, travel_s
from autosilo.wire.mailbox import Kind, Phase

DWELL_S = 45.0
"""Time in which a driver gets in and drives off, or drives in and leaves: the short end of what towers report."""


def eta_s(floor: Floor, vin: str) -> float:
    """Seconds from now. Raises ``CannotFetch("not_here")``."""
    place = floor.journal.place_of(vin)
    if place is None:
        raise CannotFetch("not_here")
    driver = floor.drivers[lift_of(place)]
    jobs = {job.id: job for job in floor.journal.jobs_not_in(ENDED)}
    own = next((job for job in jobs.values() if job.vin == vin and job.purpose == Purpose.COLLECT), None)
    ahead = [jobs[number] for number in floor.turns[driver.name].ahead_of(own.id if own else None) if number in jobs]
    wait = sum(_whole_visit_s(floor, driver, job) for job in ahead if job.vin != vin)
    return wait + _fetch_s(floor, driver, vin, own)


def _whole_visit_s(floor: Floor, driver: LiftDriver, job: JournalledJob) -> float:
    """A visit that comes first, to the moment when its gate is shut."""
    gate = floor.config.tower.gate
    human = DWELL_S + gate.clear_s + gate.travel_s
    if job.purpose == Purpose.COLLECT:
        return _fetch_s(floor, driver, job.vin, job) + human
    return 2 * driver.lift.transfer_s + gate.travel_s + human


def _fetch_s(floor: Floor, driver: LiftDriver, vin: str, job: JournalledJob | None) -> float:
    gate_s = floor.config.tower.gate.travel_s
    if job is not None and job.state in (Collect.AT_GATE, Collect.GATE_OPEN):
        return gate_s if job.state == Collect.AT_GATE else 0.0
    source = driver.places.get(floor.journal.place_of(vin) or "")
    if source is None:
        return 0.0
    target = driver.places[job.station] if job and job.station else _nearest_delivery(driver, source)
    running = floor.journal.open_command(driver.name)
    if running is not None and running.vin == vin and running.command.kind == Kind.MOVE:
        return _rest_of_move_s(driver, source, target) + gate_s
    return move_s(driver.lift, driver.at, source, target) + gate_s


def _rest_of_move_s(driver: LiftDriver, source: Place, target: Place) -> float:
    """From the phase that the PLC reports; a transfer counts half."""
    status, lift = driver.status, driver.lift
    phase = status.phase if status else Phase.NONE
    if phase is Phase.PUTTING:
        return lift.transfer_s / 2
    if phase is Phase.TO_DESTINATION:
        return travel_s(lift, driver.at, target.at) + lift.transfer_s
    onward = travel_s(lift, source.at, target.at) + lift.transfer_s
    if phase is Phase.TAKING:
        return lift.transfer_s / 2 + onward
    return travel_s(lift, driver.at, source.at) + lift.transfer_s + onward


def _nearest_delivery(driver: LiftDriver, source: Place) -> Place:
    stations = [place for place in driver.places.values() if place.role is Role.DELIVERY]
    return min(stations, key=lambda place: (travel_s(driver.lift, source.at, place.at), place.name))
