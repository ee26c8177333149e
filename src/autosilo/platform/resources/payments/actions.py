"""Asking for money and learning that it came.

The row exists before the provider is asked, and only the intent stored in the row is ever paid: so a payment is taken
at most once, whatever is repeated (see ``stripe_gateway`` for why this holds without idempotency keys).
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from autosilo.meter import Part, spent
from autosilo.platform.kit.facts import tell
from autosilo.platform.kit.money import Money
from autosilo.platform.kit.providers import Socket
from autosilo.platform.kit.refusals import Refusal
from autosilo.platform.kit.states import move
from autosilo.platform.resources.payments.facts import (
    PaymentAuthorised,
    PaymentKept,
    PaymentReceived,
    PaymentReturned,
)
from autosilo.platform.resources.payments.models import Payment, PaymentChange, ReceiptCounter
from autosilo.platform.resources.payments.states import TRANSITIONS, PaymentState
from autosilo.platform.resources.payments.stripe_gateway import Intent, IntentStatus, PaymentFailure, PaymentGateway
from autosilo.platform.resources.people.marks import mark
from autosilo.platform.resources.people.models import MarkKind, Person

log = structlog.get_logger(__name__)
gateway: Socket[PaymentGateway] = Socket("payments")

TURN = timedelta(minutes=1)
"""Money goes back by one process at a time, since not every provider knows a refund again that is asked for twice at
once. Longer than the provider may take to answer (``stripe_gateway``), twice."""


class CannotPay(Refusal):
    """``detail["code"]``: the provider's own code."""

    messages = {
        "declined": _("The card was declined. Nothing was charged; please try another card."),
        "unavailable": _("The payment service does not answer. Nothing is lost; please try again in a minute."),
        "paid_already": _("This has been paid already."),
        "action_needed": _("Your bank wants you to confirm this payment."),
    }


def draw_up(*, person: Person, reference: str, amount: Money, now: datetime, hold: bool = False) -> Payment:
    """The row of a payment, not yet asked of the provider. The same ``reference`` gives the same row.

    ``hold``: the money is only authorised; see ``keep`` and ``give_back``.
    """
    payment, _made = Payment.objects.get_or_create(
        reference=reference,
        defaults={
            "person": person,
            "amount_minor": amount.minor,
            "currency": amount.currency,
            "hold": hold,
            "created_at": now,
        },
    )
    return payment


def ask(*, person: Person, reference: str, amount: Money, description: str, now: datetime) -> Payment:
    """Draw up a payment and ask the provider for an intent. Call it outside a transaction. Raises ``CannotPay``."""
    payment = draw_up(person=person, reference=reference, amount=amount, now=now)
    return ask_provider(payment=payment, description=description)


def ask_provider(*, payment: Payment, description: str) -> Payment:
    """Make sure that the row has an intent at the provider; takes no money. Raises ``CannotPay(unavailable)``."""
    payment.refresh_from_db()
    if payment.intent_id or payment.state != PaymentState.ASKED:
        return payment
    intent = _provider(
        "create_intent",
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        reference=payment.reference,
        idempotency_key=f"{payment.pk}-{payment.attempt}",
        description=description,
        hold=payment.hold,
    )
    _store_intent(payment, intent)
    return payment


def pay(*, payment: Payment, card_token: str, description: str, now: datetime) -> Payment:
    """Take or hold the money with the card behind ``card_token``, then settle. Raises ``CannotPay``.

    A declined intent is used up: the next try gets another one.
    """
    return _pay(payment, description, now, lambda intent: gateway().pay(intent, card_token=card_token))


def pay_like(*, payment: Payment, other: Payment, description: str, now: datetime) -> Payment:
    """``pay`` with the card that has secured ``other`` just now: the shopper enters it once."""
    return _pay(payment, description, now, lambda intent: gateway().pay_like(intent, other=other.intent_id))


def _pay(payment: Payment, description: str, now: datetime, way: Callable[[str], Intent]) -> Payment:
    ask_provider(payment=payment, description=description)
    if payment.state != PaymentState.ASKED:
        return payment
    try:
        with spent(Part.PROVIDER):
            intent = way(payment.intent_id)
    except PaymentFailure as failure:
        if failure.kind == "declined":
            _give_up_intent(payment)
            raise CannotPay("declined", code=failure.code) from failure
        raise _unavailable(failure) from failure
    mark(person=payment.person, kind=MarkKind.CARD, value=intent.card, now=now)  # nothing where no card is told
    if intent.status is IntentStatus.REQUIRES_ACTION:
        raise CannotPay("action_needed", client_secret=intent.client_secret)
    return settle(payment=payment, now=now)


def settle(*, payment: Payment, now: datetime) -> Payment:
    """Ask the provider how the payment stands and act on it: paid once, with a receipt number, and told once.

    Harmless to repeat, from the browser's return, a job or the sweeper. Raises ``CannotPay(unavailable)``.
    """
    payment.refresh_from_db()
    if payment.state != PaymentState.ASKED or not payment.intent_id:
        return payment
    Payment.objects.filter(pk=payment.pk).update(checked_at=now)
    intent = _provider("retrieve", payment.intent_id)
    if intent.status is IntentStatus.SUCCEEDED:
        _mark_paid(payment, now)
    elif intent.status is IntentStatus.REQUIRES_CAPTURE:
        _mark_authorised(payment, now)
    elif intent.status is IntentStatus.CANCELED or _is_used_up(intent):
        _give_up_intent(payment)
    return payment


def _is_used_up(intent: Intent) -> bool:
    """Its holder said no at their bank."""
    return intent.status is IntentStatus.REQUIRES_PAYMENT_METHOD and bool(intent.failure_code)


def give_up(*, payment: Payment, now: datetime) -> Payment:
    """Stop asking for this money: settle it if it was paid meanwhile, else cancel it. Raises ``CannotPay``."""
    settle(payment=payment, now=now)
    if payment.state == PaymentState.ASKED:
        if payment.intent_id:
            # what it holds meanwhile is let go with it; what was taken meanwhile is refused here
            _provider("cancel", payment.intent_id)
        _move(payment, PaymentState.FAILED, now=now, detail={"why": "given up"})
    return payment


def give_back(*, payment: Payment, now: datetime) -> Payment:
    """Let a hold go or refund what was taken; nothing where there is nothing (any more).

    Harmless to repeat: after a crash the provider is asked how it stands before anything is asked of it. Call it
    outside a transaction. Raises ``CannotPay(unavailable)``.
    """
    if not _takes_turn(payment, (PaymentState.AUTHORISED, PaymentState.PAID), now):
        return payment
    if payment.state == PaymentState.PAID:
        _provider("refund", payment.intent_id)
        return _mark_returned(payment, PaymentState.REFUNDED, now)
    _provider("cancel", payment.intent_id)
    return _mark_returned(payment, PaymentState.RELEASED, now)


def keep(*, payment: Payment, amount_minor: int, now: datetime) -> Payment:
    """Take ``amount_minor`` of what is held and let go of the rest.

    Where the card's bank has let the hold go by itself, nothing can be taken and the payment counts as released.
    Harmless to repeat; call it outside a transaction. Raises ``CannotPay(unavailable)``.
    """
    if not _takes_turn(payment, (PaymentState.AUTHORISED,), now):
        return payment
    if _provider("retrieve", payment.intent_id).status is IntentStatus.CANCELED:
        log.warning("a hold lapsed before it was taken", payment=str(payment.pk))
        return _mark_returned(payment, PaymentState.RELEASED, now)
    _provider("capture", payment.intent_id, amount_minor=amount_minor)
    with transaction.atomic():
        locked = Payment.objects.select_for_update().get(pk=payment.pk)
        if locked.state == PaymentState.AUTHORISED:
            number = _next_receipt(now.year)
            _move(
                payment,
                PaymentState.PAID,
                now=now,
                paid_at=now,
                receipt_number=number,
                taken_minor=amount_minor,
                busy_until=None,
            )
            tell(PaymentKept(payment=payment, now=now))
    payment.refresh_from_db()
    return payment


def _takes_turn(payment: Payment, states: tuple[PaymentState, ...], now: datetime) -> bool:
    """Compare-and-set: of several workers one acts. After a failure the next may when the turn is over."""
    mine = Payment.objects.filter(Q(busy_until=None) | Q(busy_until__lte=now), pk=payment.pk, state__in=states)
    won = mine.update(busy_until=now + TURN) == 1
    payment.refresh_from_db()
    return won


def _mark_returned(payment: Payment, to: PaymentState, now: datetime) -> Payment:
    with transaction.atomic():
        locked = Payment.objects.select_for_update().get(pk=payment.pk)
        if locked.state != to:
            _move(payment, to, now=now, returned_at=now, busy_until=None)
            tell(PaymentReturned(payment=payment, now=now))
    payment.refresh_from_db()
    log.info("money given back", payment=str(payment.pk), state=payment.state)
    return payment


def _mark_authorised(payment: Payment, now: datetime) -> None:
    with transaction.atomic():
        locked = Payment.objects.select_for_update().get(pk=payment.pk)
        if locked.state == PaymentState.ASKED:
            _move(payment, PaymentState.AUTHORISED, now=now, authorised_at=now)
            tell(PaymentAuthorised(payment=payment, now=now))
    payment.refresh_from_db()


def _mark_paid(payment: Payment, now: datetime) -> None:
    with transaction.atomic():
        locked = Payment.objects.select_for_update().get(pk=payment.pk)
        if locked.state == PaymentState.PAID:
            payment.refresh_from_db()
            return
        number = _next_receipt(now.year)
        _move(
            payment,
            PaymentState.PAID,
            now=now,
            paid_at=now,
            receipt_number=number,
            taken_minor=payment.amount_minor,
        )
        tell(PaymentReceived(payment=payment, now=now))
    log.info("payment received", payment=str(payment.pk), receipt=payment.receipt_number)


def _next_receipt(year: int) -> str:
    """Within the paying transaction: the counter's row lock makes payers wait for each other, and leaves no gap."""
    ReceiptCounter.objects.get_or_create(year=year)
    counter = ReceiptCounter.objects.select_for_update().get(year=year)
    counter.last += 1
    counter.save(update_fields=["last"])
    return f"R{year}-{counter.last:06d}"


def _give_up_intent(payment: Payment) -> None:
    """A used intent makes room for the next attempt's; compare-and-set, so that nobody else's is thrown away."""
    used = payment.intent_id
    Payment.objects.filter(pk=payment.pk, intent_id=used, state=PaymentState.ASKED).update(
        intent_id="", client_secret="", attempt=F("attempt") + 1
    )
    payment.refresh_from_db()
    _cancel_quietly(used)


def _store_intent(payment: Payment, intent: Intent) -> None:
    """Compare-and-set: of two racers one intent is kept, and the other, unpaid, is given up."""
    won = Payment.objects.filter(pk=payment.pk, intent_id="").update(
        intent_id=intent.id, client_secret=intent.client_secret
    )
    payment.refresh_from_db()
    if won != 1 and payment.intent_id != intent.id:
        _cancel_quietly(intent.id)


def _cancel_quietly(intent_id: str) -> None:
    """An unpaid intent that stays behind is harmless."""
    try:
        with spent(Part.PROVIDER):
            gateway().cancel(intent_id)
    except PaymentFailure as failure:
        log.info("an unpaid intent was left", kind=failure.kind)


def _move(
    payment: Payment, to: PaymentState, *, now: datetime, detail: dict[str, Any] | None = None, **fields: Any
) -> None:
    move(payment, to=to, table=TRANSITIONS, history=PaymentChange, now=now, by="provider", detail=detail, **fields)


def _provider(method: str, *args: Any, **kwargs: Any) -> Any:
    """An ``Intent``, of ``refund`` a ``Refunded``."""
    try:
        with spent(Part.PROVIDER):
            return getattr(gateway(), method)(*args, **kwargs)
    except PaymentFailure as failure:
        raise _unavailable(failure) from failure


def _unavailable(failure: PaymentFailure) -> CannotPay:
    log.warning("payment provider failed", kind=failure.kind, code=failure.code, permanent=failure.permanent)
    return CannotPay("unavailable", code=failure.code)
