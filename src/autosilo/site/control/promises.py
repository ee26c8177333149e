"""Which bay a car gets, beside the bays that are promised to others.

A return is promised a bay while its car is still in the intake, so that no car is let in for which there is none. Which
bay it gets in the end is decided when a lift is at hand, by ``tower.storage`` as in the simulator; then the two jobs
exchange their promises.
"""

from autosilo.site.control.journal import JournalledJob
from autosilo.site.control.lift import LiftDriver
from autosilo.site.control.visits import Floor
from autosilo.tower.geometry import lift_of
from autosilo.tower.storage.kinds import covers


def bay_for(floor: Floor, driver: LiftDriver, job: JournalledJob, *, leaving: str | None = None) -> str | None:
    """The best bay of this lift for the job's car, None when there is none. ``leaving``: the bay in which it stands."""
    rest = _best(floor, driver, job, leaving=leaving)
    if floor.config.tower.depth == 1:
        bay = _best(floor, driver, job, leaving=leaving, promises=False)
        other = _promised(floor, bay, job)
        if other is None or _may_have(floor, other, job.bay or rest):
            return bay
    return rest


def exchange(floor: Floor, job: JournalledJob, bay: str) -> None:
    """``job`` is about to be given ``bay``: whoever it was promised to gets what this one was promised, or would have
    got instead."""
    other = _promised(floor, bay, job)
    if other is None:
        return
    instead = job.bay or _best(floor, floor.lifts[lift_of(bay)], job)
    if instead is not None:
        floor.journal.update_job(other.id, bay=instead)


def _best(
    floor: Floor, driver: LiftDriver, job: JournalledJob, *, leaving: str | None = None, promises: bool = True
) -> str | None:
    """By ``tower.storage``; see ``Floor.rack`` for ``promises``."""
    return floor.best_bay(floor.rack(driver.name, without=job.id, promises=promises), job.vin, leaving=leaving)


def _promised(floor: Floor, bay: str | None, job: JournalledJob) -> JournalledJob | None:
    others = (one for one in floor.journal.open_jobs() if one.bay == bay and one.id != job.id)
    return None if bay is None else next(others, None)


def _may_have(floor: Floor, other: JournalledJob, bay: str | None) -> bool:
    """Can ``other`` be stored in ``bay`` as well, from where it stands?"""
    station = floor.stations.get(other.station or "")
    if bay is None or station is None or other.lift or lift_of(bay) not in station.lifts:
        return False
    place = floor.lifts[lift_of(bay)].places[bay]
    return covers(floor.config.tower.classes, place.class_number, floor.journal.class_of(other.vin))
