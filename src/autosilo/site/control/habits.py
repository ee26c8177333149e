"""How a site uses its tower: what it does ahead of time and in idle hours, and what it expects of people."""

from dataclasses import dataclass, field, replace

from autosilo.tower.dispatch.jobs import PATIENCE_S
from autosilo.tower.dispatch.settings import Settings
from autosilo.tower.storage.alike import Likeness
from autosilo.tower.storage.deliveries import OVERDUE_S
from autosilo.tower.storage.rearrange import Rearrangement
from autosilo.tower.storage.staging import Staging
from autosilo.tower.storage.urgency import Patience


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """``ahead``: booked cars are brought down before their shoppers come. ``park``: an idle lift goes to where the next
    car will probably be asked for. ``tidy``: cars are rearranged while the site is shut.

    ``dwell_s``: how long a delivered car keeps its station, by expectation, and ``overdue_s`` longer where it does.
    ``patience_s``: who has waited so long goes before all younger ones. ``settings``, ``staging``, ``patience``,
    ``rearrangement``, ``likeness``: see there; they are the simulator's.
    """

    ahead: bool = False
    park: bool = False
    tidy: bool = False
    dwell_s: float = 120.0
    overdue_s: float = OVERDUE_S
    patience_s: float = PATIENCE_S
    settings: Settings = field(default_factory=Settings)
    staging: Staging = field(default_factory=Staging)
    patience: Patience = field(default_factory=Patience)
    rearrangement: Rearrangement = field(default_factory=Rearrangement)
    likeness: Likeness = field(default_factory=Likeness)

    def at_pace(self, pace: float) -> "Habits":
        """Of a world in which people hurry, too: every duration divided by ``pace``. For measuring runs."""
        return replace(
            self,
            dwell_s=self.dwell_s / pace,
            overdue_s=self.overdue_s / pace,
            patience_s=self.patience_s / pace,
            settings=replace(self.settings, ageing_s=self.settings.ageing_s / pace),
            rearrangement=replace(self.rearrangement, least_s=self.rearrangement.least_s / pace),
            likeness=Likeness(
                turn_s=self.likeness.turn_s / pace,
                together_s=self.likeness.together_s / pace,
                worth_s=self.likeness.worth_s / pace,
            ),
            staging=replace(self.staging, ahead_s=self.staging.ahead_s / pace, by_s=self.staging.by_s / pace),
            patience=replace(
                self.patience, longest_s=self.patience.longest_s / pace, spread_s=self.patience.spread_s / pace
            ),
        )


HABITS = Habits()
"""A tower that does what it is asked for, and nothing besides."""
