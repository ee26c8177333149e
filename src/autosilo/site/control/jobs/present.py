"""Present a car to its driver: open the gate, see it leave, shut the gate."""

from dataclasses import dataclass

from autosilo.site.control.driver import LiftDriver
from autosilo.site.control.jobs.gate import Gate, wait_for
from autosilo.site.control.mailbox import PlcLink
from autosilo.tower.config import Gate as GateTimes


@dataclass(frozen=True, slots=True)
class Present:
    """Precondition: the car stands in ``station``. Expected: one gate travel until open; then a human being."""

    station: str
    times: GateTimes
    job: int | None = None

    def expected_s(self) -> float:
        return self.times.travel_s

    async def open(self, driver: LiftDriver) -> None:
        await Gate(self.station, self.times, self.job).open(driver)

    async def left(self, driver: LiftDriver, link: PlcLink) -> bool:
        """Wait until the station is empty. False when nobody took the car within the patience of the site."""
        return await wait_for(
            driver,
            link,
            self.station,
            lambda station: not station.occupied,
            patience_s=self.times.collect_patience_s,
        )

    async def shut(self, driver: LiftDriver, link: PlcLink) -> None:
        """Wait until the zone has been clear for a while, then shut."""
        await wait_for(driver, link, self.station, lambda station: station.zone_clear, steady_s=self.times.clear_s)
        await Gate(self.station, self.times, self.job).shut(driver)
