"""A booking as it is told to programs: the answer to a request, a row of a list, the content of a webhook."""

from datetime import datetime
from typing import Any

from autosilo.platform.journey.trial.models import Trial


def booking(trial: Trial) -> dict[str, Any]:
    """JSON values. The trial needs its paint and car loaded."""
    return {
        "id": str(trial.pk),
        "state": str(trial.state),
        "model": trial.car_model_id,
        "paint": trial.paint.code,
        "site": trial.site_id,
        "plate": trial.car.plate,
        "slot_start": trial.slot_start.isoformat(),
        "slot_end": trial.slot_end.isoformat(),
        "collect_from": trial.collect_from.isoformat(),
        "collect_until": trial.collect_until.isoformat(),
        "hold_until": _moment(trial.hold_until),
    }


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
