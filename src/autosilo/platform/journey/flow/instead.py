"""A booked car is not to be had: each of its shoppers gets another, is asked, or a person takes care."""

from datetime import datetime

from autosilo.platform.journey.booking import offering, offers
from autosilo.platform.journey.booking import queries as bookings
from autosilo.platform.journey.booking.models import OfferState
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.journey.trial.states import NOT_DRIVEN
from autosilo.platform.resources.fleet.models import Car
from autosilo.platform.resources.incidents.actions import close_by_key, open_incident


def find_other_cars(car: Car, *, kind: str, now: datetime, before: datetime | None = None) -> None:
    """It is not to be had (``before`` a moment). ``kind``: of the incident, where there is nothing to give or to
    offer."""
    for one in bookings.waiting_for(car):
        if before is not None and one.collect_from >= before:
            continue
        if not offering.find_another(trial=one, why=kind, now=now):
            open_incident(key=f"{kind}:{one.pk}", kind=kind, site=one.site, trial=one.pk, now=now)


def car_is_back(car: Car, *, now: datetime) -> None:
    """Whoever waits for it, and could be given no other, will have it."""
    for one in bookings.waiting_for(car):
        offering.withdraw(trial=one, now=now)
        for kind in ("car_late", "car_failed"):
            close_by_key(key=f"{kind}:{one.pk}", note="the car is back", now=now)


def settle(trial: Trial, now: datetime) -> None:
    """The deadline of an offer. Who answered nothing, and has no car that is sure, is called by a person."""
    offer = offers.open_of(trial)
    if offer is None or not offering.lapse(trial=trial, now=now):
        return
    offer.refresh_from_db()
    trial.refresh_from_db()
    if offer.state != OfferState.LAPSED or offer.kept:
        return
    kind = "offer_unanswered" if trial.state in NOT_DRIVEN else offer.why
    detail = {"why": offer.why} if kind != offer.why else {}
    open_incident(key=f"{kind}:{trial.pk}", kind=kind, site=trial.site, trial=trial.pk, detail=detail, now=now)
