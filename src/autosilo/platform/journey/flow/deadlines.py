"""What happens when time is up: kind of deadline -> what to do. A job runs it, the sweeper what a job missed."""

from collections.abc import Callable
from datetime import datetime

import structlog
from django.db import transaction

from autosilo.platform.journey.booking import actions as booking
from autosilo.platform.journey.booking import offers
from autosilo.platform.journey.drive import actions as drive
from autosilo.platform.journey.dues import actions as dues
from autosilo.platform.journey.flow import instead
from autosilo.platform.journey.trial import actions as trials
from autosilo.platform.journey.trial.models import Deadline, Trial

log = structlog.get_logger(__name__)

Act = Callable[[Trial, str, datetime], object]

HANDLERS: dict[str, Act] = {
    booking.NO_SHOW: lambda trial, kind, now: booking.lapse(trial=trial, now=now),
    offers.DEADLINE: lambda trial, kind, now: instead.settle(trial, now),
    "remind_24h": lambda trial, kind, now: drive.remind(trial=trial, kind=kind, now=now),
    "remind_3h": lambda trial, kind, now: drive.remind(trial=trial, kind=kind, now=now),
    dues.RELEASE: lambda trial, kind, now: dues.release_deposit(trial=trial, now=now),
    drive.OVERDUE: lambda trial, kind, now: drive.become_overdue(trial=trial, now=now),
}


@transaction.atomic
def run(*, deadline: int, now: datetime) -> bool:
    """Do what is due, once; False when it is settled, or not due yet (a job that came early, a deadline that moved)."""
    row = Deadline.objects.filter(pk=deadline).select_related("trial").first()
    if row is None or row.done_at is not None:
        return False
    with structlog.contextvars.bound_contextvars(trial=str(row.trial_id)):
        trial = trials.lock(row.trial)
        due = Deadline.objects.select_for_update().filter(pk=deadline, done_at=None, due_at__lte=now).first()
        if due is None:
            return False
        try:
            HANDLERS[due.kind](trial, due.kind, now)
        except trials.NotYet as reason:
            log.info("deadline stands", kind=due.kind, reason=str(reason))
            return False
        Deadline.objects.filter(pk=deadline, done_at=None).update(done_at=now)
        log.info("deadline", kind=due.kind)
    return True


def due(*, now: datetime, limit: int = 200) -> list[int]:
    """Ids of deadlines that are due and not done, the longest due first."""
    return list(Deadline.objects.filter(done_at=None, due_at__lte=now).values_list("pk", flat=True)[:limit])
