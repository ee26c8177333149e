"""Each Seq runs at most once: remembered apart from the numbers that the units themselves retain."""

from autosilo.twin.plc.memory import Witness
from autosilo.twin.plc.world import World

WITNESSED_JOBS = 64
"""Latest jobs of a unit that are remembered one by one. Of the older ones the highest number is: since numbers only
rise, a job at or below it has run before, or is one that must not run any more."""


def saw(world: World, unit: str, key: tuple[int, int]) -> None:
    """A job (epoch, seq) of ``unit`` has begun to move metal."""
    past = world.memory.witnesses.setdefault(unit, Witness())
    if key in past.ran or key <= past.forgotten:
        world.violation("seq_run_twice")
    elif past.ran and key < max(past.ran):
        world.violation("seq_out_of_order")
    past.ran.append(key)
    if len(past.ran) > WITNESSED_JOBS:
        past.forgotten = max(past.forgotten, past.ran.pop(0))
