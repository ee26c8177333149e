"""Give a tower an order, hear what became of it, keep its books and the evidence of a walk."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from autosilo.platform.kit.refusals import Refusal
from autosilo.platform.resources.people.models import Person
from autosilo.platform.resources.sites import actions as sites
from autosilo.platform.resources.sites.models import OutgoingOrder, Site
from autosilo.platform.resources.towers.effects import StaffOrders, about, alike, shows
from autosilo.platform.resources.towers.models import StaffOrder, TowerBook, TowerWaits, Walk, WalkPhoto
from autosilo.platform.resources.towers.states import OrderState
from autosilo.vision.images import CannotRead, as_jpeg, read_image
from autosilo.wire.books import OrderRefused, Reconciliation, TowerBooks
from autosilo.wire.bus import order_adapter
from autosilo.wire.wait import WaitsReported

PHOTO_MAX_SIDE = 2400  # pixels: handwriting on a sheet of A4 stays readable (200 dots an inch)
PHOTOS_A_WALK = 20


class CannotOrder(Refusal):
    messages = {"used_for_another": _("This page is out of date. Please load it again.")}


class CannotAttach(Refusal):
    messages = {
        "unreadable": _("This is not a photo that can be read. JPEG, PNG and WebP can."),
        "too_many": _("There are enough photos of this walk already."),
        "walk_is_over": _("This walk is over."),
    }


class UnknownOrder(Exception):
    """A refusal of an order that nobody of staff gave to this site."""


def operator_name(person: Person) -> str:
    """How an order and the site's journal name somebody of staff."""
    return f"person {person.pk}"


@transaction.atomic
def give(
    *, site: Site, order: StaffOrders, by: Person, now: datetime, detail: Mapping[str, Any] | None = None
) -> tuple[StaffOrder, bool]:
    """Send ``order`` to ``site`` and remember who gave it; (row, False) when this very order was given before.

    Raises ``CannotOrder`` when its id stands for something else.
    """
    what = {"site": site, "kind": order.kind, "about": about(order), "by": by}
    row, made = StaffOrder.objects.get_or_create(
        id=order.id, defaults=what | {"given_at": now, "detail": dict(detail or {})}
    )
    if not made:
        if any(getattr(row, name) != value for name, value in what.items()):
            raise CannotOrder("used_for_another")
        return row, False
    unanswered = StaffOrder.objects.filter(site=site, about=row.about, kind__in=alike(row.kind), state=OrderState.GIVEN)
    unanswered.exclude(pk=row.pk).update(state=OrderState.REPLACED, answered_at=now)
    sites.send(site=site, order=order, now=now)
    return row, True


def refused(*, site: Site, fact: OrderRefused, now: datetime) -> None:
    """The site says that an order had no effect. Raises ``UnknownOrder``."""
    touched = StaffOrder.objects.filter(pk=fact.order, site=site).update(
        state=OrderState.REFUSED,
        answered_at=now,
        refused_because=fact.reason,
        look_at=(fact.look_at or "")[:40],
        words=fact.detail[:300],
    )
    if touched != 1:
        raise UnknownOrder(str(fact.order))


def hold_released(*, site: Site, said_at: datetime, now: datetime) -> None:
    """By what was said at ``said_at`` the tower goes on: that answers who told it to before. Of a later order it says
    nothing."""
    given = StaffOrder.objects.filter(site=site, kind="resolve_hold", state=OrderState.GIVEN)
    given.filter(given_at__lte=said_at).update(state=OrderState.DONE, answered_at=now)


@dataclass(frozen=True, kw_only=True)
class Noted:
    """What a book told that was new."""

    begun: list[Walk] = field(default_factory=list)
    ended: list[Walk] = field(default_factory=list)


@transaction.atomic
def note_books(*, site: Site, books: TowerBooks, said_at: datetime, now: datetime) -> Noted | None:
    """Keep the tower's books, the walks in them, and what they say of orders. None when a later one is kept already."""
    body = books.model_dump(mode="json")
    fields = {"said_at": said_at, "body": body}
    row, made = TowerBook.objects.select_for_update().get_or_create(site=site, defaults=fields)
    if not made:
        if row.said_at > said_at:
            return None
        TowerBook.objects.filter(pk=row.pk).update(**fields)
    noted = _note_walks(site, books, now)
    _note_effects(site, books, now)
    return noted


@transaction.atomic
def note_waits(*, site: Site, report: WaitsReported, said_at: datetime) -> None:
    """Keep what is told of waits, unless something later is kept already."""
    fields = {"said_at": said_at, "body": report.model_dump(mode="json")}
    row, made = TowerWaits.objects.select_for_update().get_or_create(site=site, defaults=fields)
    if not made:
        TowerWaits.objects.filter(pk=row.pk, said_at__lte=said_at).update(**fields)


def _note_walks(site: Site, books: TowerBooks, now: datetime) -> Noted:
    told = {(one.lift, one.since): one for one in books.reconciliations}
    noted = Noted()
    for walk in Walk.objects.filter(site=site, ended_at=None):
        if (one := told.pop((walk.lift, walk.since), None)) is not None:
            Walk.objects.filter(pk=walk.pk).update(rows=_rows(one))
        else:
            Walk.objects.filter(pk=walk.pk).update(ended_at=now)
            noted.ended.append(walk)
    noted.begun.extend(_begin(site, one, now) for one in told.values())
    return noted


def _begin(site: Site, told: Reconciliation, now: datetime) -> Walk:
    """A walk that was thought over and is told of again goes on."""
    fields = {"rows": _rows(told), "ended_at": None}
    first = {"heard_at": now, "why": told.why[:300], "before": {row.place: row.vin for row in told.rows}}
    walk, _made = Walk.objects.update_or_create(
        site=site, lift=told.lift, since=told.since, defaults=fields, create_defaults=fields | first
    )
    return walk


def _rows(told: Reconciliation) -> list[dict[str, Any]]:
    return [row.model_dump(mode="json") for row in told.rows]


def _note_effects(site: Site, books: TowerBooks, now: datetime) -> None:
    waiting = list(StaffOrder.objects.filter(site=site, state=OrderState.GIVEN).values_list("pk", flat=True))
    if not waiting:
        return
    sent = OutgoingOrder.objects.filter(message_id__in=waiting)
    orders = (order_adapter.validate_python(payload) for payload in sent.values_list("payload", flat=True))
    done = [order.id for order in orders if isinstance(order, StaffOrders) and shows(order, books)]
    StaffOrder.objects.filter(pk__in=done, state=OrderState.GIVEN).update(state=OrderState.DONE, answered_at=now)


@dataclass(frozen=True, kw_only=True)
class Photo:
    """A JPEG: upright, reduced, and encoded anew without anything but its pixels."""

    jpeg: bytes
    width: int
    height: int


def read_photo(data: bytes) -> Photo:
    """May take a second: call it before a transaction begins. Raises ``CannotAttach``."""
    try:
        picture = read_image(data, max_side=PHOTO_MAX_SIDE)
    except CannotRead as error:
        raise CannotAttach("unreadable") from error
    height, width = picture.shape[:2]
    return Photo(jpeg=as_jpeg(picture), width=width, height=height)


@transaction.atomic
def attach_photo(*, walk: Walk, photo: Photo, by: Person, now: datetime) -> WalkPhoto:
    """Keep a photo with an open walk; what the site tells of that walk waits meanwhile. Raises ``CannotAttach``."""
    walk = Walk.objects.select_for_update().get(pk=walk.pk)
    if walk.ended_at is not None:
        raise CannotAttach("walk_is_over")
    if walk.photos.count() >= PHOTOS_A_WALK:
        raise CannotAttach("too_many")
    sha256 = hashlib.sha256(photo.jpeg).hexdigest()
    return WalkPhoto.objects.create(
        walk=walk, by=by, at=now, jpeg=photo.jpeg, sha256=sha256, width=photo.width, height=photo.height
    )
