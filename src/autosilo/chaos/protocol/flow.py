"""One visit after the other, as the jobs in ``site.control.jobs`` make them: fetch, present, take back, store.

The journal holds the step. Drivers keep to the kiosk's word: they drive out while a car is presented and in while
one is awaited.
"""

from autosilo.chaos.protocol.state import (
    CARRIAGE,
    GATE_PLACE,
    LIFT,
    MOVE,
    OPEN,
    OPEN_GATE,
    OUTSIDE,
    SHUT,
    SHUT_GATE,
    STATION,
    Cmd,
    Rules,
    State,
    View,
)

VISIT = ("fetch", "open", "see it leave", "shut", "open for a return", "see it come", "shut behind it", "store")
SHUTTLE = ("fetch", "store")
LEAVING, COMING = {"open", "see it leave"}, {"see it come"}
AT_WORK = set(VISIT) - {"fetch", "store"}


def name(state: State, rules: Rules) -> str:
    return (VISIT if rules.station else SHUTTLE)[state.step]


def concerns(state: State, rules: Rules) -> int:
    """Which unit's driver works at the present step."""
    return LIFT if name(state, rules) in SHUTTLE else STATION


def order(state: State, view: View, rules: Rules) -> tuple[int, str, str] | None:
    """Kind, source and destination of what is to be done at this step; None when nothing is left of it."""
    step, place = name(state, rules), state.books[state.turn]
    home = f"B{state.turn + 1}"
    if step == "fetch":
        return None if place == GATE_PLACE else (MOVE, place, GATE_PLACE)
    if step == "store":
        return None if place == home else (MOVE, place, home)
    if step.startswith("open"):
        return None if view.gate == OPEN else (OPEN_GATE, GATE_PLACE, "")
    if step.startswith("shut"):
        return None if view.gate == SHUT else (SHUT_GATE, GATE_PLACE, "")
    return None


def advanced(state: State, view: View, rules: Rules) -> State | None:
    """The next step, journalled; None while a driver has yet to act."""
    step, books = name(state, rules), state.books
    if step == "see it leave":
        if GATE_PLACE in view.occupied:
            return None
        books = put(books, state.turn, OUTSIDE)
    elif step == "see it come":
        if GATE_PLACE not in view.occupied:
            return None
        books = put(books, state.turn, GATE_PLACE)
    steps = VISIT if rules.station else SHUTTLE
    last = state.step == len(steps) - 1
    turn = (state.turn + 1) % len(books) if last else state.turn
    return state._replace(books=books, step=0 if last else state.step + 1, turn=turn)


def moved(state: State, cmd: Cmd) -> tuple[str, ...]:
    """The inventory after ``cmd`` has ended."""
    return put(state.books, state.turn, cmd.dst) if cmd.kind == MOVE else state.books


def agrees(state: State, view: View, rules: Rules) -> bool:
    """Sensors against inventory; a station where a driver is at work is not compared."""
    ignored = {GATE_PLACE} if name(state, rules) in AT_WORK else set()
    believed = {place for place in state.books if place != OUTSIDE} - ignored
    return believed == set(view.occupied) - ignored and CARRIAGE not in view.occupied


def true_books(state: State, rules: Rules) -> bool:
    """Does the inventory say where the cars really are?"""
    if name(state, rules) not in AT_WORK:
        return state.books == state.cars
    places = (GATE_PLACE, OUTSIDE)
    return all(
        book == car or (number == state.turn and book in places and car in places)
        for number, (book, car) in enumerate(zip(state.books, state.cars, strict=True))
    )


def driver_may(state: State, rules: Rules) -> str | None:
    """Where the driver of the present car can take it now."""
    if state.gate != OPEN:
        return None
    place = state.cars[state.turn]
    if place == GATE_PLACE and name(state, rules) in LEAVING:
        return OUTSIDE
    if place == OUTSIDE and name(state, rules) in COMING and GATE_PLACE not in state.cars:
        return GATE_PLACE
    return None


def put(places: tuple[str, ...], number: int, place: str) -> tuple[str, ...]:
    """``places`` with car ``number`` in ``place``."""
    return (*places[:number], place, *places[number + 1 :])
