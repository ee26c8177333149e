"""Reads about availability."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Count, Exists, Max, OuterRef, Subquery
from django.db.models.functions import Coalesce

from autosilo.platform.journey.booking import calendar, sweep
from autosilo.platform.journey.booking.models import Reservation, WaitEntry, WaitState
from autosilo.platform.journey.trial.models import Deadline, Trial
from autosilo.platform.journey.trial.states import TrialState
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


@dataclass(frozen=True, kw_only=True)
class Ahead:
    """The cars of a wish and what each is kept for, as read at ``now``: one read answers several questions."""

    site: Site
    now: datetime
    starts: list[datetime]
    cars: list[Car]
    kept: dict[str, list[Period]]

    def slots(self, *, paint: Paint | None = None) -> list[Slot]:
        """Every slot with the number of free cars; of ``paint`` only, where one is given."""
        if not self.starts:
            return []
        times = calendar.times_of(self.now, trial_length=policy_for(self.site.market, self.now).trial_length)
        cars = [car for car in self.cars if paint is None or car.paint_id == paint.pk]
        periods = [
            sorted((lower.timestamp(), upper.timestamp()) for lower, upper in self.kept[car.vin]) for car in cars
        ]
        left = sweep.left(
            [start.timestamp() for start in self.starts],
            periods,
            before=(self.now - times.kept_from).total_seconds(),
            after=(times.kept_until - self.now).total_seconds(),
        )
        return [
            Slot(start=start, end=start + calendar.SLOT, free=n) for start, n in zip(self.starts, left, strict=True)
        ]

    def soonest(self) -> Car | None:
        """The car that can be had first; None when none can. Looks no further than that slot."""
        length = policy_for(self.site.market, self.now).trial_length
        every = (calendar.times_of(start, trial_length=length) for start in self.starts)
        return next((car for times in every for car in self.cars if not _overlaps(self.kept[car.vin], times)), None)


def ahead(
    *,
    car_model: CarModel,
    paint: Paint | None,
    site: Site,
    now: datetime,
    days: int = calendar.BOOKABLE_DAYS,
    besides: Trial | None = None,
) -> Ahead:
    """The coming ``days``; what is kept for ``besides`` does not count. Three queries, whatever there is."""
    starts = _starts(site, now=now, days=days)
    if not starts:
        return Ahead(site=site, now=now, starts=[], cars=[], kept={})
    cars, kept = _cars_and_periods(
        car_model=car_model, paint=paint, site=site, now=now, last=starts[-1], besides=besides
    )
    return Ahead(site=site, now=now, starts=starts, cars=cars, kept=kept)


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
    count. Three queries, whatever their number."""
    return ahead(car_model=car_model, paint=paint, site=site, now=now, days=days, besides=besides).slots()


def _starts(site: Site, *, now: datetime, days: int) -> list[datetime]:
    return calendar.starts(site, now=now, days=days) if site.open_for_booking else []


def _cars_and_periods(
    *,
    car_model: CarModel,
    paint: Paint | None,
    site: Site,
    now: datetime,
    last: datetime,
    besides: Trial | None = None,
) -> tuple[list[Car], dict[str, list[Period]]]:
    """The cars of the wish, and what each is kept for until the slot that starts ``last`` would be over."""
    cars = usable(in_service(model=car_model, paint=paint, site=site))
    ahead = calendar.times_of(last, trial_length=policy_for(site.market, now).trial_length).kept_until
    return cars, _kept(cars, from_=now - timedelta(hours=1), until=ahead, besides=besides)


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
    cars = usable(in_service(model=car_model, paint=paint, site=site))
    length = policy_for(site.market, now).trial_length
    times = calendar.times_of(slot_start, trial_length=length)
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


def _overlaps(kept: list[Period], times: calendar.Times) -> bool:
    return any(lower < times.kept_until and times.kept_from < upper for lower, upper in kept)


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
    before = WaitEntry.objects.filter(
        state=WaitState.WAITING, site=OuterRef("site"), car_model=OuterRef("car_model"), pk__lt=OuterRef("pk")
    )
    ahead = before.order_by().values("site").annotate(n=Count("pk")).values("n")
    found = WaitEntry.objects.filter(person=person, state=WaitState.WAITING).select_related(
        "car_model", "paint", "site"
    )
    rows = found.annotate(ahead=Coalesce(Subquery(ahead), 0))
    return [Waiting(entry=row, ahead=row.ahead) for row in rows]


def waits_of(person: Person, entry_id: int) -> WaitEntry | None:
    """One of this person's own places on a wait-list."""
    return WaitEntry.objects.filter(person=person, pk=entry_id).first()
