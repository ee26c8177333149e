"""The moving picture for screens, out of what was last read."""

import time

from autosilo.site.control.driver import LiftDriver
from autosilo.site.control.journal import JournalledCommand, JournalledJob
from autosilo.site.control.visits import ENDED, Floor
from autosilo.tower.config import TowerConfig
from autosilo.tower.geometry import Place, Role
from autosilo.wire.live import LiveLift, LiveStation, TowerLive
from autosilo.wire.mailbox import GateState, Kind, Phase

_STATES = {
    Phase.TO_SOURCE: "moving",
    Phase.TO_DESTINATION: "moving",
    Phase.TAKING: "transferring",
    Phase.PUTTING: "transferring",
}
_GATES = {
    GateState.SHUT: "shut",
    GateState.OPENING: "opening",
    GateState.OPEN: "open",
    GateState.SHUTTING: "shutting",
}


def snapshot(floor: Floor, *, held: str | None) -> TowerLive:
    """One frame."""
    bays = {
        place.name: floor.journal.inventory.get(place.name)
        for driver in floor.drivers.values()
        for place in driver.places.values()
        if place.role is Role.BAY
    }
    lifts, stations = [], []
    jobs = {job.id: job for job in floor.journal.jobs_not_in(ENDED)}
    for driver in floor.drivers.values():
        command = floor.journal.open_command(driver.name)
        carried = _carried(driver, command)
        if carried and command and command.command.src in bays:
            bays[command.command.src] = None
        lifts.append(_lift(floor, driver, command, carried, jobs))
        for place in driver.places.values():
            if place.role is not Role.BAY:
                stations.append(_station(floor, driver, place, carried, jobs))
    return TowerLive(
        site=floor.config.slug,
        at=time.time(),
        lifts=tuple(lifts),
        stations=tuple(stations),
        bays=bays,
        held=held,
        connected=floor.link.connected,
    )


def _carried(driver: LiftDriver, command: JournalledCommand | None) -> str | None:
    status = driver.status
    moves = command is not None and command.command.kind == Kind.MOVE
    return command.vin if command and moves and status and status.load_present else None


def _lift(
    floor: Floor,
    driver: LiftDriver,
    command: JournalledCommand | None,
    carried: str | None,
    jobs: dict[int, JournalledJob],
) -> LiveLift:
    tower: TowerConfig = floor.config.tower
    status = driver.status
    if not floor.link.connected or status is None:
        state = "offline"
    elif driver.hold is not None:
        state = "held"
    else:
        state = _STATES.get(status.phase, "idle")
    job = jobs.get(command.job or 0) if command else None
    return LiveLift(
        lift=driver.name,
        floor=round(driver.at.y / tower.floor_pitch_m, 3),
        column=round(driver.at.x / tower.column_pitch_m, 3),
        car=carried,
        state=state,  # type: ignore[arg-type]  # one of its literals by construction
        job=job.job_key if job else None,
    )


def _station(
    floor: Floor, driver: LiftDriver, place: Place, carried: str | None, jobs: dict[int, JournalledJob]
) -> LiveStation:
    status = driver.status
    seen = status.stations[place.name] if status else None
    car = floor.journal.inventory.get(place.name)
    if seen is not None and not seen.occupied:
        car = None
    elif seen is not None and car is None and place.role is Role.INTAKE:
        car = next((job.vin for job in jobs.values() if job.station == place.name), None)
    return LiveStation(
        station=place.name,
        role="delivery" if place.role is Role.DELIVERY else "intake",
        gate=_GATES[seen.gate] if seen else "shut",  # type: ignore[arg-type]  # as above
        car=None if car == carried else car,
        zone_clear=seen.zone_clear if seen else False,
    )
