"""Take a car in: open the intake gate, see a car come, judge it, shut the gate."""

from dataclasses import dataclass

from autosilo.site.control.driver import LiftDriver
from autosilo.site.control.jobs.gate import Gate, wait_for
from autosilo.site.control.jobs.store import smallest_class
from autosilo.site.control.mailbox import PlcLink, StationStatus
from autosilo.tower.config import Gate as GateTimes
from autosilo.tower.config import TowerConfig


@dataclass(frozen=True, slots=True)
class TakeIn:
    """Precondition: ``station`` is an empty intake. ``plate`` is that of the expected car."""

    station: str
    plate: str
    times: GateTimes
    job: int | None = None

    def expected_s(self) -> float:
        return self.times.travel_s

    async def open(self, driver: LiftDriver) -> None:
        await Gate(self.station, self.times, self.job).open(driver)

    async def arrived(self, driver: LiftDriver, link: PlcLink) -> bool:
        """Wait until a car stands in the station and its driver has left the zone. False when patience ran out."""
        return await wait_for(
            driver,
            link,
            self.station,
            lambda station: station.occupied and station.zone_clear,
            steady_s=self.times.clear_s,
            patience_s=self.times.intake_patience_s,
        )

    async def shut(self, driver: LiftDriver, link: PlcLink) -> None:
        """Wait until the zone has been clear for a while, then shut."""
        await wait_for(driver, link, self.station, lambda station: station.zone_clear, steady_s=self.times.clear_s)
        await Gate(self.station, self.times, self.job).shut(driver)

    def judge(self, tower: TowerConfig, seen: StationStatus) -> int | str:
        """Number of the vehicle class that the car needs, or a ``RefusalReason``."""
        if _folded(seen.plate) != _folded(self.plate):
            return "wrong_car"
        if seen.plugged:
            return "plugged_in"
        return smallest_class(
            tower,
            length_mm=seen.length_mm,
            width_mm=seen.width_mm,
            height_mm=seen.height_mm,
            mass_kg=seen.mass_kg,
        )


def _folded(plate: str) -> str:
    """Plates are compared without spaces, dots and case."""
    return "".join(letter for letter in plate.upper() if letter.isalnum())
