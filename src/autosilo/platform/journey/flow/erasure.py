"""A person wants to be forgotten (PIPL article 47, GDPR article 17).

What nobody needs any more is deleted. What the books must keep (trials that were driven, payments) and what proves a
consent stays, under a number instead of a name.
"""

from datetime import datetime

import structlog
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from autosilo.platform.journey.dues.queries import has_open
from autosilo.platform.journey.flow.holdings import HOLDINGS, Fate, Holding
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.journey.trial.states import ACTIVE
from autosilo.platform.kit.refusals import Refusal
from autosilo.platform.resources.payments.models import Payment
from autosilo.platform.resources.payments.states import PaymentState
from autosilo.platform.resources.people import audit
from autosilo.platform.resources.people.models import MarkKind, Person
from autosilo.platform.resources.sites.actions import strike_names

log = structlog.get_logger(__name__)


class CannotErase(Refusal):
    messages = {
        "trial_active": _("You have a booking or a car. Cancel it or bring the car back first."),
        "payment_open": _("A payment is under way. Wait until it is done, or ask us."),
        "money_held": _("Your deposit is still held, or money is on its way back to you. Wait until that is done."),
        "staff": _("This account belongs to the staff. An administrator closes it."),
        "password_wrong": _("The password is not right."),
        "sign_in_again": _("Sign in once more first: this session is some time old."),
    }


@transaction.atomic
def erase(*, person: Person, password: str, fresh: bool = False, now: datetime) -> None:
    """Forget ``person``; nobody can sign in as them any more. Raises ``CannotErase``; then nothing was changed.

    Who has no password has to have signed in a moment ago instead: ``fresh``.
    """
    person = Person.objects.select_for_update().get(pk=person.pk)
    if person.is_staff or person.is_superuser:
        raise CannotErase("staff")
    if person.has_usable_password():
        if not person.check_password(password):
            raise CannotErase("password_wrong")
    elif not fresh:
        raise CannotErase("sign_in_again")
    if Trial.objects.filter(person=person, state__in=ACTIVE).exists():
        raise CannotErase("trial_active")
    if Payment.objects.filter(person=person, state=PaymentState.ASKED).exists():
        raise CannotErase("payment_open")
    if has_open(person):
        raise CannotErase("money_held")
    gone = {one.model: _delete(one, person) for one in HOLDINGS if one.fate is Fate.DELETED}
    strike_names(trials=Trial.objects.filter(person=person).values_list("pk", flat=True))
    _become_a_number(person)
    audit.record(
        actor=None,
        action="person_erased",
        target=audit.target_of(person),
        detail={name: count for name, count in gone.items() if count},
        now=now,
    )
    log.info("person erased", person=person.pk)


def _delete(holding: Holding, person: Person) -> int:
    rows = holding.rows(person)
    if holding.model == "people.Mark":
        # a digest of the licence's number stays: whoever drove with it before is still known to have
        rows = rows.exclude(kind=MarkKind.LICENCE)
    count: int = rows.count()
    rows.delete()
    return count


def _become_a_number(person: Person) -> None:
    person.email = f"forgotten-{person.pk}@invalid"
    person.first_name = person.last_name = person.phone = ""
    person.birth_date = person.last_login = None
    person.is_active = False
    person.set_unusable_password()  # and every session of theirs is over
    person.save()
