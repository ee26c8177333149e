"""When a delivery bay that is taken will be free again, by expectation."""

OVERDUE_S = 30.0
"""A bay that stays taken longer than expected is expected to be free so much later."""


def free_at(
    *, there: float, wanted: float, dwell_s: float, gate_s: float, now: float, overdue_s: float = OVERDUE_S
) -> float:
    """``there``: when the car stands, or stood, in it; ``wanted``: when its shopper came, or is booked for.
    ``dwell_s``: how long drivers need; ``gate_s``: to open the gate, and to shut it behind them. Not before now."""
    return max(max(there, wanted) + gate_s + dwell_s, now + overdue_s)
