"""The verbs that every step shares: change the state, note an event, set and settle deadlines."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import structlog

from autosilo.platform.journey.trial.models import Deadline, Trial, TrialChange, TrialEvent
from autosilo.platform.journey.trial.states import TRANSITIONS
from autosilo.platform.kit import clock, jobs
from autosilo.platform.kit.prepared import Given, Prepared
from autosilo.platform.kit.states import move

log = structlog.get_logger(__name__)

_LOCKED = Prepared(
    lambda: (
        Trial.objects.select_for_update(of=("self",))
        .select_related("car_model", "paint", "car", "site", "person")
        .order_by()
        .filter(pk=Given("trial"))
    ),
    locks=True,
)
RUN_DEADLINE = "autosilo.run_deadline"


class MakesNoSense(Exception):
    """A site's fact that cannot be true of this trial as the platform knows it: a person must look."""


class NotYet(Exception):
    """A deadline has come, but it cannot be acted on now: it stands, and is tried again."""


def change(
    trial: Trial,
    *,
    to: str,
    now: datetime,
    by: str,
    detail: dict[str, Any] | None = None,
    locked: bool = False,
    **fields: Any,
) -> None:
    """Compare-and-set of the state, with a history row; ``locked``: as ``lock`` has just given the trial. Raises
    ``kit.states.CannotMove``; then nothing was written."""
    source = trial.state
    move(trial, to=to, table=TRANSITIONS, history=TrialChange, now=now, by=by, detail=detail, locked=locked, **fields)
    log.info("trial changed", trial=str(trial.pk), source=source, target=to, by=by)


def note(trial: Trial, *, kind: str, now: datetime, **detail: Any) -> None:
    """Add a line to the timeline. ``detail`` holds JSON values, never an image, a score or a secret."""
    TrialEvent.objects.create(trial=trial, kind=kind, at=now, detail=detail)


def lock(trial: Trial) -> Trial:
    """The trial as the database has it now, its row locked until the transaction ends."""
    found = _LOCKED.one(trial=trial.pk)
    if found is None:
        raise Trial.DoesNotExist
    return found


def set_deadline(trial: Trial, *, kind: str, due_at: datetime) -> Deadline:
    """What happens at ``due_at`` (the shop's clock) unless it is settled before. Setting it again moves it."""
    deadline, _made = Deadline.objects.update_or_create(
        trial=trial, kind=kind, defaults={"due_at": due_at, "done_at": None}
    )
    jobs.defer(RUN_DEADLINE, at=clock.real(due_at), deadline=deadline.pk)
    return deadline


def settle_deadlines(trial: Trial, *, kinds: Iterable[str] | None = None, now: datetime) -> None:
    """These deadlines (all when None) have lost their purpose."""
    pending = Deadline.objects.filter(trial=trial, done_at=None)
    if kinds is not None:
        pending = pending.filter(kind__in=list(kinds))
    pending.update(done_at=now)
