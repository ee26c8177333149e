"""What an operator or the system did, to what, and why."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Model

from autosilo.platform.resources.people.models import AuditEntry, Person


def record(
    *, actor: Person | None, action: str, target: str, detail: Mapping[str, Any] | None = None, now: datetime
) -> AuditEntry:
    """Write one entry; ``actor`` is None when the system itself acted."""
    return AuditEntry.objects.create(
        at=now, actor=actor, action=action[:80], target=target[:200], detail=dict(detail or {})
    )


def target_of(row: Model) -> str:
    """How an entry names what it is about: ``trial 7c9e…``."""
    return f"{row._meta.model_name} {row.pk}"
