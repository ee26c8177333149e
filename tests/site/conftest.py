"""One site in a box: real store, service and kiosk, an instant tower, and an eye that sees what it is told."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from autosilo.site.carcalls import CarCalls
from autosilo.site.choice import Choice
from autosilo.site.clock import SiteClock
from autosilo.site.db import SiteDb
from autosilo.site.faketower import FakeTower
from autosilo.site.identity.gatekeeper import Gatekeeper
from autosilo.site.kiosk.server import Kiosks
from autosilo.site.kiosk.session import Desk
from autosilo.site.metrics import registry_of
from autosilo.site.service import VisitService
from autosilo.site.told import wait_told
from autosilo.site.uplink.cars import CarBook
from autosilo.site.uplink.outbox import Outbox
from autosilo.site.video import Video
from autosilo.site.visits.store import VisitStore
from autosilo.tower.drawing import drawing
from autosilo.tower.site_file import load_site
from autosilo.vision.presence.eye import Embedding, Hint, Look, Stance
from autosilo.wire.alike import CarAlike
from autosilo.wire.bus import ExpectVisitor, Fact, fact_adapter
from autosilo.wire.cars import CarCommand
from autosilo.wire.held import lock
from autosilo.wire.passes import code_digest, token_digest
from autosilo.wire.sealed import Sealed, seal
from autosilo.wire.video import Seen

SITES = Path(__file__).parents[2] / "sites"
TOKEN = "AS1-7K3M-QX2P-90ZT"
CODE = "314159"
SALT = "00112233445566778899aabbccddeeff"
DIGEST = code_digest(CODE, salt_hex=SALT)
VIN = "LSVAA4187E2123456"
KEY = X25519PrivateKey.generate()


def order(**changes: Any) -> ExpectVisitor:
    """An expected visitor of about now."""
    now = datetime.now(UTC)
    fields: dict[str, Any] = {
        "trial": uuid4(),
        "revision": 1,
        "vin": VIN,
        "plate": "沪A·D12345",
        "model_name": "Zeekr 001",
        "paint_hex": "#2b6cb0",
        "greeting": "Mei",
        "language": "en",
        "collect_from": now - timedelta(hours=1),
        "collect_until": now + timedelta(hours=1),
        "return_until": now + timedelta(days=3),
        "pass_digest": token_digest(TOKEN),
        "code_salt": SALT,
        "code_digest": DIGEST,
    }
    return ExpectVisitor(**(fields | changes))


STANCES = {
    "": Stance(),
    "look": Stance(),
    "left": Stance(yaw=25),
    "right": Stance(yaw=-25),
    "up": Stance(pitch=18),
    "closer": Stance(size=0.52),
}


class Brisk(Random):
    """Draws three movements and no time in between: tests need not wait."""

    def randint(self, a: int, b: int) -> int:
        return a

    def uniform(self, a: float, b: float) -> float:
        return 0.0


class FakeEye:
    """Frames are texts: ``face:<n>:<movement>`` shows person n in that movement, ``like:<n>`` somebody who looks a
    little like n, ``twice`` two people, ``photo:<n>`` a print, else nobody."""

    threshold = 0.5
    doubtful = 0.363
    liveness = 0.6

    @staticmethod
    def person(number: int) -> Embedding:
        vector = np.zeros(128, np.float32)
        vector[number] = 1
        return vector

    def look(self, jpeg: bytes) -> Look:
        what, _, rest = jpeg.decode(errors="replace").partition(":")
        number, _, movement = rest.partition(":")
        if what in ("face", "photo", "like"):
            embedding = self.person(int(number))
            if what == "like":
                embedding = (0.45 * embedding + 0.893 * self.person(100)).astype(np.float32)
            return Look(
                hint=Hint.FACE_CAMERA if movement in ("left", "right", "up") else Hint.GOOD,
                embedding=embedding,
                liveness=0.1 if what == "photo" else 0.95,
                stance=STANCES[movement],
            )
        return Look(hint=Hint.ONE_PERSON if what == "twice" else Hint.NOBODY)

    def mean(self, embeddings: list[Embedding]) -> Embedding:
        total = np.sum(embeddings, axis=0)
        return np.asarray(total / np.linalg.norm(total), np.float32)

    def similarity(self, one: Embedding, other: Embedding) -> float:
        return float(one @ other)

    def read_template(self, content: bytes) -> Embedding:
        return np.frombuffer(content, np.float32)

    def template(self, number: int, trial: UUID) -> Sealed:
        return self.sealed(self.person(number).tobytes(), trial)

    def held_template(self, number: int, trial: UUID, *, pass_key: bytes) -> Sealed:
        """One that the pass opens."""
        return self.sealed(lock(self.person(number).tobytes(), key=pass_key, trial=trial), trial)

    @staticmethod
    def sealed(content: bytes, trial: UUID) -> Sealed:
        return seal(content, public_key=KEY.public_key().public_bytes_raw(), trial=trial)


@dataclass
class Box:
    """A site without its network."""

    path: Path
    tower: FakeTower
    make_eye: Callable[[], Any] = FakeEye
    commands: list[CarCommand] = field(default_factory=list)
    line_up: bool = True

    def __post_init__(self) -> None:
        self.db = SiteDb(self.path)
        self.clock = SiteClock(self.db, demo=True)
        self.visits = VisitStore(self.db)
        self.outbox = Outbox(self.db)
        self.cars = CarBook(self.db)
        self.gatekeeper = Gatekeeper(
            visits=self.visits, make_eye=self.make_eye, key=KEY.private_bytes_raw(), random=Brisk(1)
        )
        self.offers: tuple[CarAlike, ...] = ()
        self.choice = Choice(
            visits=self.visits, tower=self.tower, clock=self.clock, outbox=self.outbox, ask=self._alike
        )
        self.service = VisitService(
            visits=self.visits,
            outbox=self.outbox,
            tower=self.tower,
            cars=self.cars,
            clock=self.clock,
            calls=CarCalls(send=self._send, look=self.tower.snapshot, every_s=0.02),
            choice=self.choice,
            look_again_s=0.02,
        )
        self.seen: list[tuple[UUID, Seen]] = []
        self.video = Video(tell=self._tell)
        self.desk = Desk(
            visits=self.visits,
            service=self.service,
            gatekeeper=self.gatekeeper,
            outbox=self.outbox,
            clock=self.clock,
            eta=lambda vin: wait_told(self.tower, vin),
            line_up=lambda: self.line_up,
            video=self.video,
        )
        site = load_site("shanghai", folder=SITES, pace=1)
        self.kiosks = Kiosks(
            desk=self.desk,
            geometry=drawing(site),
            paints=lambda: self.cars.paints,
            ready=lambda: [] if self.tower.connected else ["plc"],
            registry=registry_of(lambda: {"visits": 1.0}),
        )

    async def _tell(self, viewer: UUID, seen: Seen) -> None:
        self.seen.append((viewer, seen))

    async def _alike(self, trial: UUID) -> tuple[CarAlike, ...]:
        return self.offers

    async def _send(self, command: CarCommand) -> None:
        self.commands.append(command)

    async def start(self) -> None:
        await self.gatekeeper.start()
        await self.service.start()

    async def stop(self) -> None:
        await self.service.stop()
        await self.gatekeeper.stop()
        self.db.close()

    def expect(self, **changes: Any) -> ExpectVisitor:
        one = order(**changes)
        assert self.visits.expect(one, now=self.clock.now())
        return one

    def facts(self) -> list[Fact]:
        return [fact_adapter.validate_json(letter.body) for letter in self.outbox.oldest()]

    def kinds(self) -> list[str]:
        return [fact.kind for fact in self.facts()]


def fake_tower() -> FakeTower:
    return FakeTower(site="shanghai", bays=["L1.B0101", "L1.B0102", "L1.B0103"], cars={"L1.B0102": VIN})


async def soon(true: Callable[[], bool], *, limit_s: float = 3.0) -> None:
    """Wait until it is true; fails when it does not become so."""
    end = asyncio.get_running_loop().time() + limit_s
    while not true():
        assert asyncio.get_running_loop().time() < end, "it did not happen in time"
        await asyncio.sleep(0.005)


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[Box]:
    one = Box(tmp_path / "site.db", fake_tower())
    await one.start()
    yield one
    await one.stop()


@pytest.fixture
def make_box() -> type[Box]:
    return Box


@pytest.fixture
def make_order() -> Callable[..., ExpectVisitor]:
    return order


@pytest.fixture(name="soon")
def soon_fixture() -> Callable[..., Any]:
    return soon


@pytest.fixture
def chromium() -> Iterator[str]:
    """Path of a Chromium, or the test is skipped."""
    for path in (os.environ.get("CHROMIUM", ""), "/usr/bin/chromium", "/usr/bin/chromium-browser"):
        if path and Path(path).exists():
            yield path
            return
    pytest.skip("no Chromium on this machine")
