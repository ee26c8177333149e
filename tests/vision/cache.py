"""Weights and sample pictures for tests: fetched once into a folder that all test runs share."""

import fcntl
import os
from pathlib import Path

from autosilo.vision import samples, weights
from autosilo.vision.weights.setup import set_up as set_up_weights


def cache_dir() -> Path:
    """`AUTOSILO_TEST_CACHE`, else `var/test-cache` of the checkout."""
    configured = os.environ.get("AUTOSILO_TEST_CACHE")
    return Path(configured) if configured else Path(__file__).resolve().parents[2] / "var" / "test-cache"


def ready_cache() -> Path:
    """The folder with `weights/` and `samples/` complete. Test processes that start together wait for each other."""
    cache = cache_dir()
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "vision.lock").open("w") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        if weights.WeightStore(cache / "weights").problems():
            set_up_weights(cache / "weights")
        samples.set_up(cache / "samples")
    return cache
