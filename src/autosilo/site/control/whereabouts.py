"""What becomes of a job, by where its car is now: a technician may have moved the car, or taken it out, by hand.

One rule for all: it is asked of every job that waits when a walk is over and at the start, of a lift's job when it
cannot be done, and of a visit whose gate would open on a car that is no longer there.
"""

from dataclasses import dataclass

from autosilo.site.control.errands import errand
from autosilo.site.control.journal import JournalledJob
from autosilo.site.control.requests import BEGUN
from autosilo.site.control.states import Collect, Errand, Purpose, Return
from autosilo.site.control.types import EventKind
from autosilo.site.control.visits import Floor


@dataclass(frozen=True, slots=True)
class Rule:
    """The job's next state when its car stands in a bay, in a station, or nowhere. ``stored``: in a bay it has come
    to its end, which is told with these ``words``."""

    in_bay: str
    in_station: str
    gone: str
    stored: bool = False
    words: str | None = None


_PUTTING_BACK = Rule(Collect.ABANDONED, Collect.PUTTING_BACK, Collect.ABANDONED, stored=True, words="abandoned")
_STORING = Rule(Return.STORED, Return.STORING, Return.DISMISSED, stored=True)
_WANTED = Rule(Collect.QUEUED, Collect.QUEUED, Collect.ABANDONED)
_UNSTAGE = Rule(Errand.DONE, Errand.QUEUED, Errand.WITHDRAWN, stored=True, words="unstaged")
_FROM_A_BAY = Rule(Errand.QUEUED, Errand.WITHDRAWN, Errand.WITHDRAWN)

RULES: dict[tuple[str, str], Rule] = {
    (Purpose.COLLECT, Collect.QUEUED): _WANTED,
    (Purpose.COLLECT, Collect.FETCHING): _WANTED,
    (Purpose.COLLECT, Collect.AT_GATE): _WANTED,
    (Purpose.COLLECT, Collect.PUTTING_BACK): _PUTTING_BACK,
    (Purpose.RETURN, Return.STORING): _STORING,
    **{(Purpose.UNSTAGE, state): _UNSTAGE for state in (Errand.QUEUED, Errand.MOVING)},
    **{
        (purpose, state): _FROM_A_BAY
        for purpose in (Purpose.STAGE, Purpose.RELOCATE)
        for state in (Errand.QUEUED, Errand.MOVING)
    },
}
"""While a driver may be in the station, or no car is inside yet, no walk changes what a job knows: no rule."""


def settle(floor: Floor, job: JournalledJob) -> JournalledJob:
    """The job waits for a lift, or has come to an end, as its car's place asks for."""
    rule, place = RULES[job.purpose, job.state], floor.journal.place_of(job.vin)
    if place is None:
        return floor.journal.update_job(job.id, state=rule.gone, lift=None, bay=None, detail="not_here")
    if place not in floor.stations and rule.stored:
        return stored(floor, job, place)
    state = rule.in_station if place in floor.stations else rule.in_bay
    why = floor.shut_in(place) if rule is _WANTED else None
    if why is not None:
        return floor.journal.update_job(job.id, state=Collect.ABANDONED, lift=None, bay=None, detail=why)
    promised = {"station": None} if state in (Collect.QUEUED, Errand.QUEUED) else {}
    return floor.journal.update_job(job.id, state=state, lift=None, bay=None, **promised)


def stored(floor: Floor, job: JournalledJob, bay: str) -> JournalledJob:
    """Its car stands in ``bay``, where the job wanted it."""
    rule = RULES[job.purpose, job.state]
    job = floor.journal.update_job(job.id, state=rule.in_bay, bay=bay)
    floor.tell(EventKind.STORED, job=job, place=bay, detail=rule.words)
    return job


def settle_all(floor: Floor) -> None:
    """A walk is over. A lift's own jobs are left to the lift, and a gate's to the gate: they look themselves."""
    for job in floor.journal.open_jobs():
        key = job.purpose, job.state
        others = (key in BEGUN and job.lift is not None) or key == (Purpose.COLLECT, Collect.AT_GATE)
        if key in RULES and not others and not in_doubt(floor, job.vin):
            settle(floor, job)
    _store_what_waits_in_an_intake(floor)
    floor.wake()


def in_doubt(floor: Floor, vin: str) -> bool:
    """Has somebody said in a walk that is not over that the car is not where it was, and nobody yet where it is?"""
    return floor.journal.place_of(vin) is None and floor.ledger.taken_out(vin)


def _store_what_waits_in_an_intake(floor: Floor) -> None:
    """A car that somebody put there, and that no return brought."""
    busy = {
        job.vin for job in floor.journal.open_jobs() if (job.purpose, job.state) != (Purpose.COLLECT, Collect.QUEUED)
    }
    for name, station in floor.stations.items():
        vin = floor.journal.inventory.get(name)
        if vin is not None and not station.delivery and vin not in busy:
            errand(floor, Purpose.UNSTAGE, vin)
