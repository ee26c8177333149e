"""A car goes from one site to another: nobody's where it was, and to be booked where it goes once it can be there.

A technician brings it down and in by hand, and tells each tower by the walk; the platform knows that it left since an
operator says so, and that it came since the other tower reports it inside.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from autosilo.platform.journey.booking import readiness
from autosilo.platform.journey.booking.calendar import TURN_ROUND
from autosilo.platform.journey.booking.facts import CarMoved
from autosilo.platform.journey.returns.room import rooms_for_returns
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.journey.trial.states import WITH_SHOPPER, TrialState
from autosilo.platform.kit.facts import tell
from autosilo.platform.kit.refusals import Refusal
from autosilo.platform.resources.fleet.actions import describe_cars
from autosilo.platform.resources.fleet.models import Car, CarState, Transfer, TransferEnd
from autosilo.platform.resources.incidents.actions import close_by_key, open_incident
from autosilo.platform.resources.people import audit
from autosilo.platform.resources.people.models import Person
from autosilo.platform.resources.sites.models import Site

log = structlog.get_logger(__name__)

LONGEST = timedelta(days=14)
PUT_OFF = timedelta(hours=2)
"""A car that has not come is expected so much later, again and again, and a person is told the first time."""
LEAST_REASON = 3


class CannotTransfer(Refusal):
    messages = {
        "not_here": _("This car is not this site's."),
        "sold": _("This car is sold."),
        "with_shopper": _("A shopper has this car, or is about to get it."),
        "on_its_way": _("This car is on its way already."),
        "same_site": _("Choose another site than the car's own."),
        "time": _("The car must be expected within the next fourteen days."),
        "no_bay": _(
            "That tower would have no bay left for a car that comes back. Sending it all the same needs a reason."
        ),
        "ended": _("This car is no longer on its way."),
    }


@transaction.atomic
def send_off(
    *, vin: str, source: Site, target: Site, expected_at: datetime, by: Person, now: datetime, despite: str = ""
) -> Transfer:
    """The car leaves now and is expected at ``expected_at``. Raises ``CannotTransfer``.

    ``despite``: why it is sent although the other tower foresees no bay for it.
    """
    car = _lock(vin)
    if car is None or car.site_id != source.pk:
        raise CannotTransfer("not_here")
    _check(car, target, expected_at, now)
    if not room_at(target, now=now) and len(despite.strip()) < LEAST_REASON:
        raise CannotTransfer("no_bay")
    transfer = _move(car, target, expected_at, by, now)
    detail = {"from": source.pk, "to": target.pk, "expected": expected_at.isoformat(), "despite": despite.strip()}
    audit.record(actor=by, action="car_sent_off", target=audit.target_of(car), detail=detail, now=now)
    return transfer


@transaction.atomic
def turn_back(*, transfer: Transfer, expected_at: datetime, by: Person, now: datetime) -> Transfer:
    """It goes back to where it came from, or has never left. Raises ``CannotTransfer``."""
    car = _lock(transfer.car_id)
    open_now = Transfer.objects.filter(pk=transfer.pk, ended_at=None)
    if car is None or open_now.update(ended_at=now, end=TransferEnd.TURNED_BACK) != 1:
        raise CannotTransfer("ended")
    _check(car, transfer.source, expected_at, now)
    back = _move(car, transfer.source, expected_at, by, now)
    close_by_key(key=_key(transfer), note="the car was turned back", now=now)
    detail = {"to": transfer.source_id, "expected": expected_at.isoformat()}
    audit.record(actor=by, action="car_turned_back", target=audit.target_of(car), detail=detail, now=now)
    arrived(site=transfer.source, vins=transfer.source.inventory.values(), now=now)
    return back


@transaction.atomic
def arrived(*, site: Site, vins: Iterable[str], now: datetime) -> int:
    """The tower reports these cars inside: who was on the way to it has come. Returns how many."""
    found = list(Transfer.objects.filter(target=site, ended_at=None, car__in=list(vins)))
    for one in found:
        car = _lock(one.car_id)
        if (
            car is None
            or Transfer.objects.filter(pk=one.pk, ended_at=None).update(ended_at=now, end=TransferEnd.ARRIVED) != 1
        ):
            continue
        readiness.keep(car, now + TURN_ROUND, now)
        close_by_key(key=_key(one), note="the car has come", now=now)
        log.info("car arrived", car=car.pk, site=site.pk)
    return len(found)


def late(*, now: datetime) -> list[Transfer]:
    """Cars that should have come."""
    return list(Transfer.objects.filter(ended_at=None, expected_at__lte=now).select_related("target"))


@transaction.atomic
def put_off(*, transfer: Transfer, now: datetime) -> bool:
    """It has not come: it is expected later, and a person is told; False when that is no longer so."""
    car = _lock(transfer.car_id)
    expected = now + PUT_OFF
    still = Transfer.objects.filter(pk=transfer.pk, ended_at=None, expected_at__lte=now)
    if car is None or still.update(expected_at=expected) != 1:
        return False
    readiness.keep(car, expected + TURN_ROUND, now)
    detail = {"car": car.plate, "from": transfer.source_id}
    open_incident(key=_key(transfer), kind="transfer_late", site=transfer.target, trial=None, detail=detail, now=now)
    return True


def on_their_way(site: Site) -> list[Transfer]:
    """From and to this site, soonest first. One query."""
    found = Transfer.objects.filter(Q(source=site) | Q(target=site), ended_at=None)
    return list(found.select_related("car__model", "source", "target").order_by(F("expected_at")))


def room_at(target: Site, *, now: datetime) -> bool:
    """Would every car that comes back, or is on its way there, still find a bay with one more? True for a tower that
    has not reported yet."""
    return target.inventory_at is None or rooms_for_returns([target], now=now)[target.pk].least >= 1


def _check(car: Car, target: Site, expected_at: datetime, now: datetime) -> None:
    if car.state == CarState.SOLD:
        raise CannotTransfer("sold")
    if car.site_id == target.pk:
        raise CannotTransfer("same_site")
    if not now < expected_at <= now + LONGEST:
        raise CannotTransfer("time")
    if Transfer.objects.filter(car=car, ended_at=None).exists():
        raise CannotTransfer("on_its_way")
    if Trial.objects.filter(car=car, state__in=sorted({*WITH_SHOPPER, TrialState.HANDING_OVER})).exists():
        raise CannotTransfer("with_shopper")


def _move(car: Car, target: Site, expected_at: datetime, by: Person, now: datetime) -> Transfer:
    source = car.site
    transfer = Transfer.objects.create(
        car=car, source=source, target=target, left_at=now, expected_at=expected_at, by=by
    )
    car.site, car.ready_from = target, expected_at + TURN_ROUND
    car.save(update_fields=["site", "ready_from"])
    for one in (source, target):
        describe_cars(site=one, now=now)
    tell(CarMoved(car=car, now=now))
    return transfer


def _lock(vin: str) -> Car | None:
    return Car.objects.select_for_update(of=("self",)).select_related("site").filter(pk=vin).first()


def _key(transfer: Transfer) -> str:
    return f"transfer:{transfer.pk}"
