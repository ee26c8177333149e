"""What a technician may order, and how the tower's books stand. Every order is journalled with who gave it."""

from autosilo.site.control.ledger import Walk
from autosilo.site.control.lift import LiftDriver
from autosilo.site.control.rack import class_by_place
from autosilo.site.control.states import Collect, Purpose, Return
from autosilo.site.control.types import CannotObey, CannotResolve, EventKind
from autosilo.site.control.visits import Floor
from autosilo.site.control.walk import first_open, reconciliation
from autosilo.site.control.whereabouts import settle
from autosilo.tower.geometry import Role, lift_of
from autosilo.wire.books import (
    BlockedBay,
    Confirmation,
    LiftBook,
    LiftMode,
    OrderRefusal,
    Reconciliation,
    RowState,
    TowerBooks,
)
from autosilo.wire.mailbox import Mode

MODES = {Mode.AUTO: LiftMode.AUTO, Mode.MANUAL: LiftMode.MANUAL, Mode.SERVICE: LiftMode.SERVICE}


def block_bay(floor: Floor, place: str, *, reason: str, by: str) -> None:
    """Nothing is stored there or fetched from there any more. Raises ``CannotObey``."""
    _require_bay(floor, place)
    floor.ledger.block(place, reason=reason, by=by)
    for name in (place, f"{place}R"):
        vin = floor.journal.inventory.get(name)
        if vin is not None:
            _shut_in(floor, vin, name, f"bay {place} is blocked: {reason}")
    floor.wake()


def unblock_bay(floor: Floor, place: str, *, by: str) -> None:
    """Raises ``CannotObey``."""
    _require_bay(floor, place)
    floor.ledger.unblock(place, by=by)
    floor.wake()


def take_out_of_service(floor: Floor, lift: str, *, reason: str, by: str) -> None:
    """The lift ends the job that runs and begins no other; who waits for a car in its rack is told."""
    driver = _require_lift(floor, lift)
    floor.ledger.take_out(lift, reason=reason or "taken out of service", by=by)
    for place, vin in list(floor.journal.inventory.items()):
        if lift_of(place) == lift and driver.places[place].role is Role.BAY:
            _shut_in(floor, vin, place, f"lift {lift} is out of service: {reason}")
    floor.wake()


def return_to_service(floor: Floor, lift: str, *, by: str) -> None:
    _require_lift(floor, lift)
    floor.ledger.bring_in(lift, by=by)
    floor.wake()


def confirm_bay(floor: Floor, place: str, vin: str | None, *, by: str) -> None:
    """What stands in a place, by somebody who has looked. Only during a walk of its lift, and with the key on Auto: in
    Manual a car may be moved after it was looked at. Raises ``CannotObey``."""
    driver = next((one for one in floor.lifts.values() if place in one.places and one.name == lift_of(place)), None)
    if driver is None:
        raise CannotObey("unknown_place", place)
    walk = _require_walk(floor, driver.name)
    _require_auto(driver)
    if vin != floor.journal.inventory.get(place):
        _require_at_rest(floor, place, vin)
    at_least = class_by_place(floor.config.tower, driver.places[place])
    floor.ledger.confirm(walk, place, vin, by=by, at_least=at_least)
    floor.wake()


def finish_reconciliation(floor: Floor, lift: str, *, by: str) -> None:
    """The walk is over and the lift goes on. Raises ``CannotObey`` and says which place stands against it."""
    driver = _require_lift(floor, lift)
    walk = _require_walk(floor, lift)
    row = first_open(_reconciliation(floor, driver, walk))
    if row is not None:
        reason: OrderRefusal = "differs" if row.state is RowState.DIFFERS else "not_confirmed"
        words = "journal and sensor differ" if row.state is RowState.DIFFERS else "nobody has looked yet"
        raise CannotObey(reason, row.place, f"{row.place}: {words}")
    status = driver.status
    if status is None or not floor.link.connected:
        raise CannotObey("offline", lift, "the PLC is offline")
    if status.mode is not Mode.AUTO:
        raise CannotObey("not_auto", lift, "the key switch is not on Auto")
    if status.emergency:
        raise CannotObey("emergency_stop", lift, "emergency stop is pressed")
    floor.ledger.finish(walk, by=by)
    for unit in (driver, *(one for one in floor.stations_of(lift) if one.lifts[0] == lift)):
        if unit.hold is not None:
            unit.release(by)
    _released(floor, by)


def resolve(floor: Floor, *, by: str) -> None:
    """An operator has looked: check again and go on. Does nothing when no unit is held. What cannot go on yet stays
    held; raises ``CannotResolve`` when nothing could go on."""
    held = [unit for unit in floor.units if unit.hold is not None]
    wrong = {unit.name: why for unit in held if (why := unit.still_wrong()) is not None}
    for unit in held:
        if unit.name not in wrong:
            unit.release(by)
    if len(wrong) < len(held):
        _released(floor, by)
        return
    for name, (reason, _) in wrong.items():
        raise CannotResolve(reason, name, "; ".join(f"{unit}: {words}" for unit, (_, words) in wrong.items()))


def open_reconciliations(floor: Floor) -> list[Reconciliation]:
    """Every open walk."""
    return [_reconciliation(floor, floor.lifts[name], walk) for name, walk in floor.ledger.walks.items()]


def books(floor: Floor) -> TowerBooks:
    """How everything stands now."""
    ledger = floor.ledger
    return TowerBooks(
        site=floor.config.slug,
        lifts=tuple(_lift_book(floor, driver) for driver in floor.lifts.values()),
        reconciliations=tuple(open_reconciliations(floor)),
        blocked=tuple(
            BlockedBay(place=place, reason=one.reason, by=one.by, since=one.since)
            for place, one in sorted(ledger.blocked.items())
        ),
        confirmations=tuple(
            Confirmation(place=one.place, before=one.before, after=one.after, by=one.by, at=one.at)
            for one in ledger.last_confirmations()
        ),
    )


# --- inside ---


def _lift_book(floor: Floor, driver: LiftDriver) -> LiftBook:
    status, out = driver.status, floor.ledger.out_of_service.get(driver.name)
    return LiftBook(
        lift=driver.name,
        mode=MODES[status.mode] if status is not None and floor.link.connected else LiftMode.UNKNOWN,
        in_service=out is None,
        reason=out.reason if out else None,
        by=out.by if out else None,
        since=out.since if out else None,
        held=f"{driver.hold.look_at}: {driver.hold.reason}" if driver.hold else None,
    )


def _reconciliation(floor: Floor, driver: LiftDriver, walk: Walk) -> Reconciliation:
    status = driver.status
    return reconciliation(
        walk,
        places=[name for name in driver.places if lift_of(name) == driver.name],
        inventory=floor.journal.inventory,
        occupied=status.occupied if status is not None and floor.link.connected else None,
        said=floor.ledger.confirmed(walk),
        apart=floor.stations_in_use() | _half_way(floor),
    )


def _half_way(floor: Floor) -> set[str]:
    """Sources and destinations of moves that are not over."""
    running = (driver.running() for driver in floor.lifts.values())
    return {place for one in running if one for place in (one.command.src, one.command.dst)}


def _require_auto(driver: LiftDriver) -> None:
    """By what was last read, even if the PLC is away now."""
    if driver.status is None:
        raise CannotObey("offline", driver.name, "the PLC is offline")
    if driver.status.mode is not Mode.AUTO:
        raise CannotObey("not_auto", driver.name, "the key switch is not on Auto")


def _require_at_rest(floor: Floor, place: str, vin: str | None) -> None:
    """Neither the place nor the car, wherever the journal has it, is a driver's or a lift's at this moment."""
    both = {place, floor.journal.place_of(vin or "")}
    jobs = floor.journal.open_jobs()
    coming = any(job.vin == vin and job.purpose == Purpose.RETURN and job.state != Return.STORING for job in jobs)
    if coming or both & floor.stations_in_use():
        raise CannotObey("in_use", place, f"a driver may come or go with the car, or at {place}")
    if both & _half_way(floor):
        raise CannotObey("in_motion", place, f"a move from or to {place} is not over")


def _shut_in(floor: Floor, vin: str, place: str, why: str) -> None:
    """Its visit, if it waits for the car, comes to an end; in any case it is told."""
    job = next((one for one in floor.journal.open_jobs() if one.vin == vin and one.purpose == Purpose.COLLECT), None)
    if job is not None and job.state == Collect.QUEUED:
        job = settle(floor, job)
    floor.tell(EventKind.SHUT_IN, job=job, vin=vin, place=place, detail=why)


def _released(floor: Floor, by: str) -> None:
    floor.tell(EventKind.RELEASED, detail=by)


def _require_lift(floor: Floor, lift: str) -> LiftDriver:
    driver = floor.lifts.get(lift)
    if driver is None:
        raise CannotObey("unknown_lift", lift)
    return driver


def _require_bay(floor: Floor, place: str) -> None:
    driver = floor.lifts.get(lift_of(place))
    if driver is None or place not in driver.places:
        raise CannotObey("unknown_place", place)
    if driver.places[place].role is not Role.BAY:
        raise CannotObey("not_a_bay", place)


def _require_walk(floor: Floor, lift: str) -> Walk:
    walk = floor.ledger.walks.get(lift)
    if walk is None:
        raise CannotObey("no_reconciliation", lift, f"no reconciliation of {lift} is open")
    return walk
