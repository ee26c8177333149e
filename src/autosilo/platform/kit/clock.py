"""What time it is. Rules take ``now`` as an argument; only surfaces, tasks and feeds ask here."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from autosilo.platform.kit.models import ClockOffset


def offset() -> timedelta:
    """How far the shop's clock runs ahead: always zero outside demo mode."""
    if not settings.DEMO:
        return timedelta(0)
    seconds = ClockOffset.objects.values_list("offset_s", flat=True).first()
    return timedelta(seconds=seconds or 0)


def now() -> datetime:
    """Aware UTC."""
    return timezone.now() + offset()


def real(moment: datetime) -> datetime:
    """The real time at which the shop's clock will show ``moment`` if nobody moves it again."""
    return moment - offset()
