"""What staff order of a tower. Each order and its audit entry are written together or not at all, and once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from autosilo.platform.kit.refusals import Refusal
from autosilo.platform.resources.people import audit
from autosilo.platform.resources.people.models import Person
from autosilo.platform.resources.sites.models import Site
from autosilo.platform.resources.towers import actions as towers
from autosilo.platform.resources.towers.effects import StaffOrders
from autosilo.platform.resources.towers.models import Walk, WalkPhoto
from autosilo.platform.surfaces.console.queries.walk import WalkPage
from autosilo.wire.books import BlockBay, ConfirmBay, FinishReconciliation, LiftService, UnblockBay


class CannotFinish(Refusal):
    messages = {
        "not_confirmed": _("Some places are not confirmed yet."),
        "differs": _("At some places the sensor still says something else."),
    }


@transaction.atomic
def _order(
    *, site: Site, by: Person, order: StaffOrders, action: str, detail: Mapping[str, Any], now: datetime
) -> None:
    """Raises ``towers.CannotOrder``."""
    _row, first = towers.give(site=site, order=order, by=by, detail=detail, now=now)
    if first:
        audit.record(actor=by, action=action, target=f"site {site.pk}", detail=detail, now=now)


def lift_service(
    *, order: UUID, site: Site, lift: str, in_service: bool, reason: str, by: Person, now: datetime
) -> None:
    """Take a lift out of service, or return it. Raises ``towers.CannotOrder``."""
    operator = towers.operator_name(by)
    message = LiftService(id=order, at=now, lift=lift, in_service=in_service, reason=reason, operator=operator)
    action = "lift_returned" if in_service else "lift_taken_out"
    _order(site=site, by=by, order=message, action=action, detail={"lift": lift, "reason": reason}, now=now)


def block_bay(*, order: UUID, site: Site, place: str, reason: str, by: Person, now: datetime) -> None:
    """Raises ``towers.CannotOrder``."""
    message = BlockBay(id=order, at=now, place=place, reason=reason, operator=towers.operator_name(by))
    _order(site=site, by=by, order=message, action="bay_blocked", detail={"place": place, "reason": reason}, now=now)


def unblock_bay(*, order: UUID, site: Site, place: str, reason: str, by: Person, now: datetime) -> None:
    """Raises ``towers.CannotOrder``."""
    message = UnblockBay(id=order, at=now, place=place, operator=towers.operator_name(by))
    _order(site=site, by=by, order=message, action="bay_unblocked", detail={"place": place, "reason": reason}, now=now)


def confirm_bay(
    *, order: UUID, walk: Walk, place: str, before: str | None, vin: str | None, by: Person, now: datetime
) -> None:
    """Somebody has looked: ``vin`` stands in ``place``, or nothing does. Raises ``towers.CannotOrder``."""
    message = ConfirmBay(id=order, at=now, place=place, vin=vin, operator=towers.operator_name(by))
    detail = {"place": place, "before": before, "after": vin}
    _order(site=walk.site, by=by, order=message, action="bay_confirmed", detail=detail, now=now)


def finish_walk(*, order: UUID, page: WalkPage, by: Person, now: datetime) -> None:
    """Every place was looked at. Raises ``CannotFinish``, ``towers.CannotOrder``."""
    if page.disagreeing:
        raise CannotFinish("differs")
    if page.left:
        raise CannotFinish("not_confirmed")
    walk = page.walk
    message = FinishReconciliation(id=order, at=now, lift=walk.lift, operator=towers.operator_name(by))
    changes = [f"{row.place}: {row.before or '–'} → {row.vin or '–'}" for row in page.changed]
    detail: dict[str, Any] = {"lift": walk.lift, "confirmed": page.done, "changed": changes}
    if page.apart:
        detail["not_said"] = [row.place for row in page.apart]
    _order(site=walk.site, by=by, order=message, action="walk_finished", detail=detail, now=now)


def attach_photo(*, walk: Walk, data: bytes, by: Person, now: datetime) -> WalkPhoto:
    """Raises ``towers.CannotAttach``."""
    photo = towers.read_photo(data)
    with transaction.atomic():
        kept = towers.attach_photo(walk=walk, photo=photo, by=by, now=now)
        detail = {"lift": walk.lift, "photo": str(kept.pk), "sha256": kept.sha256}
        audit.record(actor=by, action="photo_attached", target=f"site {walk.site_id}", detail=detail, now=now)
    return kept
