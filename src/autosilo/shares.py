"""A share with its interval of confidence: for benches and for pages. Pure."""

import math

Z95 = 1.959964
"""Two-sided 95 % of the normal distribution."""


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The interval of 95 % for a share (Wilson 1927), which stays sensible at 0 and at 1. (0, 1) for nothing."""
    if of == 0:
        return 0.0, 1.0
    share, extra = hits / of, Z95**2 / of
    middle = (share + extra / 2) / (1 + extra)
    half = Z95 / (1 + extra) * math.sqrt(share * (1 - share) / of + extra / (4 * of))
    return max(0.0, middle - half), min(1.0, middle + half)
