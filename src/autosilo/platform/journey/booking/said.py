"""A booking as it is told to programs: the answer to a request, a row of a list, the content of a webhook."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.journey.trial.states import TrialState


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
        **costs(
            trial.pk,
            fee=trial.fee_minor,
            deposit=trial.deposit_minor,
            currency=trial.cost_currency,
            held=trial.state == TrialState.HELD,
        ),
    }


def costs(trial: UUID, *, fee: int, deposit: int, currency: str, held: bool) -> dict[str, Any]:
    """What the trial costs, in minor units, and where the shopper pays it while the car is held."""
    if not fee and not deposit:
        return {"costs": None, "pay_at": None}
    return {
        "costs": {"currency": currency, "fee_minor": fee, "deposit_minor": deposit},
        "pay_at": f"{settings.WEB_URL}/trials/{trial}/confirm" if held else None,
    }


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
