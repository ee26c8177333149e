"""The tower's own jobs: cars that come down ahead of time, and go up again."""

from autosilo.site.control.dispatcher import Kind, Request, in_order
from autosilo.site.control.journal import JournalledJob
from autosilo.site.control.states import Errand, Purpose
from autosilo.site.control.visits import Floor


def errand(floor: Floor, purpose: Purpose, vin: str) -> JournalledJob:
    """A job of the tower's own for this car, open already or new."""
    key = f"{purpose}:{vin}"
    job = floor.journal.find_job(key, purpose)
    if job is None or job.state in (Errand.DONE, Errand.WITHDRAWN):
        job = floor.journal.add_job(job_key=key, purpose=purpose, vin=vin, state=Errand.QUEUED)
    return job


def withdraw(floor: Floor, vin: str) -> None:
    """Errands for this car that no lift has begun are off."""
    for job in floor.journal.open_jobs():
        if job.vin == vin and job.purpose in (Purpose.STAGE, Purpose.UNSTAGE) and job.state == Errand.QUEUED:
            floor.journal.update_job(job.id, state=Errand.WITHDRAWN)


def make_way(floor: Floor, requests: list[Request]) -> None:
    """A driver waits and every station of the lift is taken: store a car again that nobody has come for yet."""
    for request in in_order(requests):
        vin = floor.journal.job(request.job).vin
        place = floor.journal.place_of(vin) or ""
        if request.kind is not Kind.RETRIEVE or request.possible or floor.stations.get(place):
            continue
        for name, driver in floor.lifts.items():
            if place in driver.places and driver.places[place].front not in floor.journal.inventory:
                _unstage_one(floor, name)


def _unstage_one(floor: Floor, lift: str) -> None:
    wanted = {job.vin for job in floor.journal.open_jobs()}
    stations = [one for one in floor.stations_of(lift) if one.delivery]
    if any(floor.free_station(one) for one in stations):
        return
    staged = [floor.journal.inventory.get(one.name) for one in stations]
    if any(job.purpose == Purpose.UNSTAGE for job in floor.journal.open_jobs() if job.vin in staged):
        return
    for vin in staged:
        if vin is not None and vin not in wanted:
            errand(floor, Purpose.UNSTAGE, vin)
            floor.wake()
            return
