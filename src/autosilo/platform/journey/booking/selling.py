"""Sales: bookings of a model at a site begin at a moment, and before it people take places in the line."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from autosilo.platform.journey.booking import line
from autosilo.platform.journey.booking.models import LinePlace, Sale
from autosilo.platform.kit.refusals import Refusal
from autosilo.platform.resources.catalogue.models import CarModel
from autosilo.platform.resources.people import audit
from autosilo.platform.resources.people.models import Person
from autosilo.platform.resources.sites.models import Site

LONGEST = timedelta(days=90)
SHOWN_AFTER = timedelta(days=7)
"""How long a sale that has opened is still listed: its line may be long."""


class CannotSell(Refusal):
    messages = {
        "time": _("A sale opens within the next ninety days."),
        "open": _("This sale has opened already."),
    }


@dataclass(frozen=True, kw_only=True)
class Selling:
    """``waiting``: how many stand in its line now."""

    sale: Sale
    is_open: bool
    waiting: int


@transaction.atomic
def plan(*, car_model: CarModel, site: Site, opens_at: datetime, by: Person | None, now: datetime) -> Sale:
    """Nobody books this model at this site before ``opens_at``; an earlier plan for it is changed. Raises
    ``CannotSell``. ``by``: None for a command."""
    if not now < opens_at <= now + LONGEST:
        raise CannotSell("time")
    sale, _made = Sale.objects.update_or_create(car_model=car_model, site=site, defaults={"opens_at": opens_at})
    detail = {"model": car_model.pk, "site": site.pk, "opens_at": opens_at.isoformat()}
    audit.record(actor=by, action="sale_planned", target=audit.target_of(sale), detail=detail, now=now)
    return sale


@transaction.atomic
def call_off(*, sale: Sale, by: Person, now: datetime) -> None:
    """The model can be booked there at once. Raises ``CannotSell`` for a sale that has opened."""
    found = Sale.objects.select_for_update().filter(pk=sale.pk, opens_at__gt=now).first()
    if found is None:
        raise CannotSell("open")
    detail = {"model": found.car_model_id, "site": found.site_id, "opens_at": found.opens_at.isoformat()}
    audit.record(actor=by, action="sale_called_off", target=audit.target_of(found), detail=detail, now=now)
    found.delete()


def sales(*, now: datetime) -> list[Selling]:
    """Those to come and those that opened of late, the next first. Two queries."""
    found = list(
        Sale.objects.filter(opens_at__gt=now - SHOWN_AFTER).select_related("car_model", "site").order_by("opens_at")
    )
    names = {line.line_of(model=one.car_model_id, site=one.site_id): one for one in found}
    places = LinePlace.objects.filter(line__in=list(names), served_at=None, seen_at__gt=now - line.FORGOTTEN)
    waiting = dict(places.order_by().values_list("line").annotate(n=Count("pk")))
    return [Selling(sale=one, is_open=one.opens_at <= now, waiting=waiting.get(name, 0)) for name, one in names.items()]
