"""An operator's own policy: try it on past facts, schedule it, withdraw it before it holds."""

from datetime import datetime

import structlog
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from autosilo.platform.journey.eligibility import queries, scheduled
from autosilo.platform.journey.eligibility.models import ScheduledPolicy
from autosilo.platform.kit.refusals import Refusal
from autosilo.platform.policies import registry
from autosilo.platform.policies.files import PolicyFileError, read
from autosilo.platform.policies.policy import Policy
from autosilo.platform.policies.trying import Comparison, compare
from autosilo.platform.resources.people import audit
from autosilo.platform.resources.people.models import Person

log = structlog.get_logger(__name__)


class CannotSchedule(Refusal):
    """``detail["mistakes"]`` with ``unreadable``: one line each."""

    messages = {
        "unreadable": _("This file is not a policy that can be used."),
        "too_soon": _("A policy must be scheduled at least five minutes before it holds."),
        "version_known": _("There is a policy of this name and version already. Give it another version."),
        "date_taken": _("Another policy of this market begins at that very time."),
        "reason_missing": _("Give a reason."),
        "holds_already": _("This policy holds already, or in less than five minutes; schedule another one after it."),
        "withdrawn": _("This policy was withdrawn already."),
    }


def parse(text: str, *, name: str = "policy") -> Policy:
    """Raises ``CannotSchedule(unreadable)``."""
    try:
        return read(text, name=name)
    except PolicyFileError as mistakes:
        raise CannotSchedule("unreadable", mistakes=str(mistakes).splitlines()) from mistakes


def try_on_the_past(*, policy: Policy, since: datetime, market: str | None = None, most: int) -> Comparison:
    """What would have changed, over the newest ``most`` decisions since then, of one market or of all."""
    return compare(policy, queries.past(since=since, market=market, most=most))


def schedule(*, text: str, reason: str, by: Person, now: datetime) -> ScheduledPolicy:
    """Let this policy hold from its ``valid_from`` on. Raises ``CannotSchedule``."""
    policy = parse(text)
    if not reason.strip():
        raise CannotSchedule("reason_missing")
    if policy.valid_from < now + scheduled.LEAST_NOTICE:
        raise CannotSchedule("too_soon")
    if any(one.full_name == policy.full_name for one in registry.POLICIES):
        raise CannotSchedule("version_known")
    try:
        with transaction.atomic():
            row = ScheduledPolicy.objects.create(
                market=policy.market,
                name=policy.name,
                version=policy.version,
                valid_from=policy.valid_from,
                text=text,
                reason=reason.strip()[:300],
                added_at=now,
                added_by=by,
            )
            _record(row, "policy_scheduled", reason=reason, by=by, now=now)
    except IntegrityError as error:
        known = ScheduledPolicy.objects.filter(name=policy.name, version=policy.version).exists()
        raise CannotSchedule("version_known" if known else "date_taken") from error
    transaction.on_commit(scheduled.forget)
    log.info("policy scheduled", policy=policy.full_name, market=policy.market)
    return row


def withdraw(*, row: ScheduledPolicy, reason: str, by: Person, now: datetime) -> None:
    """Before it holds, with the same notice, so that no process decides by it any more. Raises ``CannotSchedule``."""
    if not reason.strip():
        raise CannotSchedule("reason_missing")
    if row.valid_from < now + scheduled.LEAST_NOTICE:
        raise CannotSchedule("holds_already")
    with transaction.atomic():
        if ScheduledPolicy.objects.filter(pk=row.pk, withdrawn_at=None).update(withdrawn_at=now) != 1:
            raise CannotSchedule("withdrawn")
        _record(row, "policy_withdrawn", reason=reason, by=by, now=now)
    transaction.on_commit(scheduled.forget)


def _record(row: ScheduledPolicy, action: str, *, reason: str, by: Person, now: datetime) -> None:
    detail = {"market": row.market, "valid_from": row.valid_from.isoformat(), "reason": reason.strip()}
    audit.record(actor=by, action=action, target=f"policy {row}", detail=detail, now=now)
