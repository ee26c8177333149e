"""What a site says -> what is done. Each fact once, in any order, and none is lost.

A duplicate changes nothing. What cannot be understood or cannot be true becomes an incident, so that it neither blocks
what is behind it nor disappears. Only a fault of ours (a bug, a database that is away) is raised, to be tried again.
"""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import structlog
from django.db import IntegrityError, transaction
from pydantic import ValidationError

from autosilo.platform.journey.flow import site_log
from autosilo.platform.journey.flow.instead import find_other_cars
from autosilo.platform.journey.handover import actions as handover
from autosilo.platform.journey.returns import actions as returns
from autosilo.platform.journey.returns import transfers
from autosilo.platform.journey.trial import actions as trials
from autosilo.platform.journey.trial.actions import MakesNoSense
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.kit.states import CannotMove
from autosilo.platform.resources.fleet.actions import take_out_of_service
from autosilo.platform.resources.fleet.models import Car
from autosilo.platform.resources.incidents.actions import close_by_key, open_incident
from autosilo.platform.resources.sites import actions as sites
from autosilo.platform.resources.sites.models import SeenFact, Site
from autosilo.platform.resources.towers import actions as towers
from autosilo.platform.resources.towers.models import Walk
from autosilo.wire import books, bus
from autosilo.wire.accesses import AccessesLogged
from autosilo.wire.bus import Fact, fact_adapter
from autosilo.wire.wait import WaitsReported

log = structlog.get_logger(__name__)


class Outcome(StrEnum):
    """What became of a message."""

    DONE = "done"
    DUPLICATE = "duplicate"
    PUT_BEFORE_A_PERSON = "put_before_a_person"


def receive(*, site_slug: str, body: bytes, now: datetime) -> Outcome:
    """Act on one message of the stream of facts. May be acknowledged whenever this returns."""
    site = Site.objects.filter(pk=site_slug).first()
    try:
        fact = fact_adapter.validate_json(body)
    except ValidationError as error:
        return _unreadable(site_slug, site, error, now)
    if site is None:
        return _incident("unknown_site", None, fact, {"site": site_slug}, now)
    return apply(site=site, fact=fact, now=now)


@transaction.atomic
def apply(*, site: Site, fact: Fact, now: datetime) -> Outcome:
    """Act on a fact of ``site``, in one transaction with the note that it was seen."""
    trial_id: UUID | None = getattr(fact, "trial", None)
    with structlog.contextvars.bound_contextvars(trial=trial_id and str(trial_id), msg=str(fact.id), site=site.pk):
        sites.heard(site=site, said_at=fact.at, now=now)
        if not _first_time(site, fact, now):
            return Outcome.DUPLICATE
        try:
            with transaction.atomic():
                HANDLERS[fact.kind](site, fact, now)
        except (MakesNoSense, CannotMove) as error:
            detail = {"why": str(error)} | _keep_from_booking(site, fact, now)
            return _incident("fact_makes_no_sense", site, fact, detail, now)
        log.info("fact", kind=fact.kind)
        return Outcome.DONE


def _first_time(site: Site, fact: Fact, now: datetime) -> bool:
    """Reports of inventory, books and waits come by the minute and replace one another: they are not remembered one by
    one."""
    if isinstance(fact, bus.InventoryReported | books.TowerBooks | WaitsReported):
        return True
    try:
        with transaction.atomic():
            SeenFact.objects.create(
                id=fact.id, site=site, kind=fact.kind, payload=fact.model_dump(mode="json"), seen_at=now
            )
    except IntegrityError:
        return False
    return True


def _keep_from_booking(site: Site, fact: Fact, now: datetime) -> dict[str, str]:
    """A car of this site that is out against our books (called off while the site was cut off, say) is booked by nobody
    until a person has looked and returned it to service."""
    if isinstance(fact, bus.CarHandedOver) and take_out_of_service(vin=fact.vin, site=site):
        find_other_cars(Car.objects.get(pk=fact.vin), kind="car_failed", now=now)
        return {"out_of_service": fact.vin}
    return {}


def _trial(site: Site, trial_id: UUID) -> Trial:
    """The trial, locked. Raises ``MakesNoSense`` when there is none at this site."""
    found = Trial.objects.filter(pk=trial_id).first()
    if found is None:
        raise MakesNoSense("no such trial")
    if found.site_id != site.pk:
        raise MakesNoSense(f"the trial belongs to {found.site_id}")
    return trials.lock(found)


# --- one handler a kind ---


def identified(site: Site, fact: bus.VisitorIdentified, now: datetime) -> None:
    trial = _trial(site, fact.trial)
    if fact.purpose == "collect":
        handover.identified(trial=trial, fact=fact, now=now)
    else:
        returns.note_arrival(trial=trial, fact=fact, now=now)


def refused(site: Site, fact: bus.VisitorRefused, now: datetime) -> None:
    """Worth a line in the story; being locked out asks for help by a fact of its own."""
    if fact.trial is not None:
        trials.note(_trial(site, fact.trial), kind="refused_at_kiosk", now=fact.at, reason=fact.reason)


def chosen(site: Site, fact: bus.CarChosen, now: datetime) -> None:
    handover.chosen(trial=_trial(site, fact.trial), fact=fact, now=now)


def at_gate(site: Site, fact: bus.CarAtGate, now: datetime) -> None:
    handover.at_gate(trial=_trial(site, fact.trial), fact=fact, now=now)


def handed_over(site: Site, fact: bus.CarHandedOver, now: datetime) -> None:
    handover.handed_over(trial=_trial(site, fact.trial), fact=fact, now=now)


def taken_in(site: Site, fact: bus.CarTakenIn, now: datetime) -> None:
    returns.complete(trial=_trial(site, fact.trial), fact=fact, now=now)


BY_THE_SHOPPER = ("plugged_in", "engine_running", "person_in_zone", "timed_out")
"""Reasons that the shopper can put right."""


def intake_refused(site: Site, fact: bus.IntakeRefused, now: datetime) -> None:
    returns.refuse(trial=_trial(site, fact.trial), fact=fact, now=now)
    if fact.reason not in BY_THE_SHOPPER:
        open_incident(
            key=f"intake:{fact.trial}",
            kind="intake_refused",
            site=site,
            trial=fact.trial,
            detail={"reason": fact.reason},
            now=now,
        )


def held(site: Site, fact: bus.TowerHeld, now: datetime) -> None:
    sites.note_held(site=site, reason=f"{fact.look_at}: {fact.reason}")
    detail = {"reason": fact.reason, "look_at": fact.look_at}
    open_incident(key=held_key(site), kind="tower_held", site=site, trial=fact.trial, detail=detail, now=now)


def released(site: Site, fact: bus.TowerReleased, now: datetime) -> None:
    sites.note_held(site=site, reason="")
    towers.hold_released(site=site, said_at=fact.at, now=now)
    close_by_key(key=held_key(site), note=f"released by {fact.by}", now=now)


def help_wanted(site: Site, fact: bus.HelpWanted, now: datetime) -> None:
    if fact.trial is not None:
        trial = _trial(site, fact.trial)
        trials.note(trial, kind="help_wanted", now=fact.at, reason=fact.reason)
        if fact.reason == "collect_failed":
            handover.collection_failed(trial=trial, now=now)
        elif fact.reason in ("already_here", "not_admitted"):
            returns.not_taken_in(trial=trial, reason=fact.reason, now=now)
    where = {"look_at": fact.look_at, "kiosk": fact.kiosk}
    detail = {"reason": fact.reason} | {name: words for name, words in where.items() if words}
    open_incident(
        key=f"help:{site.pk}:{fact.reason}:{fact.trial or fact.kiosk or 'nobody'}",
        kind="help_wanted",
        site=site,
        trial=fact.trial,
        detail=detail,
        now=now,
    )


def inventory(site: Site, fact: bus.InventoryReported, now: datetime) -> None:
    places = {car.place: car.vin for car in fact.cars}
    kept = sites.note_inventory(
        site=site, places=places, free_bays=fact.free_bays, held=fact.held, said_at=min(fact.at, now)
    )
    if kept:
        transfers.arrived(site=site, vins=places.values(), now=now)
    if kept and not fact.held:
        towers.hold_released(site=site, said_at=fact.at, now=now)
        close_by_key(key=held_key(site), note="the tower reports that it goes on", now=now)


def tower_books(site: Site, fact: books.TowerBooks, now: datetime) -> None:
    """A walk that begins waits for a person; one that ended no longer does."""
    noted = towers.note_books(site=site, books=fact, said_at=min(fact.at, now), now=now)
    if noted is None:
        return
    for walk in noted.ended:
        close_by_key(key=walk_key(walk), note="every place was confirmed at the machine", now=now)
    for walk in noted.begun:
        detail = {"lift": walk.lift, "reason": walk.why}
        open_incident(key=walk_key(walk), kind="reconciliation", site=site, trial=None, detail=detail, now=now)


def waits(site: Site, fact: WaitsReported, now: datetime) -> None:
    towers.note_waits(site=site, report=fact, said_at=min(fact.at, now))


def accesses(site: Site, fact: AccessesLogged, now: datetime) -> None:
    """The end of the site's log of accesses is kept in our own trail; who rewrites the one contradicts the other."""
    if problem := site_log.note_head(site=site, fact=fact, now=now):
        detail = {"number": fact.number, "digest": fact.digest} | problem
        open_incident(key=f"site_log:{site.pk}", kind="log_rewritten", site=site, trial=None, detail=detail, now=now)


def order_refused(site: Site, fact: books.OrderRefused, now: datetime) -> None:
    try:
        towers.refused(site=site, fact=fact, now=now)
    except towers.UnknownOrder as error:
        raise MakesNoSense("no order of staff has this number") from error


HANDLERS: dict[str, Callable[[Site, Any, datetime], None]] = {
    "visitor_identified": identified,
    "visitor_refused": refused,
    "car_chosen": chosen,
    "car_at_gate": at_gate,
    "car_handed_over": handed_over,
    "car_taken_in": taken_in,
    "intake_refused": intake_refused,
    "tower_held": held,
    "tower_released": released,
    "help_wanted": help_wanted,
    "inventory_reported": inventory,
    "tower_books": tower_books,
    "order_refused": order_refused,
    "accesses_logged": accesses,
    "waits_reported": waits,
}


def held_key(site: Site) -> str:
    return f"held:{site.pk}"


def walk_key(walk: Walk) -> str:
    return f"walk:{walk.site_id}:{walk.lift}"


# --- what a person must look at ---


def _incident(kind: str, site: Site | None, fact: Fact, detail: dict[str, Any], now: datetime) -> Outcome:
    open_incident(
        key=f"{kind}:{fact.id}",
        kind=kind,
        site=site,
        trial=getattr(fact, "trial", None),
        detail={"fact": fact.kind, "id": str(fact.id), **detail},
        now=now,
    )
    return Outcome.PUT_BEFORE_A_PERSON


def _unreadable(slug: str, site: Site | None, error: ValidationError, now: datetime) -> Outcome:
    """A poison message: which fields, never their content. One incident a site, however many come."""
    fields = sorted({".".join(map(str, one["loc"])) for one in error.errors(include_input=False, include_url=False)})
    log.error("a fact that cannot be understood was put aside", site=slug, fields=fields)
    detail = {"fields": fields[:20], "site": slug}
    open_incident(key=f"unreadable:{slug}", kind="unreadable_fact", site=site, trial=None, detail=detail, now=now)
    return Outcome.PUT_BEFORE_A_PERSON
