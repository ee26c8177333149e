from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from autosilo.vision.cars import CarEngine
from autosilo.vision.faces import FaceEngine
from autosilo.vision.images import read_image
from vision.cache import ready_cache

Picture = Callable[[str], np.ndarray]


@pytest.fixture(scope="session")
def cache() -> Path:
    return ready_cache()


@pytest.fixture(scope="session")
def weights_dir(cache: Path) -> Path:
    return cache / "weights"


@pytest.fixture(scope="session")
def samples_dir(cache: Path) -> Path:
    return cache / "samples"


@pytest.fixture(scope="session")
def faces(weights_dir: Path) -> FaceEngine:
    return FaceEngine(weights_dir)


@pytest.fixture(scope="session")
def cars(weights_dir: Path) -> CarEngine:
    return CarEngine(weights_dir)


@pytest.fixture(scope="session")
def picture(samples_dir: Path) -> Picture:
    return lambda name: read_image((samples_dir / name).read_bytes())
