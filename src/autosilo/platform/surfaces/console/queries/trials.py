"""Lists of trials, and everything that an operator should see of one."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from autosilo.platform.journey.booking.models import Alternative, Offer, OfferState, Way
from autosilo.platform.journey.dues.models import Due
from autosilo.platform.journey.dues.queries import can_be_decided, can_be_refunded, dues_of
from autosilo.platform.journey.eligibility.models import EligibilityDecision
from autosilo.platform.journey.handover.models import Handover
from autosilo.platform.journey.purchase.models import Purchase
from autosilo.platform.journey.returns.models import CarReturn
from autosilo.platform.journey.trial.models import Deadline, Trial
from autosilo.platform.journey.trial.queries import timeline
from autosilo.platform.journey.trial.states import TrialState
from autosilo.platform.resources.incidents.models import Incident
from autosilo.platform.resources.people.models import AuditEntry


def trials(*, state: str = "", site: str = "", text: str = "") -> QuerySet[Trial]:
    """Newest first. ``text`` is looked for in e-mail, given name, plate, VIN and the beginning of the trial's id.

    A state or site that does not exist filters nothing out: the page shows what was chosen.
    """
    found = Trial.objects.select_related("person", "car_model", "paint", "car", "site")
    if state in TrialState.values:
        found = found.filter(state=state)
    if site:
        found = found.filter(site=site)
    if text:
        wanted = (
            Q(person__email__icontains=text)
            | Q(person__first_name__icontains=text)
            | Q(car__plate__icontains=text)
            | Q(car__vin__iexact=text)
        )
        found = found.filter(wanted | _by_id(text))
    return found


def _by_id(text: str) -> Q:
    try:
        return Q(id=UUID(text))
    except ValueError:
        return Q(pk__in=())


@dataclass(frozen=True, kw_only=True)
class TrialFile:
    """One trial with what is known of it."""

    trial: Trial
    timeline: list[Any]
    decision: EligibilityDecision | None
    handover: Handover | None
    car_return: CarReturn | None
    purchase: Purchase | None
    dues: list[Due]
    deposit_open: bool
    fee_open: bool
    offers: list[Offer]
    deadlines: list[Deadline]
    incidents: list[Incident]
    audit: list[AuditEntry]


def target_of(trial: Trial) -> str:
    """How the audit names a trial."""
    return f"trial {trial.pk}"


def find(trial_id: UUID) -> Trial | None:
    return Trial.objects.select_related("person", "car_model", "paint", "car", "site").filter(pk=trial_id).first()


def file_of(trial: Trial) -> TrialFile:
    """Everything about ``trial``, in a fixed number of queries."""
    dues = dues_of(trial)
    offers = offers_of(trial)
    return TrialFile(
        trial=trial,
        timeline=list(timeline(trial)),
        decision=_decision_behind(trial, offers),
        handover=Handover.objects.filter(trial=trial).first(),
        car_return=CarReturn.objects.filter(trial=trial).first(),
        purchase=Purchase.objects.select_related("payment").filter(trial=trial).first(),
        dues=dues,
        deposit_open=any(can_be_decided(due) for due in dues),
        fee_open=any(can_be_refunded(due) for due in dues),
        offers=offers,
        deadlines=list(trial.deadlines.all()),
        incidents=list(Incident.objects.filter(trial=trial.pk)),
        audit=list(AuditEntry.objects.select_related("actor").filter(target=target_of(trial))),
    )


def offers_of(trial: Trial) -> list[Offer]:
    """What was offered for cars that failed, newest first. Two queries."""
    return list(_offers().filter(trial=trial))


def open_offers() -> list[Offer]:
    """What shoppers may answer now, the soonest deadline first. Two queries."""
    found = _offers().filter(state=OfferState.OPEN, trial__state=TrialState.BOOKED)
    return list(found.select_related("trial__person", "trial__site", "trial__paint", "trial__car").order_by("until"))


def _offers() -> QuerySet[Offer]:
    choices = Alternative.objects.select_related("car_model", "paint")
    found = Offer.objects.select_related("car_model", "paint", "car", "taken")
    return found.prefetch_related(Prefetch("alternatives", choices))


def _decision_behind(trial: Trial, offers: list[Offer]) -> EligibilityDecision | None:
    """The last decision for this person and model before the booking, or before another model was chosen: the one it
    was made under."""
    chosen = [one.settled_at for one in offers if one.taken and one.taken.way == Way.MODEL and one.settled_at]
    return EligibilityDecision.objects.filter(
        person=trial.person_id, car_model=trial.car_model_id, at__lte=max([trial.created_at, *chosen])
    ).first()
