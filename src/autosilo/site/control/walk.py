"""The walk from bay to bay: its rows, and when it is finished. Pure."""

from collections.abc import Collection, Iterable, Mapping

from autosilo.site.control.ledger import Said, Walk
from autosilo.wire.books import Reconciliation, ReconciliationRow, RowState


def reconciliation(
    walk: Walk,
    *,
    places: Iterable[str],
    inventory: Mapping[str, str],
    occupied: Collection[str] | None,
    said: Mapping[str, Said],
    apart: Collection[str] = (),
) -> Reconciliation:
    """As it stands. ``occupied``: places with a car by their sensors, None while the PLC is away. ``apart``: places
    that are not compared, nor asked for: a driver may come or go there, or a move stands half-way between them."""
    rows = tuple(
        _row(place, inventory.get(place), None if occupied is None else place in occupied, said.get(place), apart)
        for place in places
    )
    return Reconciliation(lift=walk.lift, since=walk.since, why=walk.why, every=walk.every, rows=rows)


def first_open(walk: Reconciliation) -> ReconciliationRow | None:
    """The first row that stands against the end of the walk; None when it can be finished."""
    differing = (row for row in walk.rows if row.state is RowState.DIFFERS)
    unconfirmed = (row for row in walk.rows if walk.every and row.state is RowState.AGREES)
    return next(differing, None) or next(unconfirmed, None)


def _row(
    place: str, vin: str | None, occupied: bool | None, said: Said | None, apart: Collection[str]
) -> ReconciliationRow:
    differs = occupied is not None and occupied != (vin is not None)
    confirmed = said is not None and said.after == vin
    if differs and place not in apart:
        state = RowState.DIFFERS
    elif confirmed:
        state = RowState.CONFIRMED
    else:
        state = RowState.APART if place in apart else RowState.AGREES
    by, at = (said.by, said.at) if said is not None and confirmed else (None, None)
    return ReconciliationRow(place=place, vin=vin, occupied=occupied, state=state, by=by, at=at)
