"""Model weights: which files there must be, how they come, and how they are read."""

from autosilo.vision.weights.store import WeightsAltered, WeightsMissing, WeightStore, lock, weights_dir

__all__ = ["WeightStore", "WeightsAltered", "WeightsMissing", "lock", "weights_dir"]
