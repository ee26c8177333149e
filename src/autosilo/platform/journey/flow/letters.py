"""What a notice about a trial says: the facts, in the words and the time zone of the reader."""

from datetime import datetime, timedelta
from uuid import uuid5

from django.conf import settings
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from autosilo.platform.journey.dues.queries import dues_of
from autosilo.platform.journey.dues.states import DueKind
from autosilo.platform.journey.purchase.queries import purchase_of
from autosilo.platform.journey.returns.queries import return_of
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.journey.trial.queries import length_of
from autosilo.platform.resources.catalogue.models import Paint
from autosilo.platform.resources.notices.actions import notify
from autosilo.platform.resources.sites.queries import address_of, name_of, zone_of

NOT_KNOWN = "–"
HOUR = timedelta(hours=1)


def write(*, trial: Trial, kind: str, now: datetime, again: str = "") -> None:
    """One notice of this kind about this trial, to its shopper; with ``again``, one for each such occasion."""
    about = uuid5(trial.pk, again) if again else trial.pk
    with override(trial.person.language):
        notify(person=trial.person, kind=kind, about=about, context=context(trial), now=now)


def context(trial: Trial) -> dict[str, str]:
    """Every value that any text may name, in the active language."""
    language = get_language() or "en"
    values = {
        "given_name": trial.person.first_name,
        "model": str(trial.car_model),
        "paint": _paint(trial.paint, language),
        "plate": trial.car.plate,
        "vin": trial.car.vin,
        "site": name_of(trial.site, language),
        "address": address_of(trial.site, language),
        "slot": _local(trial, trial.slot_start),
        "due": _local(trial, trial.due_at),
        "hours": f"{length_of(trial) / HOUR:.0f}",
        "link": f"{settings.WEB_URL}/trials/{trial.pk}",
    }
    return values | _return(trial) | _purchase(trial) | _dues(trial) | _offer(trial, language)


def _return(trial: Trial) -> dict[str, str]:
    row = return_of(trial)
    return {
        "odometer": _number(row.odometer_km if row else None, "{:,.0f} km"),
        "charge": _number(row.charge if row else None, "{:.0%}"),
        "driven": _number(row.driven_km if row else None, "{:,.0f} km"),
    }


def _purchase(trial: Trial) -> dict[str, str]:
    row = purchase_of(trial)
    return {
        "amount": str(row.payment.amount) if row else NOT_KNOWN,
        "receipt": row.payment.receipt_number if row else NOT_KNOWN,
    }


def _dues(trial: Trial) -> dict[str, str]:
    """Of a trial that costs something; a letter names only what there is."""
    rows = {due.kind: due for due in dues_of(trial)} if trial.costs else {}
    deposit, fee = rows.get(DueKind.DEPOSIT), rows.get(DueKind.FEE)
    return {
        "fee": str(trial.fee) if fee else _("none"),
        "fee_receipt": fee.payment.receipt_number if fee else NOT_KNOWN,
        "deposit": str(trial.deposit) if deposit else _("none"),
        "deposit_receipt": deposit.payment.receipt_number if deposit else NOT_KNOWN,
        "kept": str(deposit.payment.taken) if deposit else NOT_KNOWN,
        "kept_because": deposit.words if deposit else NOT_KNOWN,
    }


def _offer(trial: Trial, language: str) -> dict[str, str]:
    """What was offered last for a car that failed: a line for each choice."""
    offer = trial.offers.select_related("paint").first()
    choices = offer.alternatives.select_related("car_model", "paint") if offer else ()
    return {
        "booked_paint": _paint(offer.paint, language) if offer else NOT_KNOWN,
        "until": _local(trial, offer.until if offer else None),
        "choices": "\n".join(
            f"- {_paint(one.paint, language)} {one.car_model}, {_local(trial, one.slot_start)}" for one in choices
        ),
    }


def _paint(paint: Paint, language: str) -> str:
    return paint.name_zh if language.startswith("zh") else paint.name_en


def _number(value: float | None, form: str) -> str:
    return NOT_KNOWN if value is None else form.format(value)


def _local(trial: Trial, moment: datetime | None) -> str:
    return NOT_KNOWN if moment is None else f"{moment.astimezone(zone_of(trial.site)):%Y-%m-%d %H:%M}"
