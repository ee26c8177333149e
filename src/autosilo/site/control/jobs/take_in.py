"""Take a car in: open the intake gate, see a car come, judge it, shut the gate."""

from dataclasses import dataclass

from autosilo.site.control.jobs.gate import Gate
from autosilo.site.control.rack import smallest_class
from autosilo.site.control.readings import StationStatus
from autosilo.site.control.station import StationDriver
from autosilo.site.control.types import RefusalReason
from autosilo.tower.config import TowerConfig


@dataclass(frozen=True, slots=True)
class TakeIn:
    """Precondition: ``station`` is an empty intake. ``plate`` is that of the expected car."""

    station: StationDriver
    plate: str
    job: int | None = None

    async def open(self) -> None:
        await Gate(self.station, self.job).open()

    async def arrived(self) -> bool:
        """Wait until a car stands in the station and nobody is with it, or somebody stays with it for longer than the
        site's limit. False when no car came in time."""
        times = self.station.times
        if not await self.station.wait_for(lambda seen: seen.occupied, patience_s=times.intake_patience_s):
            return False
        await self.station.wait_for(
            lambda seen: seen.zone_clear or not seen.occupied, steady_s=times.clear_s, patience_s=times.dwell_limit_s
        )
        return True

    async def shut(self) -> None:
        await Gate(self.station, self.job).shut_when_clear()

    def judge(self, tower: TowerConfig, seen: StationStatus) -> int | RefusalReason:
        """Number of the vehicle class that the car needs, or why it is not taken in.

        In the order in which people can do something about it: who is inside steps out, then the car is looked at.
        """
        if not seen.zone_clear:
            return "person_in_zone"
        if not _folded(seen.plate):
            return "unknown_plate"
        if _folded(seen.plate) != _folded(self.plate):
            return "wrong_car"
        if seen.plugged:
            return "plugged_in"
        if seen.engine_running:
            return "engine_running"
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
