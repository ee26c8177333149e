"""What is left of a move that has begun, by kinematics and by what the PLC reports."""

from autosilo.site.control.journal import JournalledJob
from autosilo.site.control.lift import LiftDriver
from autosilo.site.control.visits import Floor
from autosilo.tower.geometry import Place
from autosilo.tower.kinematics import handling_s, move_s, travel_s
from autosilo.wire.mailbox import Kind as Command
from autosilo.wire.mailbox import Phase


def job_s(floor: Floor, driver: LiftDriver, job: JournalledJob) -> float:
    """What is left of a job that this lift has begun."""
    source = driver.places.get(floor.journal.place_of(job.vin) or "")
    target = driver.places.get(job.bay or job.station or "")
    return rest_of_move_s(driver, source, target, job.vin) if source is not None and target is not None else 0.0


def rest_of_move_s(driver: LiftDriver, source: Place, target: Place, vin: str) -> float:
    """From the phase that the PLC reports; a transfer counts half. All of it, when it has not begun."""
    lift, running, status = driver.lift, driver.running(), driver.status
    if running is None or running.vin != vin or running.command.kind != Command.MOVE:
        return move_s(lift, driver.at, source, target)
    phase = status.phase if status else Phase.NONE
    put_s = handling_s(lift, target)
    if phase is Phase.PUTTING:
        return put_s / 2
    if phase is Phase.TO_DESTINATION:
        return travel_s(lift, driver.at, target.at) + put_s
    onward_s = travel_s(lift, source.at, target.at) + put_s
    take_s = handling_s(lift, source)
    if phase is Phase.TAKING:
        return take_s / 2 + onward_s
    return travel_s(lift, driver.at, source.at) + take_s + onward_s
