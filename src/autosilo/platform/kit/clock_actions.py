"""Moving the demo clock. Never outside demo mode, never backwards."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from autosilo.platform.kit.facts import Fact, tell
from autosilo.platform.kit.models import ClockOffset
from autosilo.platform.kit.refusals import Refusal

MOST_AT_ONCE = timedelta(days=31)


@dataclass(frozen=True, kw_only=True)
class ClockAdvanced(Fact):
    """The shop's clock now runs ``offset`` ahead of real time; ``now`` is what it shows."""

    offset: timedelta
    by: timedelta
    operator: AbstractBaseUser
    now: datetime


class CannotAdvance(Refusal):
    messages = {
        "not_demo": _("The clock can be moved in demo mode only."),
        "backwards": _("The clock can only be moved forward."),
        "too_far": _("The clock can be moved by at most 31 days at a time."),
    }


@transaction.atomic
def advance(*, by: timedelta, operator: AbstractBaseUser, now: datetime) -> timedelta:
    """Move the clock forward by ``by``; returns the new offset. Sites follow, and what became due is done at once.

    Raises ``CannotAdvance(not_demo | backwards | too_far)``.
    """
    if not settings.DEMO:
        raise CannotAdvance("not_demo")
    if by <= timedelta(0):
        raise CannotAdvance("backwards")
    if by > MOST_AT_ONCE:
        raise CannotAdvance("too_far")
    ClockOffset.objects.get_or_create(id=1)
    row = ClockOffset.objects.select_for_update().get(id=1)
    row.offset_s += by.total_seconds()
    row.save(update_fields=["offset_s"])
    offset = timedelta(seconds=row.offset_s)
    tell(ClockAdvanced(offset=offset, by=by, operator=operator, now=now + by))
    return offset
