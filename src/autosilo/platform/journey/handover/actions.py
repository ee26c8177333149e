"""Bring the car down, identify, release: the site does it; here it is told whom to expect, and its word is kept.

The site's facts may come late, twice or in another order than they happened: each of these writes what it knows, and
moves the state only forward.
"""

from datetime import datetime
from typing import Literal

import structlog
from django.db import transaction
from django.db.models import F

from autosilo.platform.journey.booking.actions import NO_SHOW
from autosilo.platform.journey.booking.following import follow_site
from autosilo.platform.journey.handover.facts import CarLeft
from autosilo.platform.journey.handover.models import Handover
from autosilo.platform.journey.identity import passes
from autosilo.platform.journey.identity.actions import face_for_site, issue_pass
from autosilo.platform.journey.trial import actions as trials
from autosilo.platform.journey.trial.actions import MakesNoSense
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.journey.trial.queries import length_of
from autosilo.platform.journey.trial.states import CONFIRMED, NOT_DRIVEN, TO_BE_COLLECTED, TrialState
from autosilo.platform.kit.facts import tell
from autosilo.platform.resources.fleet.actions import note_meter
from autosilo.platform.resources.sites.actions import send, strike_faces, strike_who
from autosilo.wire.bus import CarAtGate, CarChosen, CarHandedOver, ExpectVisitor, ForgetVisitor, VisitorIdentified

log = structlog.get_logger(__name__)

Farewell = Literal["cancelled", "no_show", "purchased", "returned", "withdrawn"]
GONE = NOT_DRIVEN


@transaction.atomic
def tell_site(*, trial: Trial, now: datetime) -> int:
    """Tell the site everything about the visitor, under the next revision; returns that. Nothing when it is over."""
    trial = trials.lock(trial)
    if trial.state not in CONFIRMED:
        return trial.site_revision
    Trial.objects.filter(pk=trial.pk).update(site_revision=F("site_revision") + 1)
    trial.refresh_from_db(fields=["site_revision"])
    visit_pass = issue_pass(trial=trial, now=now)
    mode, face = face_for_site(trial=trial, now=now)
    strike_faces(site=trial.site, trial=trial.pk)  # an older template has lost its purpose
    send(
        site=trial.site,
        order=ExpectVisitor(
            trial=trial.pk,
            revision=trial.site_revision,
            vin=trial.car.vin,
            plate=trial.car.plate,
            model_name=str(trial.car_model),
            paint_hex=trial.paint.hex.lower(),
            greeting=trial.person.first_name,
            language=trial.person.language,
            collect_from=trial.collect_from,
            collect_until=trial.collect_until,
            return_until=trial.due_at or trial.collect_until + length_of(trial),
            pass_digest=passes.pass_digest(visit_pass),
            code_salt=visit_pass.salt,
            code_digest=passes.code_digest(visit_pass),
            face=face,
            mode=mode,
        ),
        now=now,
    )
    return trial.site_revision


@transaction.atomic
def forget_at_site(*, trial: Trial, reason: Farewell, now: datetime) -> None:
    """The visit is over or called off: the site destroys the template and stops expecting the visitor."""
    trial = trials.lock(trial)
    if trial.site_revision:
        strike_who(site=trial.site, trial=trial.pk)
        send(site=trial.site, order=ForgetVisitor(trial=trial.pk, reason=reason), now=now)


def identified(*, trial: Trial, fact: VisitorIdentified, now: datetime) -> None:
    """The shopper stands at the kiosk to collect the car."""
    row = _row(trial)
    if row.identified_at is None or fact.at > row.identified_at:
        row.identified_at, row.method = fact.at, fact.method.value
        row.save(update_fields=["identified_at", "method"])
    if trial.state == TrialState.BOOKED and row.handed_over_at is None:
        trials.change(trial, to=TrialState.HANDING_OVER, now=now, by="site", detail={"method": fact.method.value})
    elif trial.state in GONE:
        raise MakesNoSense(f"a visitor was recognised for a trial that is {trial.state}")


def at_gate(*, trial: Trial, fact: CarAtGate, now: datetime) -> None:
    """The car stands at the gate."""
    trial = _with_car(trial, fact.vin, now)
    row = _row(trial)
    row.at_gate_at, row.station = fact.at, fact.station
    row.save(update_fields=["at_gate_at", "station"])
    trials.note(trial, kind="car_at_gate", now=fact.at, station=fact.station)


def chosen(*, trial: Trial, fact: CarChosen, now: datetime) -> None:
    """The site will bring another car of the kind. Where that cannot be, it is told anew which; what it has begun all
    the same is found out when the car stands at the gate."""
    if fact.vin == trial.car_id or follow_site(trial=trial, vin=fact.vin, now=now, begun=False):
        return
    log.warning("the site chose a car that cannot be followed", trial=str(trial.pk), car=fact.vin)
    if trial.state in TO_BE_COLLECTED:
        tell_site(trial=trial, now=now)


def handed_over(*, trial: Trial, fact: CarHandedOver, now: datetime) -> None:
    """The car has left. It may be the first word from a site that was cut off, or come after that of the return."""
    trial = _with_car(trial, fact.vin, now)
    row = _row(trial)
    row.handed_over_at, row.odometer_km, row.charge = fact.at, fact.odometer_km, fact.charge
    row.save(update_fields=["handed_over_at", "odometer_km", "charge"])
    if trial.state in TO_BE_COLLECTED:
        left(trial=trial, at=fact.at, now=now, by="site")
        note_meter(vin=trial.car_id, odometer_km=fact.odometer_km, charge=fact.charge)
    elif trial.state in GONE:
        raise MakesNoSense(f"the car left although the trial is {trial.state}")


def left(*, trial: Trial, at: datetime, now: datetime, by: str) -> None:
    """The trial's time begins when the car left, which is never later than now, whatever a site's clock says."""
    at = min(at, now)
    trials.change(trial, to=TrialState.DRIVING, now=now, by=by, handed_over_at=at, due_at=at + length_of(trial))
    tell(CarLeft(trial=trial, at=at, now=now))


def collection_failed(*, trial: Trial, now: datetime) -> None:
    """Nobody took the car in time, or the tower could not bring it: the booking stands, they may try again.

    Its lapse stands again, too: it may have come and gone while the car was on its way.
    """
    if trial.state == TrialState.HANDING_OVER:
        trials.change(trial, to=TrialState.BOOKED, now=now, by="site", detail={"why": "collect_failed"})
        trials.set_deadline(trial, kind=NO_SHOW, due_at=trial.collect_until)


def _row(trial: Trial) -> Handover:
    row, _made = Handover.objects.select_for_update().get_or_create(trial=trial)
    return row


def _with_car(trial: Trial, vin: str, now: datetime) -> Trial:
    """The trial with the car of which the site speaks. Raises ``MakesNoSense`` when it cannot be that one."""
    if vin == trial.car_id:
        return trial
    if not follow_site(trial=trial, vin=vin, now=now):
        raise MakesNoSense(f"the site speaks of car {vin}, the trial of {trial.car_id}")
    return trials.lock(trial)
