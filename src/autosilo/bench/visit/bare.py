"""What each step is measured against, taken in the same run: models alone, an empty page, an empty query."""

import hashlib
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg

from autosilo.bench.visit.people import PASSWORD
from autosilo.bench.visit.pictures import Pictures
from autosilo.vision.cars import CarEngine
from autosilo.vision.faces import FaceEngine
from autosilo.vision.images import read_image
from autosilo.wire.passes import code_digest

TRIES = 7
PINGS = 40


@dataclass(frozen=True)
class Bare:
    """Seconds. The models' figures are the best of a few tries: a bound, not an average."""

    scan_s: float
    """Find and describe the car in a picture that is decoded already."""
    selfie_s: float
    """Find and embed the face."""
    frame_s: float
    """Find, judge and embed the face in one frame of the kiosk's camera."""
    password_s: float
    """Hash a password with the platform's hasher (Django's scrypt)."""
    code_s: float
    """Digest six digits as the kiosk does."""
    page_s: float
    """A page that does nothing (``/healthz``) over an open connection, median."""
    query_s: float
    """``SELECT 1`` over an open connection, median."""


def measure(*, web: str, database: str, pictures: Pictures, weights: Path) -> Bare:
    """Takes some seconds, most of them for opening the models."""
    cars, faces = CarEngine(weights), FaceEngine(weights)
    street, selfie, frame = (read_image(one) for one in (pictures.street, pictures.selfie, pictures.at_the_gate[0]))
    with httpx.Client(timeout=10) as client, psycopg.connect(database, autocommit=True) as link:
        return Bare(
            scan_s=_best(lambda: cars.look(street)),
            selfie_s=_best(lambda: faces.embed(selfie, faces.detect(selfie)[0])),
            frame_s=_best(lambda: faces.look(frame)),
            password_s=_best(lambda: _scrypt(PASSWORD)),
            code_s=_best(lambda: code_digest("123456", salt_hex="00" * 16)),
            page_s=_median(lambda: client.get(f"{web}/healthz")),
            query_s=_median(lambda: link.execute("SELECT 1")),
        )


def _scrypt(password: str) -> bytes:
    """With the cost parameters of Django's ``ScryptPasswordHasher``, which needs no settings to be read."""
    from django.contrib.auth.hashers import ScryptPasswordHasher as Hasher

    most = 132 * Hasher.work_factor * Hasher.block_size  # bytes that OpenSSL is allowed to use; it needs 128 N r
    return hashlib.scrypt(
        password.encode(), salt=b"bench", n=Hasher.work_factor, r=Hasher.block_size, p=Hasher.parallelism, maxmem=most
    )


def _best(work: Callable[[], object]) -> float:
    work()  # opens the models
    return min(_timed(work) for _ in range(TRIES))


def _median(work: Callable[[], object]) -> float:
    return statistics.median(_timed(work) for _ in range(PINGS))


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
