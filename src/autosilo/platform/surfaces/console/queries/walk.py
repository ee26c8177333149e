"""A walk from place to place: what the books say, what the sensor sees, what was answered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from autosilo.platform.resources.sites.models import Site
from autosilo.platform.resources.towers import queries as towers
from autosilo.platform.resources.towers.effects import walk_of
from autosilo.platform.resources.towers.models import StaffOrder, Walk, WalkPhoto
from autosilo.platform.resources.towers.states import OrderState
from autosilo.platform.surfaces.console.queries.books import names_of
from autosilo.platform.surfaces.console.queries.tower import CarInTower, cars_of
from autosilo.wire.books import LiftMode, ReconciliationRow, RowState

ANSWERS = ("confirm_bay", "finish_reconciliation")


class Answer(StrEnum):
    """How one place stands, for the person who walks."""

    CONFIRMED = "confirmed"
    SENT = "sent"
    REFUSED = "refused"
    DIFFERS = "differs"
    TO_LOOK_AT = "to_look_at"
    NOT_NEEDED = "not_needed"
    APART = "apart"
    """It cannot be said now and need not be, whatever was said of it before and refused."""


@dataclass(frozen=True, kw_only=True)
class WalkRow:
    """One place. ``vin``: by the books now; ``before``: when the walk began; ``order``: the latest answer given."""

    place: str
    vin: str | None
    before: str | None
    occupied: bool | None
    answer: Answer
    by: str | None
    at: datetime | None
    order: StaffOrder | None
    car: CarInTower | None

    @property
    def changed(self) -> bool:
        return self.vin != self.before

    @property
    def open(self) -> bool:
        return self.answer in (Answer.REFUSED, Answer.DIFFERS, Answer.TO_LOOK_AT)

    @property
    def agrees(self) -> bool:
        """Books and sensor; not known while the PLC is away."""
        return self.occupied is None or self.occupied == (self.vin is not None)


@dataclass(frozen=True, kw_only=True)
class WalkPage:
    """Everything about an open walk. ``finish`` is the latest order to end it, where that waits or was refused."""

    walk: Walk
    every: bool
    mode: LiftMode
    rows: list[WalkRow]
    cars: list[CarInTower]
    names: Mapping[str, str]
    photos: list[WalkPhoto]
    finish: StaffOrder | None

    @property
    def needed(self) -> list[WalkRow]:
        return [row for row in self.rows if row.answer not in (Answer.NOT_NEEDED, Answer.APART)]

    @property
    def done(self) -> int:
        return sum(row.answer is Answer.CONFIRMED for row in self.rows)

    @property
    def left(self) -> int:
        return len(self.needed) - self.done

    @property
    def apart(self) -> list[WalkRow]:
        return [row for row in self.rows if row.answer is Answer.APART]

    @property
    def disagreeing(self) -> list[WalkRow]:
        return [row for row in self.rows if row.answer is Answer.DIFFERS]

    @property
    def refused(self) -> list[WalkRow]:
        return [row for row in self.rows if row.answer is Answer.REFUSED]

    @property
    def changed(self) -> list[WalkRow]:
        return [row for row in self.rows if row.changed]

    def row(self, place: str) -> WalkRow | None:
        return next((row for row in self.rows if row.place == place), None)

    def next_after(self, place: str) -> WalkRow | None:
        """The next place that needs an answer, after ``place`` and then from the beginning; None when none does."""
        names = [row.place for row in self.rows]
        start = names.index(place) + 1 if place in names else 0
        return next((row for row in (*self.rows[start:], *self.rows[:start]) if row.open), None)


def walk_page(site: Site, lift: str) -> WalkPage | None:
    """The open walk of a lift, None when there is none; in seven queries, however many places."""
    books = towers.books_of(site)
    told = walk_of(lift, books) if books else None
    walk = towers.open_walk(site, lift) if told else None
    if books is None or told is None or walk is None:
        return None
    walk.site = site
    cars = cars_of(site)
    by_vin = {car.car.vin: car for car in cars}
    orders = _latest(towers.orders_of(site).filter(given_at__gte=_from(walk), kind__in=ANSWERS))
    finish = orders.get(lift)
    return WalkPage(
        walk=walk,
        every=told.every,
        mode=next((one.mode for one in books.lifts if one.lift == lift), LiftMode.UNKNOWN),
        rows=[_row(row, walk, told.every, orders.get(row.place), by_vin) for row in told.rows],
        cars=cars,
        names=names_of(row.by for row in told.rows),
        photos=towers.photos_of(walk),
        finish=finish if finish and finish.state in (OrderState.GIVEN, OrderState.REFUSED) else None,
    )


def _from(walk: Walk) -> datetime:
    """The site's clock may run ahead of ours: nothing was answered before the walk was heard of, or began."""
    return min(walk.since, walk.heard_at)


def _latest(orders: Any) -> dict[str, StaffOrder]:
    latest: dict[str, StaffOrder] = {}
    for order in orders:
        latest.setdefault(order.about, order)
    return latest


def _row(
    row: ReconciliationRow, walk: Walk, every: bool, order: StaffOrder | None, cars: Mapping[str, CarInTower]
) -> WalkRow:
    return WalkRow(
        place=row.place,
        vin=row.vin,
        before=walk.before.get(row.place),
        occupied=row.occupied,
        answer=_answer(row, every, order),
        by=row.by,
        at=row.at,
        order=order,
        car=cars.get(row.vin) if row.vin else None,
    )


def _answer(row: ReconciliationRow, every: bool, order: StaffOrder | None) -> Answer:
    if order is not None and order.state == OrderState.GIVEN:
        return Answer.SENT
    if row.state is RowState.APART:
        return Answer.APART
    if order is not None and order.state == OrderState.REFUSED and not _confirmed_since(row, order):
        return Answer.REFUSED
    if row.state is RowState.CONFIRMED:
        return Answer.CONFIRMED
    if row.state is RowState.DIFFERS:
        return Answer.DIFFERS
    return Answer.TO_LOOK_AT if every else Answer.NOT_NEEDED


def _confirmed_since(row: ReconciliationRow, order: StaffOrder) -> bool:
    return row.state is RowState.CONFIRMED and row.at is not None and row.at > order.given_at
