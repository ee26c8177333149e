"""Present a car to its driver: open the gate, see it leave, shut the gate."""

from collections.abc import Callable
from dataclasses import dataclass

from autosilo.site.control.jobs.gate import Gate
from autosilo.site.control.station import StationDriver


@dataclass(frozen=True, slots=True)
class Present:
    """Precondition: the car stands in ``station``."""

    station: StationDriver
    job: int | None = None

    async def open(self, *, only_if: Callable[[], bool]) -> None:
        """As ``Gate.open``."""
        await Gate(self.station, self.job).open(only_if=only_if)

    async def left(self) -> bool:
        """Wait until the station has been empty for a while. False when nobody took the car within the patience of the
        site."""
        times = self.station.times
        return await self.station.wait_for(
            lambda seen: not seen.occupied, steady_s=times.clear_s, patience_s=times.collect_patience_s
        )

    async def shut(self) -> None:
        await Gate(self.station, self.job).shut_when_clear()
