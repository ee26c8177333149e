"""Fee and deposit in words: what they are about before the shopper agrees, and how they stand afterwards."""

from dataclasses import dataclass

from django.utils import formats
from django.utils.translation import gettext as _

from autosilo.platform.journey.dues.models import Due
from autosilo.platform.journey.dues.queries import dues_of
from autosilo.platform.journey.dues.states import DueKind, Wanted
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.journey.trial.queries import policy_of
from autosilo.platform.kit.money import Money
from autosilo.platform.resources.payments.models import Payment
from autosilo.platform.resources.payments.states import PaymentState


@dataclass(frozen=True, kw_only=True)
class DueInWords:
    """``state`` is the payment's, for tests and styles; ``because`` is what a person wrote about a deposit."""

    kind: str
    title: str
    amount: str
    state: str
    text: str
    because: str


def standing(trial: Trial) -> list[DueInWords]:
    """How fee and deposit stand; nothing for a trial that costs nothing. One query."""
    return [_in_words(due) for due in dues_of(trial)] if trial.costs else []


def conditions(trial: Trial) -> list[str]:
    """What the shopper agrees to about money, in full."""
    after = policy_of(trial).afterwards
    found = []
    if trial.fee_minor:
        found.append(_("The fee of %(fee)s is charged to my card now.") % {"fee": trial.fee})
    if trial.deposit_minor:
        held = _("The deposit of %(deposit)s is held on my card and not taken. It is let go after the car is back.")
        found.append(held % {"deposit": trial.deposit})
    found.append(_("If I cancel before the car is on its way, or if the shop fails me, all of it goes back."))
    if trial.fee_minor and after.no_show_keeps_fee:
        found.append(_("If I do not come for the car, the fee is kept; a deposit is let go."))
    if trial.deposit_minor and after.late_hour_minor:
        late = _("If I bring the car back late, a person may keep %(amount)s of the deposit for each hour begun.")
        found.append(late % {"amount": Money(after.late_hour_minor, trial.cost_currency)})
    if trial.deposit_minor:
        found.append(_("Anything else is kept of the deposit only by a person, who tells me why."))
    return found


def _in_words(due: Due) -> DueInWords:
    payment = due.payment
    is_fee = due.kind == DueKind.FEE
    return DueInWords(
        kind=due.kind,
        title=_("Fee") if is_fee else _("Deposit"),
        amount=str(payment.amount),
        state=payment.state,
        text=_fee(due, payment) if is_fee else _deposit(due, payment),
        because=due.words,
    )


def _fee(due: Due, payment: Payment) -> str:
    match payment.state:
        case PaymentState.PAID if due.wanted == Wanted.BACK:
            return _("Goes back to your card.")
        case PaymentState.PAID:
            return _("Paid, receipt %(number)s.") % {"number": payment.receipt_number}
        case PaymentState.REFUNDED:
            return _("Refunded on %(day)s.") % {"day": _day(payment)}
    return _not_paid(due)


def _deposit(due: Due, payment: Payment) -> str:
    match payment.state:
        case PaymentState.AUTHORISED if due.wanted == Wanted.BACK:
            return _("Is being let go.")
        case PaymentState.AUTHORISED if due.wanted == Wanted.KEPT:
            return _("%(amount)s of it is being kept.") % {"amount": due.kept}
        case PaymentState.AUTHORISED:
            return _("Held on your card, not taken.")
        case PaymentState.PAID:
            kept = _("%(amount)s of it was kept, receipt %(number)s. The rest was let go.")
            return kept % {"amount": payment.taken, "number": payment.receipt_number}
        case PaymentState.RELEASED:
            return _("Let go on %(day)s.") % {"day": _day(payment)}
    return _not_paid(due)


def _not_paid(due: Due) -> str:
    return _("Nothing was charged.") if due.wanted == Wanted.BACK else _("Not paid yet.")


def _day(payment: Payment) -> str:
    return formats.date_format(payment.returned_at, _("j F Y")) if payment.returned_at else ""
