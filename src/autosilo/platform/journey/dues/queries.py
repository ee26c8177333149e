"""Reads about fees and deposits."""

from datetime import timedelta

from autosilo.platform.journey.booking.models import Offer, OfferState
from autosilo.platform.journey.dues.models import Due
from autosilo.platform.journey.dues.states import DueKind, Wanted
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.journey.trial.queries import policy_of
from autosilo.platform.journey.trial.states import TrialState
from autosilo.platform.resources.incidents.models import Incident
from autosilo.platform.resources.payments.models import Payment
from autosilo.platform.resources.payments.states import PaymentState
from autosilo.platform.resources.people.models import Person

NOT_OUR_FAULT = frozenset({"car_overdue", "paid_without_car", "deposit_to_decide", "money_stuck"})
"""Incidents of a trial that say nothing against us; any other one does, when in doubt."""


def dues_of(trial: Trial) -> list[Due]:
    """The deposit, then the fee; only what this trial has, and only once the terms were agreed to. One query."""
    return list(Due.objects.select_related("payment").filter(trial=trial).order_by("kind"))


def of_payment(payment: Payment) -> Due | None:
    return Due.objects.select_related("payment", "trial").filter(payment=payment).first()


def deposit_of(trial: Trial) -> Due | None:
    return Due.objects.select_related("payment").filter(trial=trial, kind=DueKind.DEPOSIT).first()


def fee_of(trial: Trial) -> Due | None:
    return Due.objects.select_related("payment").filter(trial=trial, kind=DueKind.FEE).first()


def to_carry_out(*, limit: int = 100) -> list[Due]:
    """What was decided and not done yet, the longest waiting first."""
    found = Due.objects.exclude(wanted=Wanted.UNDECIDED).filter(done_at=None).select_related("payment", "trial__site")
    return list(found.order_by("wanted_at")[:limit])


def has_open(person: Person) -> bool:
    """Is money of this person held, or on its way back?"""
    mine = Due.objects.filter(trial__person=person)
    moving = mine.filter(done_at=None).exclude(wanted=Wanted.UNDECIDED).exists()
    return moving or mine.filter(payment__state=PaymentState.AUTHORISED).exists()


def can_be_decided(due: Due) -> bool:
    """A person may keep or release a deposit from the hand-over on, until it was decided."""
    return (
        due.kind == DueKind.DEPOSIT
        and due.wanted == Wanted.UNDECIDED
        and due.payment.state == PaymentState.AUTHORISED
        and due.trial.handed_over_at is not None
    )


def can_be_refunded(due: Due) -> bool:
    """A person may give a fee back at any time after it was paid."""
    return due.kind == DueKind.FEE and due.wanted != Wanted.BACK and due.payment.state == PaymentState.PAID


def is_our_fault(trial: Trial) -> bool:
    """Did anything go wrong on our side? When in doubt, yes: nobody pays for a machine that did not serve them."""
    incidents = Incident.objects.filter(trial=trial.pk).exclude(kind__in=NOT_OUR_FAULT)
    failed = trial.changes.filter(source=TrialState.HANDING_OVER, target=TrialState.BOOKED)
    refused = trial.events.filter(kind__in=("intake_refused", "help_wanted", "paint_changed"))
    unasked = Offer.objects.filter(trial=trial, state__in=(OfferState.OPEN, OfferState.LAPSED))
    found = (incidents, failed, refused, unasked)
    return bool(trial.site.held_reason) or any(one.exists() for one in found)


def lateness(trial: Trial) -> timedelta:
    """How long after it was due the car came back; none for a trial that was not driven."""
    if trial.due_at is None or trial.ended_at is None:
        return timedelta(0)
    return max(timedelta(0), trial.ended_at - trial.due_at)


def proposed_minor(trial: Trial) -> int:
    """What a person is proposed to keep for lateness, in minor units, by the rules of the trial."""
    return policy_of(trial).afterwards.late_minor(late=lateness(trial), deposit_minor=trial.deposit_minor)
