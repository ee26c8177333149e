"""The scheduled policies of the database, as the registry wants them: read now and then, kept in the process.

A policy is scheduled at least ``LEAST_NOTICE`` before it holds, and every process reads again within
``POLICY_RELOAD_S``: so all of them know it before the first decision under it. Withdrawing follows the same rule.
"""

import time
from datetime import timedelta

import structlog
from django.conf import settings
from django.db import DatabaseError

from autosilo.platform.journey.eligibility.models import ScheduledPolicy
from autosilo.platform.policies.files import PolicyFileError, read
from autosilo.platform.policies.policy import Policy

log = structlog.get_logger(__name__)

LEAST_NOTICE = timedelta(minutes=5)


class _Kept:
    policies: tuple[Policy, ...] = ()
    read_at: float | None = None


def policies() -> tuple[Policy, ...]:
    """Those that are not withdrawn, as read last; an unreachable database leaves what was read before."""
    if _is_old():
        _Kept.read_at = time.monotonic()
        try:
            rows = list(ScheduledPolicy.objects.filter(withdrawn_at=None).values_list("name", "version", "text"))
        except DatabaseError:
            log.exception("scheduled policies could not be read")
        else:
            _Kept.policies = tuple(policy for row in rows if (policy := _read(*row)) is not None)
    return _Kept.policies


def forget() -> None:
    """Read again at the next question."""
    _Kept.read_at = None


def keep(found: tuple[Policy, ...]) -> None:
    """Take these for what was read just now (tests)."""
    _Kept.policies, _Kept.read_at = found, time.monotonic()


def _is_old() -> bool:
    return _Kept.read_at is None or time.monotonic() - _Kept.read_at >= settings.POLICY_RELOAD_S


def _read(name: str, version: str, text: str) -> Policy | None:
    """One that an earlier release took and this one does not is left out, loudly; the version before it goes on."""
    try:
        return read(text, name=f"{name} {version}")
    except PolicyFileError as mistakes:
        log.error("a scheduled policy cannot be read", policy=f"{name} {version}", mistakes=str(mistakes))
        return None
