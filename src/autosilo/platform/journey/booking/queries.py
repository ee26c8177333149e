"""Reads about availability."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Count, Exists, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from autosilo.platform.journey.booking import calendar, overbooking
from autosilo.platform.journey.booking.ahead_sql import AHEAD
from autosilo.platform.journey.booking.models import Reservation, WaitEntry, WaitState
from autosilo.platform.journey.booking.whereabouts import Car as Standing
from autosilo.platform.journey.trial.models import Deadline, Trial
from autosilo.platform.journey.trial.states import TrialState
from autosilo.platform.kit import hot
from autosilo.platform.policies.registry import policy_for
from autosilo.platform.resources.catalogue.models import CarModel, Paint
from autosilo.platform.resources.fleet.models import Car
from autosilo.platform.resources.fleet.queries import in_service
from autosilo.platform.resources.people.models import Person
from autosilo.platform.resources.sites.models import Site

Period = tuple[datetime, datetime]


@dataclass(frozen=True, kw_only=True)
class Slot:
    """``free``: how many cars of the wish can be had; zero is shown, too, so that people see the pattern."""

    start: datetime
    end: datetime
    free: int


@dataclass(frozen=True)
class Promised:
    """A car of a wish. ``periods``: from when until when (Unix time, rising) it is kept for somebody."""

    vin: str
    paint_id: int
    periods: list[tuple[float, float]]

    def is_free(self, lower: datetime, upper: datetime) -> bool:
        begins, ends = lower.timestamp(), upper.timestamp()
        return not any(kept_from < ends and begins < kept_until for kept_from, kept_until in self.periods)


@dataclass(frozen=True, kw_only=True)
class Ahead:
    """The cars of a wish and what each is kept for, as read at ``now``: one read answers several questions."""

    site: Site
    now: datetime
    starts: list[datetime]
    cars: list[Promised]
    relief: timedelta = timedelta()

    def slots(self, *, paint: Paint | None = None) -> list[Slot]:
        """Every slot with the number of free cars; of ``paint`` only, where one is given."""
        if not self.starts:
            return []
        times = calendar.times_of(self.now, trial_length=policy_for(self.site.market, self.now).trial_length)
        left = overbooking.left(
            [start.timestamp() for start in self.starts],
            [car.periods for car in self.cars if paint is None or car.paint_id == paint.pk],
            before=(self.now - times.kept_from).total_seconds(),
            after=(times.kept_until - self.now).total_seconds(),
            relief=self.relief,
        )
        return [
            Slot(start=start, end=start + calendar.SLOT, free=n) for start, n in zip(self.starts, left, strict=True)
        ]

    def soonest(self) -> Promised | None:
        """The car that can be had first; None when none can. Looks no further than that slot."""
        length = policy_for(self.site.market, self.now).trial_length
        every = (calendar.times_of(start, trial_length=length) for start in self.starts)
        return next(
            (car for times in every for car in self.cars if car.is_free(times.kept_from, times.kept_until)), None
        )


def ahead(
    *,
    car_model: CarModel,
    paint: Paint | None,
    site: Site,
    now: datetime,
    days: int = calendar.BOOKABLE_DAYS,
    besides: Trial | None = None,
) -> Ahead:
    """The coming ``days``; what is kept for ``besides`` does not count. One query, whatever there is; a few more each
    five seconds where the market's policy lets cars be booked that are due back shortly before. That is for who books:
    who moves a booking (``besides``) gets the full turn-round."""
    starts = _starts(site, now=now, days=days)
    if not starts:
        return Ahead(site=site, now=now, starts=[], cars=[])
    until = calendar.times_of(starts[-1], trial_length=policy_for(site.market, now).trial_length).kept_until
    values = {
        "model": car_model.pk,
        "paint": paint.pk if paint else None,
        "site": site.pk,
        "from": now - timedelta(hours=1),
        "until": until,
        "besides": besides.pk if besides else None,
    }
    relief = timedelta() if besides else overbooking.relief_now(site, now=now)
    return Ahead(site=site, now=now, starts=starts, cars=_promised(hot.rows(AHEAD, values)), relief=relief)


def slots(
    *,
    car_model: CarModel,
    paint: Paint | None,
    site: Site,
    now: datetime,
    days: int = calendar.BOOKABLE_DAYS,
    besides: Trial | None = None,
) -> list[Slot]:
    """The pick-up slots of the coming ``days`` with the number of free cars; what is kept for ``besides`` does not
    count. One query, whatever their number."""
    return ahead(car_model=car_model, paint=paint, site=site, now=now, days=days, besides=besides).slots()


def _starts(site: Site, *, now: datetime, days: int) -> list[datetime]:
    return calendar.starts(site, now=now, days=days) if site.open_for_booking else []


def _promised(rows: Sequence[tuple[Any, ...]]) -> list[Promised]:
    """Of the rows of ``AHEAD``, which come car by car."""
    cars: dict[str, Promised] = {}
    for vin, paint, ready_from, lower, upper in rows:
        car = cars.get(vin)
        if car is None:
            car = cars[vin] = Promised(vin, paint, Standing([], ready_from).unfree())
        if lower is not None:
            car.periods.append((lower, upper))
    return list(cars.values())


def cars_free(
    *,
    car_model: CarModel,
    paint: Paint | None,
    site: Site,
    slot_start: datetime,
    now: datetime,
    besides: Trial | None = None,
) -> list[Car]:
    """The cars of the wish that nobody has for a trial from ``slot_start`` on; what is kept for ``besides`` does not
    count. Three queries."""
    length = policy_for(site.market, now).trial_length
    times = calendar.times_of(slot_start, trial_length=length)
    cars = usable(in_service(model=car_model, paint=paint, site=site, ready_by=times.kept_from))
    kept = _kept(cars, from_=times.kept_from, until=times.kept_until, besides=besides)
    return [car for car in cars if not kept[car.vin]]


def next_free(*, car_model: CarModel, site: Site, now: datetime) -> Slot | None:
    """The first slot with a free car of any paint."""
    return next((slot for slot in slots(car_model=car_model, paint=None, site=site, now=now) if slot.free), None)


def reservation_of(trial: Trial) -> Reservation | None:
    return Reservation.objects.filter(trial=trial).first()


def waiting_for(car: Car) -> list[Trial]:
    """Trials that are held or booked with this car and not begun."""
    waiting = (TrialState.HELD, TrialState.BOOKED)
    return list(Trial.objects.filter(car=car, state__in=waiting).select_related("site", "car_model", "paint"))


def usable(cars: list[Car]) -> list[Car]:
    """Without those that should be back and are not: nobody knows when they will be."""
    late = set(
        Trial.objects.filter(car__in=[car.vin for car in cars], state=TrialState.OVERDUE).values_list("car", flat=True)
    )
    return [car for car in cars if car.vin not in late]


def _kept(
    cars: list[Car], *, from_: datetime, until: datetime, besides: Trial | None = None
) -> dict[str, list[Period]]:
    periods: dict[str, list[Period]] = defaultdict(list)
    rows = Reservation.objects.filter(
        car__in=[car.vin for car in cars], active=True, period__overlap=DateTimeTZRange(from_, until)
    )
    if besides is not None:
        rows = rows.exclude(trial=besides)
    for vin, period in rows.values_list("car", "period"):
        periods[vin].append((period.lower, period.upper))
    return periods


def holds_over(*, now: datetime, limit: int = 1000) -> list[UUID]:
    """Holds whose time is up, the longest over first."""
    found = Trial.objects.filter(state=TrialState.HELD, hold_until__lte=now).order_by("hold_until")
    return list(found.values_list("pk", flat=True)[:limit])


def untold(*, before: datetime, limit: int = 200) -> list[UUID]:
    """Bookings older than ``before`` that nobody has settled in: they have no deadline yet."""
    settled = Deadline.objects.filter(trial=OuterRef("pk"), kind="no_show")
    found = Trial.objects.filter(~Exists(settled), state=TrialState.BOOKED)
    made = found.annotate(confirmed_at=Max("changes__at")).order_by("created_at").values_list("pk", "confirmed_at")
    return [pk for pk, at in made if at is not None and at <= before][:limit]


def waited_for() -> list[tuple[str, str]]:
    """Site and model of everything that somebody waits for."""
    found = WaitEntry.objects.filter(state=WaitState.WAITING).order_by("site", "car_model")
    return list(found.values_list("site", "car_model").distinct())


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A place on a wait-list; ``ahead``: how many came before and still wait for the same."""

    entry: WaitEntry
    ahead: int


def still_waiting(person: Person) -> list[Waiting]:
    """This person's places, newest first. One query."""
    return _with_ahead(WaitEntry.objects.filter(person=person, state=WaitState.WAITING))


def waits_of_channel(
    channel: str, *, number: int | None = None, before: int | None = None, limit: int = 1
) -> list[Waiting]:
    """Places that a program has asked for, newest first: one by its ``number``, or ``limit`` from before one on. One
    query."""
    found = WaitEntry.objects.filter(channel=channel).exclude(channel="")
    if number is not None:
        found = found.filter(pk=number)
    if before is not None:
        found = found.filter(pk__lt=before)
    return _with_ahead(found.order_by("-pk"), limit=limit)


def _with_ahead(found: QuerySet[WaitEntry], *, limit: int | None = None) -> list[Waiting]:
    before = WaitEntry.objects.filter(
        state=WaitState.WAITING, site=OuterRef("site"), car_model=OuterRef("car_model"), pk__lt=OuterRef("pk")
    )
    ahead = before.order_by().values("site").annotate(n=Count("pk")).values("n")
    rows = found.select_related("car_model", "paint", "site").annotate(ahead=Coalesce(Subquery(ahead), 0))
    return [Waiting(entry=row, ahead=row.ahead) for row in rows[:limit]]


def waits_of(person: Person, entry_id: int) -> WaitEntry | None:
    """One of this person's own places on a wait-list."""
    return WaitEntry.objects.filter(person=person, pk=entry_id).first()
