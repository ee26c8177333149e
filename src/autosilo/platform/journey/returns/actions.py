"""Give the car back: the kiosk's intake does it, here its word is kept."""

from datetime import datetime

from autosilo.platform.journey.booking import readiness
from autosilo.platform.journey.booking.actions import release
from autosilo.platform.journey.booking.calendar import TURN_ROUND
from autosilo.platform.journey.handover import actions as handover
from autosilo.platform.journey.handover.queries import handover_of
from autosilo.platform.journey.returns.facts import CarReturned
from autosilo.platform.journey.returns.models import CarReturn
from autosilo.platform.journey.trial import actions as trials
from autosilo.platform.journey.trial.actions import MakesNoSense
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.journey.trial.states import TrialState
from autosilo.platform.kit.facts import tell
from autosilo.platform.resources.fleet.actions import note_meter
from autosilo.wire.bus import CarTakenIn, IntakeRefused, VisitorIdentified

NOT_YET_LEFT = frozenset({TrialState.BOOKED, TrialState.HANDING_OVER})
WITH_CAR = frozenset({TrialState.DRIVING, TrialState.OVERDUE, TrialState.RETURNING})


def note_arrival(*, trial: Trial, fact: VisitorIdentified, now: datetime) -> None:
    """The shopper stands at the kiosk to bring the car back."""
    _leave_first(trial, fact.at, now)
    row = _row(trial)
    if row.taken_in_at is not None:
        return
    row.asked_at = fact.at
    row.save(update_fields=["asked_at"])
    if trial.state in (TrialState.DRIVING, TrialState.OVERDUE):
        trials.change(trial, to=TrialState.RETURNING, now=now, by="site", detail={"method": fact.method.value})
    elif trial.state != TrialState.RETURNING:
        raise MakesNoSense(f"a return was begun for a trial that is {trial.state}")


def refuse(*, trial: Trial, fact: IntakeRefused, now: datetime) -> None:
    """The tower could not take the car in: the shopper keeps it, and the clock runs on."""
    row = _row(trial)
    if row.taken_in_at is not None:
        return
    row.refused_reason = fact.reason
    row.save(update_fields=["refused_reason"])
    trials.note(trial, kind="intake_refused", now=fact.at, reason=fact.reason)
    not_taken_in(trial=trial, reason=fact.reason, now=now)


def not_taken_in(*, trial: Trial, reason: str, now: datetime) -> None:
    """A return that was begun has failed, whatever the reason: the trial goes on, late or not."""
    if trial.state == TrialState.RETURNING:
        late = trial.due_at is not None and now >= trial.due_at
        to = TrialState.OVERDUE if late else TrialState.DRIVING
        trials.change(trial, to=to, now=now, by="site", detail={"refused": reason})


def complete(*, trial: Trial, fact: CarTakenIn, now: datetime) -> None:
    """The car stands in a bay: the trial ends, the car is free for the next shopper after its turn-round."""
    if fact.vin != trial.car_id:
        raise MakesNoSense(f"the site took in car {fact.vin}, the trial has {trial.car_id}")
    _leave_first(trial, fact.at, now)
    if trial.state not in WITH_CAR:
        raise MakesNoSense(f"the car came back for a trial that is {trial.state}")
    row = _row(trial)
    row.taken_in_at, row.bay = fact.at, fact.bay
    row.odometer_km, row.charge = fact.odometer_km, fact.charge
    row.driven_km = _driven(trial, fact)
    row.refused_reason = ""
    row.save()
    trials.change(
        trial, to=TrialState.RETURNED, now=now, by="site", ended_at=min(fact.at, now), detail={"bay": fact.bay}
    )
    trials.settle_deadlines(trial, now=now)
    release(trial=trial, free_from=now + TURN_ROUND)
    readiness.came_back(vin=trial.car_id, charge=fact.charge, now=now)
    note_meter(vin=trial.car_id, odometer_km=fact.odometer_km, charge=fact.charge)
    tell(CarReturned(trial=trial, now=now))


def _leave_first(trial: Trial, at: datetime, now: datetime) -> None:
    """What comes back has left: the word of the hand-over is late or lost, and its moment is not known any better."""
    if trial.state in NOT_YET_LEFT:
        handover.left(trial=trial, at=at, now=now, by="site, by its return")


def _driven(trial: Trial, fact: CarTakenIn) -> float | None:
    begun = handover_of(trial)
    if begun is None or begun.odometer_km is None or fact.odometer_km is None:
        return None
    return max(0.0, fact.odometer_km - begun.odometer_km)


def _row(trial: Trial) -> CarReturn:
    row, _made = CarReturn.objects.select_for_update().get_or_create(trial=trial)
    return row
