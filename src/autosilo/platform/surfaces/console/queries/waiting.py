"""What waits for a person, the most urgent first."""

from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet

from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.resources.incidents.models import Incident
from autosilo.platform.resources.towers.models import StaffOrder
from autosilo.platform.surfaces.console.queries.books import refused_holds

HELD = "tower_held"
WALK = "reconciliation"
HELP_WANTED = "help_wanted"
CLOSED_SHOWN = 30


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """An incident beside its trial, where it has one that still exists."""

    incident: Incident
    trial: Trial | None
    refused: StaffOrder | None = None
    """Of a held tower: the order to go on that the site refused last."""

    @property
    def is_hold(self) -> bool:
        return self.incident.kind == HELD and self.incident.closed_at is None

    @property
    def is_walk(self) -> bool:
        return self.incident.kind == WALK and self.incident.site is not None and "lift" in self.incident.detail

    @property
    def is_call(self) -> bool:
        """Somebody stands at a kiosk, and may let themselves be seen."""
        reasons = ("asked", "locked_out", "camera_dead")
        asked = self.incident.kind == HELP_WANTED and self.incident.detail.get("reason") in reasons
        return asked and self.incident.site is not None

    @property
    def facts(self) -> dict[str, Any]:
        """The incident's details, without what its title says already."""
        said = {"reason"} if self.incident.kind == HELP_WANTED else set()
        return {key: value for key, value in self.incident.detail.items() if key not in said}


def waiting() -> list[Waiting]:
    """Open incidents: held towers first, then the longest waiting."""
    rows = _with_trials(_incidents().filter(closed_at=None).order_by("opened_at"))
    refused = refused_holds()
    rows = [replace(row, refused=refused.get(row.incident.site_id or "")) if row.is_hold else row for row in rows]
    return sorted(rows, key=lambda row: not row.is_hold)


def lately_closed() -> list[Waiting]:
    return _with_trials(_incidents().exclude(closed_at=None).order_by("-closed_at")[:CLOSED_SHOWN])


def find(incident_id: int) -> Incident | None:
    return _incidents().filter(pk=incident_id).first()


def _incidents() -> QuerySet[Incident]:
    return Incident.objects.select_related("site", "closed_by")


def _with_trials(incidents: QuerySet[Incident]) -> list[Waiting]:
    rows = list(incidents)
    wanted = {row.trial for row in rows if row.trial}
    trials = Trial.objects.select_related("person", "car").in_bulk(wanted) if wanted else {}
    return [Waiting(incident=row, trial=trials.get(row.trial) if row.trial else None) for row in rows]
