"""The gate with the real models and official portraits."""

import io
import sys
from pathlib import Path
from uuid import uuid4

import pytest

from autosilo.site.identity.gatekeeper import Gatekeeper
from autosilo.site.identity.session import Accepted, Guidance, Refused
from autosilo.site.identity.vision_eye import VisionEye
from autosilo.vision.faces import FaceEngine
from autosilo.vision.faces.templates import template_bytes
from autosilo.vision.images import read_image
from autosilo.vision.samples.clip import frames
from autosilo.wire.sealed import seal

sys.path.insert(0, str(Path(__file__).parents[2] / "vision"))
from cache import ready_cache

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def cache() -> Path:
    return ready_cache()


@pytest.fixture(scope="module")
def engine(cache) -> FaceEngine:
    return FaceEngine(cache / "weights")


@pytest.fixture(scope="module")
def camera(cache, engine):
    """The JPEG frames of a person before the kiosk's camera."""

    def film(name: str, count: int = 12) -> list[bytes]:
        shots = []
        for still in frames((cache / "samples" / name).read_bytes(), count, engine=engine):
            out = io.BytesIO()
            still.save(out, "JPEG", quality=85)
            shots.append(out.getvalue())
        return shots

    return film


@pytest.fixture
async def gate(box, cache, engine, make_order, request):
    """A visitor is expected who was enrolled with another portrait than the one the camera sees."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    key = X25519PrivateKey.generate()
    trial = uuid4()
    enrolled = engine.look(read_image((cache / "samples" / "obama2.jpg").read_bytes())).embedding
    sealed = seal(template_bytes(enrolled), public_key=key.public_key().public_bytes_raw(), trial=trial)
    box.expect(trial=trial, face=sealed)
    keeper = Gatekeeper(visits=box.visits, make_eye=lambda: VisionEye(cache / "weights"), key=key.private_bytes_raw())
    await keeper.start()
    yield keeper, await keeper.open(now=box.clock.now()), trial
    await keeper.stop()


async def test_the_expected_visitor_is_recognised(gate, camera) -> None:
    keeper, session, trial = gate
    answers = []
    for jpeg in camera("obama.jpg"):
        answers.append(await keeper.look(session, jpeg))
        if not isinstance(answers[-1], Guidance):
            break
    assert answers[-1] == Accepted(trial=trial), answers


async def test_a_stranger_is_refused(gate, camera) -> None:
    keeper, session, _ = gate
    answers = [await keeper.look(session, jpeg) for jpeg in camera("biden.jpg", 14)]
    assert not any(isinstance(answer, Accepted) for answer in answers)
    assert any(isinstance(answer, Refused) for answer in answers), answers


async def test_an_empty_room_and_rubbish_are_told_so(gate, cache) -> None:
    keeper, session, _ = gate
    room = await keeper.look(session, (cache / "samples" / "no_car.jpg").read_bytes())
    rubbish = await keeper.look(session, b"not a picture")
    assert isinstance(room, Guidance)
    assert (rubbish.hint, rubbish.good) == ("bad_frame", 0)
