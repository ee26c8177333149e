"""A booked car is not to be had: each of its shoppers gets another, is asked, or a person takes care."""

from datetime import datetime

from autosilo.platform.journey.booking import offering, offers
from autosilo.platform.journey.booking import queries as bookings
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
    """The deadline of an offer. Who answered nothing and has no car by now is called by a person."""
    offer = offers.open_of(trial)
    if offer is None or not offering.lapse(trial=trial, now=now):
        return
    trial.refresh_from_db()
    if trial.state in NOT_DRIVEN:
        detail = {"why": offer.why, "answer": "none"}
        open_incident(
            key=f"unanswered:{trial.pk}",
            kind="offer_unanswered",
            site=trial.site,
            trial=trial.pk,
            detail=detail,
            now=now,
        )
