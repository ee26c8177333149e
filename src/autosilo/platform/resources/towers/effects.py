"""Does a tower's book show what an order asked for? Pure."""

from autosilo.wire.books import (
    BlockBay,
    ConfirmBay,
    FinishReconciliation,
    LiftService,
    Reconciliation,
    TowerBooks,
    UnblockBay,
)
from autosilo.wire.bus import ResolveHold

StaffOrders = ResolveHold | BlockBay | UnblockBay | LiftService | ConfirmBay | FinishReconciliation
"""What staff may order of a tower."""

_FAMILY = {"block_bay": "blocking", "unblock_bay": "blocking"}


def about(order: StaffOrders) -> str:
    """The place or lift that an order is about; empty for the tower as a whole."""
    return str(getattr(order, "place", None) or getattr(order, "lift", ""))


def alike(kind: str) -> list[str]:
    """Kinds of which a later order about the same thing takes the place of an earlier one of ``kind``."""
    family = _FAMILY.get(kind)
    return [other for other, its in _FAMILY.items() if its == family] if family else [kind]


def walk_of(lift: str, books: TowerBooks) -> Reconciliation | None:
    return next((one for one in books.reconciliations if one.lift == lift), None)


def shows(order: StaffOrders, books: TowerBooks) -> bool:
    """True when ``order`` needs no answer any more. A hold is told of by facts of its own."""
    match order:
        case BlockBay():
            return any(bay.place == order.place for bay in books.blocked)
        case UnblockBay():
            return all(bay.place != order.place for bay in books.blocked)
        case LiftService():
            return any(one.lift == order.lift and one.in_service == order.in_service for one in books.lifts)
        case FinishReconciliation():
            return walk_of(order.lift, books) is None
        case ConfirmBay():
            return _confirmed(order, books)
        case ResolveHold():
            return False


def _confirmed(order: ConfirmBay, books: TowerBooks) -> bool:
    """Orders keep their order: when the walk is over, whatever was said during it was heard."""
    walk = walk_of(order.place.partition(".")[0], books)
    if walk is None:
        return True
    return any(row.place == order.place and row.vin == order.vin and row.by for row in walk.rows)
