"""Reads of what waits for a person."""

from uuid import UUID

from autosilo.platform.resources.incidents.models import Incident


def waiting(*, site: str = "") -> list[Incident]:
    """Open incidents, oldest first; of one site when its slug is given."""
    found = Incident.objects.filter(closed_at=None).select_related("site").order_by("opened_at")
    return list(found.filter(site=site) if site else found)


def of_trial(trial: UUID) -> list[Incident]:
    return list(Incident.objects.filter(trial=trial))
