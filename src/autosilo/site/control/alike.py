"""Which of several equal cars a lift had best bring: the simulator's rule (``tower.storage.alike``), asked with what
journal and lifts say."""

from collections.abc import Iterable, Mapping

from autosilo.site.control.dispatcher import Kind
from autosilo.site.control.planning import LiftView, Planner
from autosilo.site.control.requests import begun, clearing_of, source_of, waiting
from autosilo.site.control.states import Errand, Purpose
from autosilo.site.control.visits import Floor
from autosilo.tower.geometry import Role, lift_of
from autosilo.tower.storage import alike
from autosilo.tower.storage.alike import Standing


def soonest(
    floor: Floor,
    planner: Planner,
    lifts: Mapping[str, LiftView],
    vin: str,
    others: Iterable[str],
    *,
    due: float | None,
) -> str:
    """See ``Tower.soonest``. ``due`` in seconds since 1970."""
    before = _before(floor, vin, due)
    found = {}
    for one in [vin, *others]:
        standing = _standing(floor, planner, lifts, one, before)
        if standing is not None:
            found[one] = standing
    return alike.soonest(vin, found, floor.habits.likeness)


def undecided(floor: Floor, vin: str) -> bool:
    """See ``Tower.undecided``. That it shall come down ahead, and no lift has begun with that, decides nothing."""
    place = floor.journal.place_of(vin)
    if place is None or place in floor.stations or any(job.vin == vin for job in begun(floor)):
        return False
    waits = (Purpose.STAGE, Errand.QUEUED)
    return all((job.purpose, job.state) == waits for job in floor.journal.open_jobs() if job.vin == vin)


def _standing(
    floor: Floor, planner: Planner, lifts: Mapping[str, LiftView], vin: str, before: Mapping[str, int]
) -> Standing | None:
    """None for a car that nothing can bring, that is wanted already, or that is not charged."""
    place = floor.journal.place_of(vin)
    if place is None or not undecided(floor, vin) or floor.wants_charge(vin):
        return None
    driver, view = floor.lifts[lift_of(place)], lifts[lift_of(place)]
    source = source_of(floor, driver, place)
    if source is None or source.role is not Role.BAY or not view.available:
        return None
    clearing = clearing_of(floor, driver, source)
    if clearing is None:
        return None
    number = [name for name, one in driver.places.items() if one.role is Role.BAY].index(place)
    return Standing(
        bay=number,
        free_in_s=view.free_in_s,
        bring_s=planner.travel_s(driver.name, view.place, place)
        + driver.bays.seconds[number]
        + (0.0 if clearing == "clear" else clearing.seconds),
        before=before.get(driver.name, 0),
    )


def _before(floor: Floor, vin: str, due: float | None) -> dict[str, int]:
    """By lift: who waits there for another car; of one who has not come yet, whose booked time is close."""
    if due is None:
        asked = (floor.journal.job(one.job).vin for one in waiting(floor) if one.kind is Kind.RETRIEVE)
    else:
        together_s = floor.habits.likeness.together_s
        together = (other for other, at in floor.expected.items() if abs(at - due) < together_s)
        asked = (other for other in together if undecided(floor, other))
    counts: dict[str, int] = {}
    for other in asked:
        place = floor.journal.place_of(other)
        if other != vin and place is not None and place not in floor.stations:
            counts[lift_of(place)] = counts.get(lift_of(place), 0) + 1
    return counts
