"""The wait-list: whoever came first is offered first, for a while; then the next.

An offer is a hold, made for who waits: the car is kept, the shopper confirms or lets it go, and nobody else can take it
meanwhile. Who may not drive now (or has another trial) keeps the place and is passed over.
"""

from datetime import datetime, timedelta

import structlog
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from autosilo.platform.journey.booking import calendar, claim, queries
from autosilo.platform.journey.booking.facts import CarOffered
from autosilo.platform.journey.booking.models import WaitEntry, WaitState
from autosilo.platform.journey.booking.refusals import CannotBook
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.kit import jobs
from autosilo.platform.kit.facts import tell
from autosilo.platform.kit.refusals import Refusal
from autosilo.platform.resources.catalogue.models import CarModel, Paint
from autosilo.platform.resources.catalogue.queries import card
from autosilo.platform.resources.people.models import Person
from autosilo.platform.resources.sites.models import Site

log = structlog.get_logger(__name__)

OFFER_NEXT = "autosilo.offer_next"
OFFER = timedelta(minutes=30)
"""How long an offer stands: time to read a message, three times a hold."""
MOST_WAITS = 5
"""Places that one person may have at once."""
LOOK_AT = 50
"""Entries looked at in one run; the sweeper comes back for the rest."""


class CannotWait(Refusal):
    messages = {
        "waiting": _("You are on this wait-list already."),
        "too_many": _("You are on five wait-lists. Leave one first."),
        "window": _("Please choose days within the next seven."),
        "not_offered": CannotBook.messages["not_offered"],
    }


def wait(
    *,
    person: Person,
    car_model: CarModel,
    paint: Paint | None,
    site: Site,
    not_before: datetime,
    not_after: datetime,
    now: datetime,
    channel: str = "",
) -> WaitEntry:
    """A place at the end of the list; ``channel``: the program that asks for it, which is told of the offer and may
    confirm it. Raises ``CannotWait``."""
    if not car_model.on_sale or (paint is not None and paint.model_id != car_model.pk):
        raise CannotWait("not_offered")
    if not_after < not_before or not_after <= now or not_after > now + timedelta(days=calendar.BOOKABLE_DAYS):
        raise CannotWait("window")
    try:
        with transaction.atomic():
            mine = Person.objects.select_for_update().get(pk=person.pk)
            if WaitEntry.objects.filter(person=mine, state=WaitState.WAITING).count() >= MOST_WAITS:
                raise CannotWait("too_many")
            entry = WaitEntry.objects.create(
                person=mine,
                car_model=car_model,
                paint=paint,
                site=site,
                not_before=not_before,
                not_after=not_after,
                made_at=now,
                channel=channel,
            )
    except IntegrityError as error:
        raise CannotWait("waiting") from error
    look_soon(site=site, car_model=car_model)
    return entry


def leave(*, entry: WaitEntry) -> bool:
    """Give the place up; False when it is no longer waiting."""
    return WaitEntry.objects.filter(pk=entry.pk, state=WaitState.WAITING).update(state=WaitState.LEFT) == 1


def look_soon(*, site: Site, car_model: CarModel) -> None:
    """Ask for a look at the wait-list if anybody is on it."""
    if WaitEntry.objects.filter(site=site, car_model=car_model, state=WaitState.WAITING).exists():
        jobs.defer(OFFER_NEXT, site=site.pk, car_model=car_model.pk)


def offer_next(*, site: str, car_model: str, now: datetime) -> int:
    """Offer what is free to who waits, in order; returns how many offers were made."""
    over = WaitEntry.objects.filter(site=site, car_model=car_model, state=WaitState.WAITING, not_after__lt=now)
    over.update(state=WaitState.PASSED)
    found = WaitEntry.objects.filter(site=site, car_model=car_model, state=WaitState.WAITING).order_by("id")
    return sum(_offer(entry, now) for entry in list(found.select_related("person", "paint", "site")[:LOOK_AT]))


@transaction.atomic
def _offer(entry: WaitEntry, now: datetime) -> bool:
    """Hold the first slot within the wish for this person. The entry is locked, so that no two workers offer twice."""
    locked = WaitEntry.objects.select_for_update(skip_locked=True).filter(pk=entry.pk, state=WaitState.WAITING)
    shown = card(slug=entry.car_model_id)
    if not locked.exists() or shown is None:
        return False
    slots = queries.slots(car_model=shown.model, paint=entry.paint, site=entry.site, now=now)
    start = next((s.start for s in slots if s.free and entry.not_before <= s.start <= entry.not_after), None)
    if start is None:
        return False
    paints = (entry.paint,) if entry.paint else tuple(shown.paints)
    wish = claim.Wish(car_model=shown.model, paints=paints, site=entry.site, slot_start=start, channel=entry.channel)
    try:
        held = claim.claim(person=entry.person_id, wish=wish, now=now, hold_for=OFFER)
    except CannotBook as refusal:
        log.info("not offered", entry=entry.pk, reason=refusal.reason)
        return False
    WaitEntry.objects.filter(pk=entry.pk).update(state=WaitState.OFFERED, offered_at=now, trial=held.trial)
    trial = Trial.objects.select_related("person", "site", "car_model", "paint", "car").get(pk=held.trial)
    tell(CarOffered(trial=trial, now=now))
    return True
