"""Which car a visit is for: what was chosen stays chosen while it moves or is out, whatever is ordered (ADR 19).

A revision that names another car (the first failed, or the pick-up was moved) may come when the site has begun with the
former: then the site's word wins. The other one counts from when the collection has failed and may be tried again.
"""

import json
from typing import TypedDict
from uuid import UUID

from autosilo.site.db import SiteDb
from autosilo.site.visits.states import VisitState
from autosilo.wire.bus import ExpectVisitor


class Car(TypedDict):
    """The columns that say which car; looks and name are those of the car."""

    vin: str
    plate: str
    model_name: str
    paint_hex: str


def car_of(order: ExpectVisitor) -> Car:
    """The car that the order names."""
    return Car(vin=order.vin, plate=order.plate, model_name=order.model_name, paint_hex=order.paint_hex)


def renewed(order: ExpectVisitor, state: VisitState) -> dict[str, object]:
    """What a newer revision does to those columns: all of it while nothing has begun, else it is kept for later."""
    if state is VisitState.EXPECTED:
        return {**car_of(order), "ordered": None}
    return {"ordered": json.dumps(car_of(order))}


def take_ordered(db: SiteDb, trial: UUID) -> None:
    """Nothing moves for the visit any more: from now on it is for the car that was ordered last."""
    row = db.row("SELECT ordered FROM visit WHERE trial = ? AND ordered IS NOT NULL", str(trial))
    if row is None:
        return
    car: Car = json.loads(row["ordered"])
    db.execute(
        "UPDATE visit SET vin = ?, plate = ?, model_name = ?, paint_hex = ?, ordered = NULL WHERE trial = ?",
        car["vin"],
        car["plate"],
        car["model_name"],
        car["paint_hex"],
        str(trial),
    )
