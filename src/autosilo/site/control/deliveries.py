"""When a delivery station will be free again, by what the journal knows of the car in it."""

import time

from autosilo.site.control.remaining import job_s
from autosilo.site.control.states import Collect
from autosilo.site.control.station import StationDriver
from autosilo.site.control.visits import Floor
from autosilo.tower.storage.deliveries import free_at
from autosilo.wire.mailbox import Mode


def free_in_s(floor: Floor, station: StationDriver) -> float:
    """Seconds; 0 when it is free now, ``inf`` when nobody can say (a person must look, or it is not in use)."""
    if floor.free_station(station):
        return 0.0
    status = station.status
    if station.hold is not None or status is None or status.mode is not Mode.AUTO or status.emergency:
        return float("inf")
    now, gate = time.time(), station.times
    job = next((one for one in floor.journal.open_jobs() if one.station == station.name), None)
    vin = job.vin if job else floor.journal.inventory.get(station.name, "")
    waits = job is not None and job.state in (Collect.FETCHING, Collect.AT_GATE, Collect.GATE_OPEN, Collect.LEFT)
    since = floor.stood.get(station.name, now)
    if job is not None and job.lift and station.name not in floor.journal.inventory:  # its car is on its way
        since = now + job_s(floor, floor.lifts[job.lift], job)
    return (
        free_at(
            there=since,
            wanted=since if waits else max(now, floor.expected.get(vin, now)),
            dwell_s=floor.habits.dwell_s,
            gate_s=2 * gate.travel_s + gate.clear_s,
            now=now,
            overdue_s=floor.habits.overdue_s,
        )
        - now
    )
