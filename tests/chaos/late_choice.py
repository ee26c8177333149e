"""A model of the protocol that ADR 19 asks for: a site may hand over another car of the kind, also while it is cut off.

Two visits, some equal cars, one site, orders and facts each in their order and delayed at will. Nothing in the product
runs this yet; it says what the protocol must not leave out. A rule of ``RULES`` that is left out breaks an invariant.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

Cars = frozenset[int]
T = TypeVar("T")
Step = tuple[str, "State"]

NONE: Cars = frozenset()
RULES = frozenset({"keep_what_was_told", "keep_on_cancel", "chosen_is_kept", "answer_names_chosen", "keep_exchanged"})
ORDERS_UNDER_WAY = 2
FACTS_UNDER_WAY = 3


class Intent(NamedTuple):
    """What the platform knows of a visit. ``told``: lists that the site has not answered, by revision; ``answered``:
    what it said last that it may still fetch."""

    state: str = "none"
    car: int = 0
    spares: Cars = NONE
    revision: int = 0
    told: tuple[tuple[int, Cars], ...] = ()
    answered: Cars = NONE

    def kept(self) -> Cars:
        """No other visit may have these: what holds, what was told, and what the site may still do."""
        now = self.spares | {self.car} if self.state in ("booked", "out") else NONE
        return now.union(self.answered, *(cars for _, cars in self.told))


class Known(NamedTuple):
    """What the site knows of a visit; ``chosen`` is journalled before anything moves."""

    state: str = "none"
    cars: Cars = NONE
    revision: int = 0
    chosen: int = 0

    def may_fetch(self) -> Cars:
        return self.cars | {self.chosen} if self.state in ("collecting", "out") else self.cars


class Order(NamedTuple):
    visit: int
    revision: int
    cars: Cars


class Fact(NamedTuple):
    """``kind`` ``chosen`` or ``out`` with one car, or ``answer`` with all that may be fetched after ``revision``."""

    kind: str
    visit: int
    cars: Cars
    revision: int = 0


class State(NamedTuple):
    intents: tuple[Intent, ...]
    known: tuple[Known, ...]
    orders: tuple[Order, ...] = ()
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Model:
    """``without``: one of ``RULES`` that is not followed."""

    cars: int
    revisions: int
    without: str = ""

    def steps(self, s: State) -> Iterator[Step]:
        """Visits and cars are alike, so that the first booking may be that of visit 0 with car 1."""
        if not any(one.revision for one in s.intents):
            yield self._tell(s, 0, s.intents[0]._replace(state="booked", car=1), "booked with 1")
            return
        for visit in range(len(s.intents)):
            yield from self._platform(s, visit)
            yield from self._site(s, visit)
        if s.orders:
            yield self._hear_order(s)
        if s.facts:
            yield self._hear_fact(s)

    # --- the platform ---

    def _platform(self, s: State, visit: int) -> Iterator[Step]:
        one = s.intents[visit]
        if one.revision == self.revisions:
            return
        taken = frozenset[int]().union(*(intent.kept() for intent in s.intents))
        free = [car for car in range(1, self.cars + 1) if car not in taken]
        if one.state == "none":
            for car in free:
                yield self._tell(s, visit, one._replace(state="booked", car=car), f"booked with {car}")
        if one.state == "booked":
            for car in free:
                yield self._tell(s, visit, one._replace(spares=one.spares | {car}), f"may have {car}")
                yield self._tell(s, visit, one._replace(car=car), f"gets {car} instead")
            for car in one.spares:
                yield self._tell(s, visit, one._replace(spares=one.spares - {car}), f"may no longer have {car}")
            yield self._tell(s, visit, self._cancelled(one), "cancelled")

    def _cancelled(self, one: Intent) -> Intent:
        if self.without == "keep_on_cancel":
            one = one._replace(told=(), answered=NONE)
        return one._replace(state="cancelled", spares=NONE)

    def _tell(self, s: State, visit: int, one: Intent, what: str) -> Step:
        revision = one.revision + 1
        cars = one.spares | {one.car} if one.state == "booked" else NONE
        told = one.told if self.without == "keep_what_was_told" else (*one.told, (revision, cars))
        intents = _put(s.intents, visit, one._replace(revision=revision, told=told))
        order = Order(visit, revision, cars)
        return f"platform: {visit} {what}", s._replace(intents=intents, orders=(*s.orders, order))

    def _hear_fact(self, s: State) -> Step:
        fact = s.facts[0]
        one = s.intents[fact.visit]
        if fact.kind == "answer":
            told = tuple((revision, cars) for revision, cars in one.told if revision > fact.revision)
            one = one._replace(told=told, answered=fact.cars)
        else:
            one = self._exchanged(one, *fact.cars)
            if fact.kind == "out":
                one = one._replace(state="out", spares=NONE)
        return f"platform: hears {fact}", s._replace(intents=_put(s.intents, fact.visit, one), facts=s.facts[1:])

    def _exchanged(self, one: Intent, car: int) -> Intent:
        """The trial's car becomes the one that was chosen. The former is kept until a list without it is answered."""
        if one.state != "booked" or car == one.car:
            return one._replace(car=car, answered=one.answered | {car})
        if self.without == "keep_exchanged":
            told = tuple((revision, cars - {one.car}) for revision, cars in one.told)
            answered = one.answered - {one.car} | {car}
            return one._replace(car=car, spares=one.spares - {car}, told=told, answered=answered)
        return one._replace(car=car, spares=one.spares - {car}, answered=one.answered | {car, one.car})

    # --- the site ---

    def _site(self, s: State, visit: int) -> Iterator[Step]:
        one = s.known[visit]
        if one.state == "expected":
            for car in one.cars:
                known = _put(s.known, visit, one._replace(state="collecting", chosen=car))
                fact = Fact("chosen", visit, frozenset({car}))
                yield f"site: fetches {car} for {visit}", s._replace(known=known, facts=(*s.facts, fact))
        if one.state == "collecting":
            known = _put(s.known, visit, one._replace(state="out"))
            fact = Fact("out", visit, frozenset({one.chosen}))
            yield f"site: {visit} drives off", s._replace(known=known, facts=(*s.facts, fact))
            back = one._replace(state="expected" if one.cars else "done", chosen=0)
            fact = Fact("answer", visit, back.may_fetch(), one.revision)
            known = _put(s.known, visit, back)
            yield f"site: {visit} leaves the car", s._replace(known=known, facts=(*s.facts, fact))

    def _hear_order(self, s: State) -> Step:
        order = s.orders[0]
        one = s.known[order.visit]._replace(cars=order.cars, revision=order.revision)
        if one.state in ("none", "expected"):
            one = one._replace(state="expected" if order.cars else "done")
        elif self.without == "chosen_is_kept" and one.state == "collecting" and order.cars:
            one = one._replace(chosen=min(order.cars))
        cars = order.cars if self.without == "answer_names_chosen" else one.may_fetch()
        fact = Fact("answer", order.visit, cars, order.revision)
        known = _put(s.known, order.visit, one)
        return f"site: hears {order}", s._replace(known=known, orders=s.orders[1:], facts=(*s.facts, fact))


def broken(before: State | None, s: State) -> str:
    """What must never be so; empty when all is well."""
    first, second = (intent.kept() for intent in s.intents)
    if first & second:
        return "two visits have one car by the platform's books"
    moving = [(i, one) for i, one in enumerate(s.known) if one.state in ("collecting", "out")]
    if any(one.chosen not in s.intents[i].kept() for i, one in moving):
        return "a site gives a car that the platform may promise to somebody else"
    if len(moving) > len({one.chosen for _, one in moving}):
        return "a site gives one car to two visits"
    if before and any(
        was.state == is_.state == "collecting" and was.chosen != is_.chosen
        for was, is_ in zip(before.known, s.known, strict=True)
    ):
        return "a car that is being fetched is exchanged for another"
    return ""


def explore(model: Model) -> tuple[int, str, list[str]]:
    """Every state once, nearest first: how many, what is broken, and the shortest story of it."""
    first = State((Intent(), Intent()), (Known(), Known()))
    parents: dict[State, tuple[str, State] | None] = {first: None}
    queue = deque([first])
    while queue:
        state = queue.popleft()
        for what, after in model.steps(state):
            if len(after.orders) > ORDERS_UNDER_WAY or len(after.facts) > FACTS_UNDER_WAY:
                continue
            wrong = broken(state, after)
            if wrong:
                return len(parents), wrong, [*_story(parents, state), what]
            if after not in parents:
                parents[after] = (what, state)
                queue.append(after)
    return len(parents), "", []


def _story(parents: dict[State, tuple[str, State] | None], state: State) -> list[str]:
    story = []
    while (step := parents[state]) is not None:
        what, state = step
        story.append(what)
    return story[::-1]


def _put(row: tuple[T, ...], index: int, one: T) -> tuple[T, ...]:
    return (*row[:index], one, *row[index + 1 :])
