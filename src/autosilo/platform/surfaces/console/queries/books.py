"""A tower's books beside the orders that staff gave about them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from autosilo.platform.resources.people.models import Person
from autosilo.platform.resources.sites.models import Site
from autosilo.platform.resources.towers import queries as towers
from autosilo.platform.resources.towers.models import StaffOrder
from autosilo.platform.resources.towers.states import OrderState
from autosilo.wire.books import BlockedBay, LiftBook, Reconciliation, RowState, TowerBooks

ORDERS_SHOWN = 12
OPERATOR = "person "


@dataclass(frozen=True, kw_only=True)
class LiftRow:
    """One lift: its book, its open walk, and the latest order about it that was not simply carried out."""

    book: LiftBook
    walk: Reconciliation | None
    order: StaffOrder | None

    @property
    def needed(self) -> int:
        """Places of the walk that somebody must confirm."""
        if self.walk is None:
            return 0
        optional = {RowState.APART} if self.walk.every else {RowState.APART, RowState.AGREES}
        return sum(row.state not in optional for row in self.walk.rows)

    @property
    def done(self) -> int:
        return sum(row.state is RowState.CONFIRMED for row in self.walk.rows) if self.walk else 0


@dataclass(frozen=True, kw_only=True)
class TowerPage:
    """What the page of a tower's books shows. ``books`` is None until the site has told of them."""

    books: TowerBooks | None
    lifts: list[LiftRow]
    blocked: list[BlockedBay]
    names: Mapping[str, str]
    orders: list[StaffOrder]
    open_questions: dict[str, StaffOrder]

    def block_of(self, place: str) -> BlockedBay | None:
        return next((bay for bay in self.blocked if bay.place == place), None)


def tower_page(site: Site) -> TowerPage:
    """In three queries, however many lifts and bays."""
    books = towers.books_of(site)
    walks = {walk.lift: walk for walk in books.reconciliations} if books else {}
    orders = list(towers.orders_of(site).exclude(kind="confirm_bay")[:ORDERS_SHOWN])
    questions = unsettled(orders)
    lifts = [
        LiftRow(
            book=one,
            walk=walks.get(one.lift),
            order=questions.get(one.lift),
        )
        for one in (books.lifts if books else ())
    ]
    blocked = sorted(books.blocked, key=lambda bay: bay.place) if books else []
    said_by = [*(row.book.by for row in lifts), *(bay.by for bay in blocked)]
    return TowerPage(
        books=books, lifts=lifts, blocked=blocked, names=names_of(said_by), orders=orders, open_questions=questions
    )


def unsettled(orders: Iterable[StaffOrder]) -> dict[str, StaffOrder]:
    """Place or lift ('' for the tower) -> its latest order, where that waits or was refused.

    ``orders``: newest first.
    """
    latest: dict[str, StaffOrder] = {}
    for order in orders:
        latest.setdefault(order.about, order)
    waits = (OrderState.GIVEN, OrderState.REFUSED)
    return {about: order for about, order in latest.items() if order.state in waits}


def refused_hold(site: Site) -> StaffOrder | None:
    """The latest order to let the tower go on, when it was refused and no other was given since."""
    return refused_holds().get(site.pk)


def refused_holds() -> dict[str, StaffOrder]:
    """The same for every site, in one query."""
    orders = StaffOrder.objects.filter(kind="resolve_hold").select_related("by")
    latest = orders.order_by("site_id", "-given_at").distinct("site_id")
    return {order.site_id: order for order in latest if order.state == OrderState.REFUSED}


def names_of(said_by: Iterable[str | None]) -> dict[str, str]:
    """``person 7`` -> who that is, for those that the platform knows; one query."""
    numbers = {one: one.removeprefix(OPERATOR) for one in said_by if one and one.startswith(OPERATOR)}
    wanted = {name: int(number) for name, number in numbers.items() if number.isdecimal()}
    people = Person.objects.in_bulk(set(wanted.values()))
    return {name: person.email for name, number in wanted.items() if (person := people.get(number))}
