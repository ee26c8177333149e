"""A leaf that opens and shuts: a gate to the street, or a shutter to the hoistway. It runs at one speed."""

from dataclasses import dataclass

from autosilo.wire.mailbox import GateState


@dataclass(slots=True)
class Leaf:
    """``opened``: 0 shut to 1 open. ``goal``: where it runs to; where it stands when that is ``opened``."""

    opened: float = 0.0
    goal: float = 0.0

    @property
    def state(self) -> GateState:
        """One that was stopped half-way counts as shutting: it is neither."""
        if not self.moving and self.opened in (0.0, 1.0):
            return GateState.OPEN if self.opened else GateState.SHUT
        return GateState.OPENING if self.goal == 1.0 else GateState.SHUTTING

    @property
    def shut(self) -> bool:
        return self.opened == self.goal == 0.0

    @property
    def moving(self) -> bool:
        return self.opened != self.goal

    @property
    def shutting(self) -> bool:
        """Is it under way to shut? A stopped one is not."""
        return self.goal == 0.0 < self.opened

    def drive(self, *, opened: bool, travel_s: float) -> float:
        """Set off; returns the seconds that the way takes, ``travel_s`` for the whole one."""
        self.goal = 1.0 if opened else 0.0
        return abs(self.goal - self.opened) * travel_s

    def stop(self) -> None:
        self.goal = self.opened

    def step(self, dt: float, travel_s: float) -> bool:
        """Go on for ``dt`` seconds. True when it has just arrived."""
        if not self.moving:
            return False
        way = dt / travel_s if travel_s else 1.0
        self.opened = (
            min(self.goal, self.opened + way) if self.goal > self.opened else max(self.goal, self.opened - way)
        )
        return not self.moving
