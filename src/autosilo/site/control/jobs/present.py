"""Present a car to its driver: open the gate, see it leave, shut the gate."""

from dataclasses import dataclass

from autosilo.site.control.jobs.gate import Gate
from autosilo.site.control.station import StationDriver


@dataclass(frozen=True, slots=True)
class Present:
    """Precondition: the car stands in ``station``. Expected: one gate travel until open; then a human being."""

    station: StationDriver
    job: int | None = None

    def expected_s(self) -> float:
        return self.station.times.travel_s

    async def open(self) -> None:
        await Gate(self.station, self.job).open()

    async def left(self) -> bool:
        """Wait until the station is empty. False when nobody took the car within the patience of the site."""
        patience_s = self.station.times.collect_patience_s
        return await self.station.wait_for(lambda seen: not seen.occupied, patience_s=patience_s)

    async def shut(self) -> None:
        await Gate(self.station, self.job).shut_when_clear()
