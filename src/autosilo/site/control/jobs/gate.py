"""Open or shut one gate."""

from collections.abc import Callable
from dataclasses import dataclass

from autosilo.site.control.exchange import Order
from autosilo.site.control.station import StationDriver
from autosilo.wire.mailbox import GateState, Kind


@dataclass(frozen=True, slots=True)
class Gate:
    """The gate of ``station``. ``job`` is the journal's number of the job that it is for."""

    station: StationDriver
    job: int | None = None

    def expected_s(self) -> float:
        """Full travel, either way."""
        return self.station.times.travel_s

    async def open(self, *, only_if: Callable[[], bool] = lambda: True) -> None:
        """Return when the sensor says that it is fully open; or when ``only_if``, which is asked before each command,
        says no."""
        await self.station.execute(lambda: self._plan(GateState.OPEN, Kind.OPEN_GATE) if only_if() else None)

    async def shut(self) -> None:
        """Return when the sensor says that it is shut. The PLC reverses it when something comes in between."""
        await self.station.execute(lambda: self._plan(GateState.SHUT, Kind.SHUT_GATE))

    async def shut_when_clear(self) -> None:
        """Wait until the zone has been clear for a while, then shut."""
        await self.station.wait_for(lambda seen: seen.zone_clear, steady_s=self.station.times.clear_s)
        await self.shut()

    def _plan(self, wanted: GateState, kind: Kind) -> Order | None:
        status = self.station.status
        if status is not None and status.gate is wanted:
            return None
        return Order(kind, self.station.name, expected_s=self.expected_s(), job=self.job)
