"""Another pick-up time, unless a car that comes back would find no bay then: a car keeps its bay until it is fetched.

Here and not in booking, since bays are counted one step later in the story.
"""

from datetime import datetime

from django.db import transaction

from autosilo.platform.journey.booking import actions as booking
from autosilo.platform.journey.booking.refusals import CannotMoveSlot
from autosilo.platform.journey.returns.room import rooms_for_returns
from autosilo.platform.journey.trial.models import Trial


@transaction.atomic
def move(*, trial: Trial, slot_start: datetime, now: datetime) -> Trial:
    """As ``booking.move``. Raises ``CannotMoveSlot`` with ``no_bay``, too; then the booking stands as it is.

    Only another car's return counts, and only one that had a bay before: a shortage that was there refuses nobody.
    """
    site = trial.site
    before = rooms_for_returns([site], now=now)[site.pk]
    moved = booking.move(trial=trial, slot_start=slot_start, now=now)
    after = rooms_for_returns([site], now=now)[site.pk]
    if after.without - before.without - {moved.car_id}:
        raise CannotMoveSlot("no_bay")
    return moved
