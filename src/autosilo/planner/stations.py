"""Gates and delivery bays."""

from autosilo.planner import brain
from autosilo.planner.world import World

TAKEN_S = 600.0
"""So long a delivery bay is taken, by expectation, while it is not known when its car will be there."""


def still(w: World, now: float, station: int) -> float:
    """When the gate may begin to open: at once behind a shutter, else when no lift that reaches it moves."""
    if station not in w.machine.locks:
        return now
    return max([now, *(w.expected[lift] for lift in w.machine.reach[station] if w.busy[lift])])


def occupy(w: World, now: float, station: int) -> None:
    """A delivery bay is taken for a car that is about to come."""
    _count_deliveries(w, now)
    index = w.delivery_index[station]
    w.closed[index] = True
    w.free_deliveries -= 1
    w.free_at[index] = now + TAKEN_S


def expect(w: World, station: int, *, there: float, wanted: float) -> None:
    """Its car will be there, or is there, since ``there``; its shopper comes, or came, at ``wanted``. How long they
    will need is not known: as long as drivers do."""
    machine, handover = w.machine, w.demand.handover
    dwell_s = (handover.dwell_min_s + handover.dwell_max_s) / 2
    gate_s = machine.open_s + machine.shut_s
    w.free_at[w.delivery_index[station]] = max(there, wanted) + gate_s + dwell_s


def delivery_free(w: World, now: float, station: int) -> None:
    """Its gate is shut again, or its car has gone back up."""
    _count_deliveries(w, now)
    w.closed[w.delivery_index[station]] = False
    w.free_deliveries += 1
    if w.waiting or w.to_stage:
        brain.think(w, now)


def _count_deliveries(w: World, now: float) -> None:
    if now > w.taken_since:
        w.counts.delivery_busy_s[len(w.machine.deliveries) - w.free_deliveries] += now - w.taken_since
        w.taken_since = now
