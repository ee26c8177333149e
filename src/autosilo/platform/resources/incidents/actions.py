"""Ask for a person, and note that one came."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from autosilo.platform.kit.refusals import Refusal
from autosilo.platform.resources.incidents.models import Incident
from autosilo.platform.resources.people.models import Person
from autosilo.platform.resources.sites.models import Site

log = structlog.get_logger(__name__)


class CannotCloseIncident(Refusal):
    messages = {
        "closed_already": _("Somebody has closed this already."),
        "note_missing": _("Please say in a few words what was done."),
    }


def open_incident(
    *,
    key: str,
    kind: str,
    site: Site | None,
    trial: UUID | None,
    detail: Mapping[str, Any] | None = None,
    now: datetime,
) -> Incident:
    """Put something before a person. While an incident with this ``key`` is open, it is returned instead of another."""
    try:
        with transaction.atomic():
            incident = Incident.objects.create(
                key=key[:120], kind=kind[:40], site=site, trial=trial, detail=dict(detail or {}), opened_at=now
            )
    except IntegrityError:
        return Incident.objects.get(key=key[:120], closed_at=None)
    log.warning("incident opened", kind=kind, site=site and site.pk, trial=trial and str(trial), incident=incident.pk)
    return incident


def close_incident(*, incident: Incident, by: Person | None, note: str, now: datetime) -> Incident:
    """Done with. ``by`` is None when the cause went away by itself. Raises ``CannotCloseIncident``."""
    if not note.strip():
        raise CannotCloseIncident("note_missing")
    touched = Incident.objects.filter(pk=incident.pk, closed_at=None).update(
        closed_at=now, closed_by=by, note=note.strip()[:300]
    )
    if touched != 1:
        raise CannotCloseIncident("closed_already")
    incident.refresh_from_db()
    return incident


def close_by_key(*, key: str, note: str, now: datetime) -> bool:
    """The cause went away by itself; False when nothing was open under ``key``."""
    touched = Incident.objects.filter(key=key[:120], closed_at=None).update(closed_at=now, note=note[:300])
    return touched == 1
