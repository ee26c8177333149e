"""What operators change. Each change and its audit entry are written together or not at all."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from autosilo.platform.journey.booking import actions as booking
from autosilo.platform.journey.dues import actions as dues
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.kit import clock_actions
from autosilo.platform.kit.refusals import Refusal
from autosilo.platform.resources.incidents import actions as incidents
from autosilo.platform.resources.incidents.models import Incident
from autosilo.platform.resources.people import audit
from autosilo.platform.resources.people.models import Person
from autosilo.platform.resources.sites.models import Site
from autosilo.platform.resources.towers import actions as towers
from autosilo.platform.surfaces.console.queries.trials import target_of
from autosilo.wire.bus import ResolveHold


class CannotResolve(Refusal):
    messages = {"not_held": _("This tower is not held.")}


@transaction.atomic
def resolve_hold(*, site: Site, by: Person, note: str, now: datetime) -> None:
    """Tell a held tower to go on. Its incident is closed when the site says that it was released.

    Raises ``CannotResolve``.
    """
    site = Site.objects.select_for_update().get(pk=site.pk)
    if not site.held_reason:
        raise CannotResolve("not_held")
    detail = {"held": site.held_reason, "note": note}
    towers.give(site=site, order=ResolveHold(operator=towers.operator_name(by)), by=by, detail=detail, now=now)
    audit.record(actor=by, action="hold_resolved", target=f"site {site.pk}", detail=detail, now=now)


@transaction.atomic
def cancel_trial(*, trial: Trial, by: Person, reason: str, now: datetime) -> None:
    """Raises ``booking.CannotCancel``."""
    booking.cancel(trial=trial, by=by, now=now)
    audit.record(actor=by, action="trial_cancelled", target=target_of(trial), detail={"reason": reason}, now=now)


@transaction.atomic
def decide_deposit(*, trial: Trial, keep_minor: int, reason: str, by: Person, now: datetime) -> None:
    """Keep a part of a trial's deposit, or with 0 release it. Raises ``dues.CannotDecide``."""
    due = dues.decide_deposit(trial=trial, keep_minor=keep_minor, words=reason, by=by, now=now)
    detail = {"reason": reason, "kept": str(due.kept), "deposit": str(due.payment.amount)}
    audit.record(actor=by, action="deposit_decided", target=target_of(trial), detail=detail, now=now)


@transaction.atomic
def refund_fee(*, trial: Trial, reason: str, by: Person, now: datetime) -> None:
    """Give the fee of a trial back. Raises ``dues.CannotDecide``."""
    due = dues.refund_fee(trial=trial, words=reason, by=by, now=now)
    detail = {"reason": reason, "fee": str(due.payment.amount)}
    audit.record(actor=by, action="fee_refunded", target=target_of(trial), detail=detail, now=now)


@transaction.atomic
def close_incident(*, incident: Incident, by: Person, note: str, now: datetime) -> None:
    """Raises what ``incidents.close_incident`` raises."""
    incidents.close_incident(incident=incident, by=by, note=note, now=now)
    detail = {"kind": incident.kind, "note": note}
    audit.record(actor=by, action="incident_closed", target=f"incident {incident.pk}", detail=detail, now=now)


@transaction.atomic
def move_clock(*, by: Person, forward: timedelta, now: datetime) -> None:
    """Raises ``clock_actions.CannotAdvance``."""
    clock_actions.advance(by=forward, operator=by, now=now)
    detail = {"hours": round(forward.total_seconds() / 3600, 2)}
    audit.record(actor=by, action="clock_moved", target="clock", detail=detail, now=now + forward)


def show_contact(*, trial: Trial, by: Person, now: datetime) -> None:
    """Write down that an operator looked at a shopper's address and number."""
    audit.record(actor=by, action="contact_shown", target=target_of(trial), detail={}, now=now)
