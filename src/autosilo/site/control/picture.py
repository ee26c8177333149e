"""The moving picture for screens, out of what was last read."""

import time

from autosilo.site.control.journal import JournalledCommand, JournalledJob
from autosilo.site.control.lift import LiftDriver
from autosilo.site.control.station import StationDriver
from autosilo.site.control.visits import Floor
from autosilo.tower.geometry import Role, column_of
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
        for driver in floor.lifts.values()
        for place in driver.places.values()
        if place.role is Role.BAY
    }
    jobs = {job.id: job for job in floor.journal.open_jobs()}
    lifts, carried = [], set[str]()
    for driver in floor.lifts.values():
        command = driver.running()
        car = _carried(driver, command)
        if car and command:
            carried.add(car)
            if command.command.src in bays:
                bays[command.command.src] = None
        lifts.append(_lift(floor, driver, command, car, jobs))
    return TowerLive(
        site=floor.config.slug,
        at=time.time(),
        lifts=tuple(lifts),
        stations=tuple(_station(floor, one, carried, jobs) for one in floor.stations.values()),
        bays=bays,
        blocked=tuple(sorted(floor.ledger.blocked)),
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
    tower, status = floor.config.tower, driver.status
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
        column=round(column_of(tower, driver.lift, driver.at.x), 3),
        car=carried,
        state=state,  # type: ignore[arg-type]  # one of its literals by construction
        job=job.job_key if job else None,
        mode=status.mode.name.lower() if status is not None and floor.link.connected else "unknown",  # type: ignore[arg-type]  # as above
        in_service=floor.in_service(driver.name),
    )


def _station(floor: Floor, station: StationDriver, carried: set[str], jobs: dict[int, JournalledJob]) -> LiveStation:
    seen, name = station.status, station.name
    car = floor.journal.inventory.get(name)
    if seen is not None and not seen.occupied:
        car = None
    elif seen is not None and car is None and not station.delivery:
        car = next((job.vin for job in jobs.values() if job.station == name), None)
    return LiveStation(
        station=name,
        role="delivery" if station.delivery else "intake",
        gate=_GATES[seen.gate] if seen else "shut",  # type: ignore[arg-type]  # as above
        shutter=None if station.locks else _GATES[seen.shutter] if seen else "shut",  # type: ignore[arg-type]  # as above
        car=None if car in carried else car,
        zone_clear=seen.zone_clear if seen else False,
    )
