from datetime import datetime
from uuid import UUID

from autosilo.platform.resources.notices.models import Notice


def unsent(*, before: datetime, limit: int = 200) -> list[int]:
    """Ids of notices made before ``before`` and not sent, oldest first."""
    found = Notice.objects.filter(sent_at=None, created_at__lte=before).order_by("created_at", "id")
    return list(found.values_list("pk", flat=True)[:limit])


def about(subject: UUID) -> list[Notice]:
    """Everything that was written about one trial, oldest first."""
    return list(Notice.objects.filter(about=subject).order_by("created_at", "id"))
