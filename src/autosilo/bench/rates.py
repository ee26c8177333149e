"""Shares as figures."""

from autosilo.shares import wilson


def per_cent(hits: int, of: int) -> dict[str, float]:
    """Both ends of that interval in per cent, for a figure's baselines."""
    low, high = wilson(hits, of)
    return {"95 % from": round(100 * low, 3), "95 % to": round(100 * high, 3)}
