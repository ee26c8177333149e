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
from autosilo.vision.samples.turned import View
from autosilo.wire.passes import code_digest

PINGS = 5
"""Empty pages and queries at each look."""


@dataclass(frozen=True)
class Bare:
    """Seconds. All but the last two are the best of some tries: a bound, not an average."""

    scan_s: float
    """Find and describe the car in a picture that is decoded already."""
    frame_s: float
    """Find, judge and embed the face in one frame of a camera."""
    password_s: float
    """Hash a password with the platform's hasher (Django's scrypt)."""
    code_s: float
    """Digest six digits as the kiosk does."""
    page_s: float
    """A page that does nothing (``/healthz``) over an open connection, median."""
    query_s: float
    """``SELECT 1`` over an open connection, median."""


class Alone:
    """Takes each of them once in a while, between visits, so that both see the same machine under the same load."""

    def __init__(self, *, web: str, database: str, pictures: Pictures, weights: Path) -> None:
        cars, faces = CarEngine(weights), FaceEngine(weights)
        cars.warm()
        faces.warm()
        street = read_image(pictures.street)
        frame = pictures.at_the_gate.seen(View())
        self._client = httpx.Client(timeout=10)
        self._link = psycopg.connect(database, autocommit=True)
        self._bounds: dict[str, Callable[[], object]] = {
            "scan_s": lambda: cars.look(street),
            "frame_s": lambda: faces.look(frame),
            "password_s": lambda: _scrypt(PASSWORD),
            "code_s": lambda: code_digest("123456", salt_hex="00" * 16),
        }
        self._usual: dict[str, Callable[[], object]] = {
            "page_s": lambda: self._client.get(f"{web}/healthz"),
            "query_s": lambda: self._link.execute("SELECT 1"),
        }
        self._taken: dict[str, list[float]] = {name: [] for name in (*self._bounds, *self._usual)}

    def look(self) -> None:
        """Take each once, the short ones a few times: about half a second."""
        for name, work in self._bounds.items():
            self._taken[name].append(_timed(work))
        for name, work in self._usual.items():
            self._taken[name] += [_timed(work) for _ in range(PINGS)]

    def result(self) -> Bare:
        """After at least one look. Closes the connections."""
        self._client.close()
        self._link.close()
        best = {name: min(self._taken[name]) for name in self._bounds}
        return Bare(**best, **{name: statistics.median(self._taken[name]) for name in self._usual})


def _scrypt(password: str) -> bytes:
    """With the cost parameters of Django's ``ScryptPasswordHasher``, which needs no settings to be read."""
    from django.contrib.auth.hashers import ScryptPasswordHasher as Hasher

    most = 132 * Hasher.work_factor * Hasher.block_size  # bytes that OpenSSL is allowed to use; it needs 128 N r
    return hashlib.scrypt(
        password.encode(), salt=b"bench", n=Hasher.work_factor, r=Hasher.block_size, p=Hasher.parallelism, maxmem=most
    )


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
