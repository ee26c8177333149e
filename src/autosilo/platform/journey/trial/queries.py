"""Reads of trials."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from autosilo.platform.journey.trial.models import Trial, TrialChange, TrialEvent
from autosilo.platform.journey.trial.states import ACTIVE, COUNTED, WITH_SHOPPER, TrialState
from autosilo.platform.kit.prepared import Given, Prepared
from autosilo.platform.policies.policy import Policy
from autosilo.platform.policies.registry import named, policy_for
from autosilo.platform.resources.people.models import Person

RELATED = ("car_model", "paint", "car", "site", "person")
_OWN = Prepared(
    lambda: (
        Trial.objects.select_related("car_model", "paint", "car", "site")
        .order_by()
        .filter(person=Given("person"), pk=Given("trial"))
    )
)
_HELD = Prepared(
    lambda: Trial.objects.only("pk").order_by().filter(person=Given("person"), state=TrialState.HELD.value)
)
_CHANGES = Prepared(lambda: TrialChange.objects.filter(subject=Given("trial")))
_EVENTS = Prepared(lambda: TrialEvent.objects.filter(trial=Given("trial")))

TITLES = {
    "held": _("Held for you"),
    "expired": _("Hold ran out"),
    "moved": _("Moved to another time"),
    "car_offered": _("Another car offered"),
    "booked": _("Booked"),
    "handing_over": _("Recognised at the kiosk"),
    "driving": _("Car handed over"),
    "overdue": _("Overdue"),
    "returning": _("Bringing the car back"),
    "returned": _("Car returned"),
    "purchased": _("Car bought"),
    "cancelled": _("Cancelled"),
    "no_show": _("Booking lapsed"),
    "back_to_booked": _("Pick-up did not succeed, try again"),
    "back_to_driving": _("Return did not succeed, try again"),
    "pass_issued": _("Pass and code issued"),
    "face_enrolled": _("Face captured, kept as a sealed template"),
    "face_withdrawn": _("Consent withdrawn, template destroyed"),
    "face_destroyed": _("Template destroyed"),
    "car_at_gate": _("Car at the gate"),
    "refused_at_kiosk": _("Refused at the kiosk"),
    "intake_refused": _("The tower could not take the car in"),
    "reminded": _("Reminder sent"),
    "contract_accepted": _("Contract accepted"),
    "payment_received": _("Payment received"),
    "car_changed": _("Another car of the same kind"),
    "paint_changed": _("Another car, in another colour"),
    "offer_made": _("The car failed: others offered"),
    "offer_taken": _("Chosen from the offer"),
    "offer_lapsed": _("Offer not answered"),
    "offer_withdrawn": _("Offer withdrawn: a car as booked is there"),
    "paint_chosen": _("Another colour, as chosen"),
    "model_chosen": _("Another model, as chosen"),
    "help_wanted": _("Asked for help"),
    "terms_accepted": _("Fee and deposit agreed"),
    "fee_paid": _("Fee paid"),
    "deposit_held": _("Deposit held on the card"),
    "fee_refunded": _("Fee refunded"),
    "deposit_released": _("Deposit released"),
    "deposit_kept": _("Part of the deposit kept"),
}


@dataclass(frozen=True, kw_only=True)
class TimelineEntry:
    """One line of a trial's story. ``kind`` is a state or an event's name; ``title`` is in the reader's language."""

    at: datetime
    kind: str
    title: str
    by: str = ""
    detail: dict[str, Any] = field(default_factory=dict)


def active_of(person: Person) -> Trial | None:
    """The one trial that this person has open, if any."""
    return Trial.objects.select_related(*RELATED).filter(person=person, state__in=sorted(ACTIVE)).first()


def held_by(person: Person) -> UUID | None:
    """The trial that is held for this person and not yet confirmed, if any."""
    found = _HELD.one(person=person.pk)
    return found.pk if found else None


def of(person: Person, trial_id: UUID) -> Trial | None:
    """One of this person's own trials; None when it is not theirs."""
    found = _OWN.one(person=person.pk, trial=trial_id)
    if found is not None:
        found.person = person
    return found


def all_of(person: Person) -> list[Trial]:
    """This person's trials, newest first."""
    return list(Trial.objects.select_related(*RELATED).filter(person=person))


def get(trial_id: UUID) -> Trial | None:
    return Trial.objects.select_related(*RELATED).filter(pk=trial_id).first()


def of_channel(channel: str, *, before: tuple[datetime, UUID] | None, limit: int) -> list[Trial]:
    """Bookings of one program, newest first, from after ``before`` on. One query."""
    found = Trial.objects.select_related(*RELATED).filter(channel=channel).exclude(channel="")
    if before is not None:
        at, pk = before
        found = found.filter(Q(created_at__lt=at) | Q(created_at=at, pk__lt=pk))
    return list(found.order_by("-created_at", "-id")[:limit])


def by_state(*, states: tuple[str, ...] = (), site: str = "") -> QuerySet[Trial]:
    """Trials with all that a list shows, newest first; every state and site when not given."""
    found = Trial.objects.select_related(*RELATED)
    if states:
        found = found.filter(state__in=states)
    return found.filter(site=site) if site else found


def is_with_shopper(trial: Trial) -> bool:
    return trial.state in WITH_SHOPPER


def tried_models(person: Person) -> set[str]:
    """Slugs of the models that this person has driven or is about to."""
    return set(Trial.objects.filter(person=person, state__in=sorted(COUNTED)).values_list("car_model", flat=True))


def policy_of(trial: Trial) -> Policy:
    """The rules under which the trial was made."""
    return named(trial.policy) or policy_for(trial.site.market, trial.created_at)


def length_of(trial: Trial) -> timedelta:
    """How long the trial lasts from the hand-over, by the rules under which it was made."""
    return policy_of(trial).trial_length


def timeline(trial: Trial) -> list[TimelineEntry]:
    """What happened, oldest first. Two queries."""
    rows = _CHANGES.every(trial=trial.pk)
    first = rows[0].source if rows else trial.state
    kind = "held" if first == TrialState.HELD else "booked"
    begun = TimelineEntry(at=trial.created_at, kind=kind, title=str(TITLES[kind]), by="shopper")
    changes = [
        TimelineEntry(
            at=change.at,
            kind=change.target,
            title=_title(change.source, change.target),
            by=change.by,
            detail=change.detail,
        )
        for change in rows
    ]
    events = [
        TimelineEntry(at=event.at, kind=event.kind, title=str(TITLES.get(event.kind, event.kind)), detail=event.detail)
        for event in _EVENTS.every(trial=trial.pk)
    ]
    confirmed = [entry for entry, row in zip(changes, rows, strict=True) if row.source == TrialState.HELD]
    later = [entry for entry, row in zip(changes, rows, strict=True) if row.source != TrialState.HELD]
    # an event leads to the change; the confirmation leads to events, unless a payment led to it
    told = [*events, *confirmed] if trial.settled_at else [*confirmed, *events]
    return sorted([begun, *told, *later], key=lambda entry: entry.at)


def _title(source: str, target: str) -> str:
    if target == TrialState.BOOKED and source != TrialState.HELD:
        return str(TITLES["back_to_booked"])
    if source == TrialState.RETURNING and target in (TrialState.DRIVING, TrialState.OVERDUE):
        return str(TITLES["back_to_driving"])
    return str(TITLES[target])
