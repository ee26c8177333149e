"""What the cars last said of themselves. Retained MQTT messages do not reach a core subscriber, so it is kept here."""

from dataclasses import dataclass

from autosilo.site.db import SiteDb
from autosilo.wire.cars import CarState


@dataclass(frozen=True, kw_only=True)
class LastSeen:
    odometer_km: float | None = None
    charge: float | None = None


class CarBook:
    """The last known odometer and charge by VIN; in memory, written down by ``keep`` now and then."""

    def __init__(self, db: SiteDb) -> None:
        self._db = db
        self._seen: dict[str, LastSeen] = {}
        self._paint: dict[str, str] = {}
        self._unwritten: set[str] = set()
        for row in db.rows("SELECT vin, odometer_km, charge, paint_hex FROM car"):
            self._seen[row["vin"]] = LastSeen(odometer_km=row["odometer_km"], charge=row["charge"])
            if row["paint_hex"]:
                self._paint[row["vin"]] = row["paint_hex"]

    def heard(self, state: CarState) -> None:
        seen = LastSeen(odometer_km=state.odometer_km, charge=state.charge)
        if self._seen.get(state.vin) != seen:
            self._seen[state.vin] = seen
            self._unwritten.add(state.vin)

    def of(self, vin: str) -> LastSeen:
        return self._seen.get(vin, LastSeen())

    def paint(self, vin: str, paint_hex: str) -> None:
        """Remember a car's colour from the orders that name it, for the drawing of the tower."""
        if self._paint.get(vin) != paint_hex:
            self._paint[vin] = paint_hex
            self._unwritten.add(vin)

    @property
    def paints(self) -> dict[str, str]:
        """VIN -> #rrggbb of the cars whose colour is known here."""
        return dict(self._paint)

    def keep(self) -> None:
        """Write what changed in one transaction; called every half minute and at the end."""
        if not self._unwritten:
            return
        with self._db.transaction():
            for vin in self._unwritten:
                seen = self.of(vin)
                self._db.execute(
                    "INSERT INTO car (vin, odometer_km, charge, paint_hex) VALUES (?, ?, ?, ?)"
                    " ON CONFLICT (vin) DO UPDATE SET odometer_km = excluded.odometer_km,"
                    " charge = excluded.charge, paint_hex = excluded.paint_hex",
                    vin,
                    seen.odometer_km,
                    seen.charge,
                    self._paint.get(vin),
                )
        self._unwritten.clear()
