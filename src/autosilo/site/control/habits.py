"""How a site uses its tower: what it does ahead of time and in idle hours, and what it expects of people."""

from dataclasses import dataclass, field, replace

from autosilo.tower.dispatch.jobs import PATIENCE_S
from autosilo.tower.dispatch.settings import Settings
from autosilo.tower.storage.staging import Staging
from autosilo.tower.storage.urgency import Patience


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """``ahead``: booked cars are brought down before their shoppers come.

    ``dwell_s``: how long a delivered car keeps its station, by expectation. ``patience_s``: who has waited so long goes
    before all younger ones. ``staging`` and ``patience``: see there; they are the simulator's.
    """

    ahead: bool = False
    dwell_s: float = 120.0
    patience_s: float = PATIENCE_S
    settings: Settings = field(default_factory=Settings)
    staging: Staging = field(default_factory=Staging)
    patience: Patience = field(default_factory=Patience)

    def at_pace(self, pace: float) -> "Habits":
        """Of a world in which people hurry, too: every duration divided by ``pace``. For measuring runs."""
        return replace(
            self,
            dwell_s=self.dwell_s / pace,
            patience_s=self.patience_s / pace,
            settings=replace(self.settings, ageing_s=self.settings.ageing_s / pace),
            staging=replace(self.staging, ahead_s=self.staging.ahead_s / pace, by_s=self.staging.by_s / pace),
            patience=replace(
                self.patience, longest_s=self.patience.longest_s / pace, spread_s=self.patience.spread_s / pace
            ),
        )


HABITS = Habits()
"""A tower that does what it is asked for, and nothing besides."""
