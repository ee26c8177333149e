"""Charge the fee, hold the deposit, and give back or keep them afterwards.

Two transactions, never one: what shall become of the money is written with whatever decides it (``Due.wanted``, on the
trial's locked row); the provider is asked afterwards, by a job and by the sweeper, until it has done it. So a crash at
any step loses nothing, and a repeat changes nothing. What secures the last due confirms the booking in the same
transaction; when the hold has run out by then, everything goes back.
"""

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from autosilo.platform.journey.booking import actions as booking
from autosilo.platform.journey.dues import queries
from autosilo.platform.journey.dues.models import Due
from autosilo.platform.journey.dues.states import CAME_BACK, DueKind, Wanted, Why
from autosilo.platform.journey.trial import actions as trials
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.journey.trial.queries import policy_of
from autosilo.platform.journey.trial.states import TrialState
from autosilo.platform.kit import jobs
from autosilo.platform.kit.money import Money
from autosilo.platform.kit.refusals import Refusal
from autosilo.platform.resources.incidents.actions import close_by_key, open_incident
from autosilo.platform.resources.payments import actions as payments
from autosilo.platform.resources.payments.actions import CannotPay as CannotPay
from autosilo.platform.resources.payments.models import Payment
from autosilo.platform.resources.payments.states import PaymentState
from autosilo.platform.resources.people.models import Person

log = structlog.get_logger(__name__)

CARRY_OUT = "autosilo.carry_out_dues"
RELEASE = "release_deposit"
"""The deadline at which a deposit that nobody decided about is released."""
DECIDE_WITHIN = timedelta(days=3)
"""So long a person has to keep a part of the deposit of a car that came late."""
STUCK_AFTER = timedelta(hours=1)
"""Money that has not moved by then is put before a person; it is tried on all the same."""


class CannotSettle(Refusal):
    messages = {
        "expired": _(
            "The time ran out, and the car is free for others again. Whatever was paid goes back to your card."
        ),
        "over": _("This trial is over. Whatever was paid goes back to your card."),
        "nothing_due": _("Nothing is to be paid for this trial."),
        "not_agreed": _("Please agree to the terms first."),
    }


class CannotDecide(Refusal):
    messages = {
        "not_held": _("No deposit of this trial is held, or it was decided already."),
        "not_paid": _("No fee of this trial is paid, or it goes back already."),
        "too_much": _("More than the deposit cannot be kept."),
        "nothing": _("Say how much is kept; to keep nothing, release it."),
    }


# --- before the booking ---


@transaction.atomic
def agree(*, trial: Trial, now: datetime) -> list[Due]:
    """The shopper has agreed to the terms: the rows of what is due, before any provider is asked.

    Agreeing again changes nothing. Raises ``CannotSettle``.
    """
    trial = trials.lock(trial)
    _refuse_unless_held(trial, now)
    if not trial.costs:
        raise CannotSettle("nothing_due")
    if not queries.dues_of(trial):
        amounts = {DueKind.DEPOSIT: trial.deposit, DueKind.FEE: trial.fee}
        for kind, amount in amounts.items():
            if amount.minor:
                _draw_up(trial, kind, amount, now)
        trials.note(trial, kind="terms_accepted", now=now, fee=str(trial.fee), deposit=str(trial.deposit))
    return queries.dues_of(trial)


def _draw_up(trial: Trial, kind: DueKind, amount: Money, now: datetime) -> None:
    payment = payments.draw_up(
        person=trial.person,
        reference=f"{kind.value}:{trial.pk}",
        amount=amount,
        hold=kind is DueKind.DEPOSIT,
        now=now,
    )
    Due.objects.create(trial=trial, kind=kind, payment=payment)


def secure(*, trial: Trial, card_token: str = "", now: datetime) -> bool:
    """Hold the deposit and charge the fee with the card behind ``card_token``; the trial is booked when this is true.

    Without a token: look how they stand, and go on with the card that was entered before (the holder was asked by their
    bank in between). Call it outside a transaction. Raises ``CannotSettle`` and ``CannotPay``.
    """
    found = Trial.objects.select_related("car_model", "car").get(pk=trial.pk)
    if found.settled_at is not None:
        return True
    _refuse_unless_held(found, now)
    dues = queries.dues_of(found)
    if not dues:
        raise CannotSettle("not_agreed")
    _secure_each(found, [due.payment for due in dues], card_token, now)
    found.refresh_from_db()
    if found.settled_at is None and found.state != TrialState.HELD:
        raise CannotSettle("expired")
    return found.settled_at is not None


def _secure_each(trial: Trial, open_ones: list[Payment], card_token: str, now: datetime) -> None:
    """One after another, so that no fee is charged while the deposit is not held. A token pays once; what follows is
    paid with the same card."""
    words, before, fresh = describe(trial), None, False
    for payment in open_ones:
        payments.settle(payment=payment, now=now)
        if not payment.is_secured:
            if card_token and not fresh:
                payments.pay(payment=payment, card_token=card_token, description=words, now=now)
                fresh = True
            elif payment.attempt > 1 and not fresh:
                raise CannotPay("declined", code="")
            elif before is not None:
                payments.pay_like(payment=payment, other=before, description=words, now=now)
        if not payment.is_secured:
            return
        before = payment


def _refuse_unless_held(trial: Trial, now: datetime) -> None:
    if trial.state != TrialState.HELD:
        raise CannotSettle("expired" if trial.state == TrialState.EXPIRED else "over")
    if trial.hold_until is not None and trial.hold_until <= now:
        raise CannotSettle("expired")


def describe(trial: Trial) -> str:
    """What the provider shows for the payments."""
    return f"{trial.car_model}, trial {trial.pk}"


def secured(*, payment: Payment, now: datetime) -> None:
    """The money of a due is here, or held; in the payment's transaction. The last one confirms the booking; one that
    comes too late goes back."""
    due = queries.of_payment(payment)
    if due is None:
        return
    trial = trials.lock(due.trial)
    kind = "deposit_held" if due.kind == DueKind.DEPOSIT else "fee_paid"
    trials.note(trial, kind=kind, now=now, amount=str(payment.amount))
    if trial.state == TrialState.HELD and trial.hold_until is not None and trial.hold_until <= now:
        booking.expire(trial=trial.pk, now=now)
    elif trial.state == TrialState.HELD:
        if all(one.payment.is_secured for one in queries.dues_of(trial)):
            booking.confirm(trial=trial, now=now, settled=True)
    elif trial.settled_at is None:
        want_back(trial=trial, why=Why.LAPSED, now=now)


# --- what shall become of it; on the trial's locked row ---


def want_back(*, trial: Trial, why: Why, now: datetime, kinds: tuple[DueKind, ...] = tuple(DueKind)) -> int:
    """What is not decided yet of these goes back, paid or not. Returns how many."""
    return _decide(trial, kinds, wanted=Wanted.BACK, why=why, now=now)


def after_no_show(*, trial: Trial, now: datetime) -> None:
    """The deposit goes back. The fee does if it was our fault, or if the market's rules say so."""
    ours = queries.is_our_fault(trial)
    if ours or not policy_of(trial).afterwards.no_show_keeps_fee:
        want_back(trial=trial, why=Why.OUR_FAULT if ours else Why.NO_SHOW, now=now)
    else:
        _keep_fee(trial, Why.NO_SHOW, now)
        want_back(trial=trial, why=Why.NO_SHOW, now=now, kinds=(DueKind.DEPOSIT,))


def after_return(*, trial: Trial, now: datetime) -> None:
    """The fee is earned. The deposit is released when the time to look at the car is over; one of a car that came late
    waits longer, for a person, unless it was our fault."""
    _keep_fee(trial, Why.RETURNED, now)
    deposit = queries.deposit_of(trial)
    if deposit is None or deposit.wanted != Wanted.UNDECIDED:
        return
    wait = policy_of(trial).afterwards.inspect
    proposed = queries.proposed_minor(trial)
    if proposed and not queries.is_our_fault(trial):
        wait = max(wait, DECIDE_WITHIN)
        open_incident(
            key=decide_key(trial),
            kind="deposit_to_decide",
            site=trial.site,
            trial=trial.pk,
            detail={"proposed": str(Money(proposed, trial.cost_currency)), "deposit": str(trial.deposit)},
            now=now,
        )
    if wait:
        trials.set_deadline(trial, kind=RELEASE, due_at=now + wait)
    else:
        want_back(trial=trial, why=Why.RETURNED, now=now, kinds=(DueKind.DEPOSIT,))


def release_deposit(*, trial: Trial, now: datetime) -> bool:
    """Nobody kept any of it in time; False when it was decided before."""
    close_by_key(key=decide_key(trial), note="nobody decided in time: released", now=now)
    return bool(want_back(trial=trial, why=Why.RETURNED, now=now, kinds=(DueKind.DEPOSIT,)))


@transaction.atomic
def decide_deposit(*, trial: Trial, keep_minor: int, words: str, by: Person, now: datetime) -> Due:
    """A person keeps ``keep_minor`` of the deposit and lets the rest go, or with 0 releases all of it.

    ``words``: why, for the shopper to read. Raises ``CannotDecide``.
    """
    trial = trials.lock(trial)
    due = queries.deposit_of(trial)
    if due is None or not queries.can_be_decided(due):
        raise CannotDecide("not_held")
    if keep_minor > due.payment.amount_minor:
        raise CannotDecide("too_much")
    wanted = Wanted.KEPT if keep_minor else Wanted.BACK
    kinds = (DueKind.DEPOSIT,)
    _decide(trial, kinds, wanted=wanted, why=Why.OPERATOR, words=words, kept=keep_minor, by=by, now=now)
    trials.settle_deadlines(trial, kinds=[RELEASE], now=now)
    close_by_key(key=decide_key(trial), note="decided by a person", now=now)
    due.refresh_from_db()
    return due


@transaction.atomic
def refund_fee(*, trial: Trial, words: str, by: Person, now: datetime) -> Due:
    """A person gives the fee back, kept already or not: keeping one asks nothing of the provider, so nothing can meet.

    ``words``: why, for the shopper to read. Raises ``CannotDecide``.
    """
    trial = trials.lock(trial)
    due = queries.fee_of(trial)
    if due is None or not queries.can_be_refunded(due):
        raise CannotDecide("not_paid")
    Due.objects.filter(pk=due.pk).update(
        wanted=Wanted.BACK,
        why=Why.OPERATOR,
        words=words,
        kept_minor=0,
        decided_by=by,
        wanted_at=now,
        done_at=None,
    )
    jobs.defer(CARRY_OUT, trial=str(trial.pk))
    due.refresh_from_db()
    return due


def _keep_fee(trial: Trial, why: Why, now: datetime) -> None:
    _decide(trial, (DueKind.FEE,), wanted=Wanted.KEPT, why=why, kept=trial.fee_minor, now=now)


def _decide(
    trial: Trial,
    kinds: tuple[DueKind, ...],
    *,
    wanted: Wanted,
    why: Why,
    now: datetime,
    words: str = "",
    kept: int = 0,
    by: Person | None = None,
) -> int:
    """Compare-and-set: what was decided stays decided."""
    open_ones = Due.objects.filter(trial=trial, kind__in=kinds, wanted=Wanted.UNDECIDED)
    touched = open_ones.update(wanted=wanted, why=why, words=words, kept_minor=kept, decided_by=by, wanted_at=now)
    if touched:
        jobs.defer(CARRY_OUT, trial=str(trial.pk))
    return touched


# --- doing it ---


def carry_out(*, due: Due, now: datetime) -> bool:
    """Do with the money what was decided; True when it is done. Harmless to repeat; call it outside a transaction.

    Raises ``CannotPay`` when the provider does not do it now; after ``STUCK_AFTER`` a person is told, too.
    """
    if due.wanted == Wanted.UNDECIDED or due.done_at is not None:
        return False
    try:
        _move_money(due, now)
    except CannotPay:
        _say_if_stuck(due, now)
        raise
    if due.payment.state not in _ends(due):
        return False
    close_by_key(key=stuck_key(due), note="the money moved", now=now)
    return Due.objects.filter(pk=due.pk, wanted=due.wanted, done_at=None).update(done_at=now) == 1


def _move_money(due: Due, now: datetime) -> None:
    payment = due.payment
    payment.refresh_from_db()
    if payment.state == PaymentState.ASKED:
        payments.give_up(payment=payment, now=now)
    if due.wanted == Wanted.BACK:
        payments.give_back(payment=payment, now=now)
    elif payment.state == PaymentState.AUTHORISED:
        payments.keep(payment=payment, amount_minor=due.kept_minor, now=now)


def _ends(due: Due) -> tuple[PaymentState, ...]:
    back = (PaymentState.REFUNDED, PaymentState.RELEASED, PaymentState.FAILED)
    return back if due.wanted == Wanted.BACK else (PaymentState.PAID, PaymentState.RELEASED)


def _say_if_stuck(due: Due, now: datetime) -> None:
    if due.wanted_at is not None and now - due.wanted_at >= STUCK_AFTER:
        detail = {"payment": str(due.payment_id), "kind": due.kind, "wanted": due.wanted}
        open_incident(
            key=stuck_key(due), kind="money_stuck", site=due.trial.site, trial=due.trial_id, detail=detail, now=now
        )


def note_returned(*, payment: Payment, now: datetime) -> Due | None:
    """A line in the trial's story; in the payment's transaction. None when it was not a due's."""
    due = queries.of_payment(payment)
    if due is not None:
        trials.note(due.trial, kind=CAME_BACK[due.kind], now=now, amount=str(payment.amount))
    return due


def note_kept(*, payment: Payment, now: datetime) -> Due | None:
    """As ``note_returned``, of a deposit of which something was kept."""
    due = queries.of_payment(payment)
    if due is not None:
        trials.note(due.trial, kind="deposit_kept", now=now, amount=str(payment.taken), receipt=payment.receipt_number)
    return due


def decide_key(trial: Trial) -> str:
    return f"deposit:{trial.pk}"


def stuck_key(due: Due) -> str:
    return f"money_stuck:{due.pk}"
