"""The gate with the real models and official portraits."""

import sys
from pathlib import Path
from random import Random
from uuid import uuid4

import pytest

from autosilo.site.identity.gatekeeper import Gatekeeper
from autosilo.vision.faces import FaceEngine
from autosilo.vision.faces.templates import template_bytes
from autosilo.vision.images import read_image
from autosilo.vision.presence.answers import Accepted, Answer, Guidance, Refused
from autosilo.vision.presence.session import GateSession
from autosilo.vision.presence.vision_eye import VisionEye
from autosilo.vision.samples.actor import Actor, jpeg_of
from autosilo.vision.samples.mover import Mover
from autosilo.vision.samples.turned import View
from autosilo.wire.gate import Prompt
from autosilo.wire.sealed import seal

sys.path.insert(0, str(Path(__file__).parents[2] / "vision"))
from cache import ready_cache

pytestmark = pytest.mark.slow

FRAME_S = 0.16
LONGEST_S = 70


@pytest.fixture(scope="module")
def cache() -> Path:
    return ready_cache()


@pytest.fixture(scope="module")
def engine(cache) -> FaceEngine:
    return FaceEngine(cache / "weights")


@pytest.fixture(scope="module")
def actor(cache, engine):
    """A person before the kiosk's camera, by the name of the portrait."""
    return lambda name: Actor((cache / "samples" / name).read_bytes(), engine)


@pytest.fixture
async def gate(box, cache, engine, make_order):
    """A visitor is expected who was enrolled with another portrait than the one the camera sees."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    key = X25519PrivateKey.generate()
    trial = uuid4()
    enrolled = engine.look(read_image((cache / "samples" / "obama2.jpg").read_bytes())).embedding
    sealed = seal(template_bytes(enrolled), public_key=key.public_key().public_bytes_raw(), trial=trial)
    box.expect(trial=trial, face=sealed)
    keeper = Gatekeeper(
        visits=box.visits,
        make_eye=lambda: VisionEye(cache / "weights"),
        key=key.private_bytes_raw(),
        random=Random(1),  # how often genuine people are accepted is what `autosilo bench liveness` counts
    )
    await keeper.start()
    yield await keeper.open(now=box.clock.now()), trial
    await keeper.stop()


def stand(session: GateSession, actor: Actor, *, seed: int = 1, follows: bool = True) -> list[Answer]:
    """What the gate answers to this person, frame by frame, until it has made up its mind."""
    mover, prompt, now = Mover(Random(seed)), Prompt.LOOK, session.began_s
    answers: list[Answer] = []
    while now < session.began_s + LONGEST_S:
        now += FRAME_S
        answers.append(session.feed(session.eye.look(actor.jpeg(mover.view(now))), at_s=now))
        if not isinstance(answers[-1], Guidance):
            break
        if follows and answers[-1].prompt is not prompt:
            prompt = answers[-1].prompt
            mover.told(prompt.value, at_s=now)
    return answers


@pytest.mark.parametrize("name", ["obama.jpg", "obama3.jpg"])
async def test_the_expected_visitor_is_recognised(gate, actor, name) -> None:
    session, trial = gate
    answers = stand(session, actor(name))
    assert answers[-1] == Accepted(trial=trial), [str(one) for one in answers[-30:]]


async def test_a_stranger_is_refused(gate, actor) -> None:
    session, _ = gate
    answers = stand(session, actor("biden.jpg"))
    assert answers[-1] == Refused(reason="unknown_face")


async def test_a_living_face_that_does_not_follow_is_refused(gate, actor) -> None:
    session, _ = gate
    answers = stand(session, actor("obama.jpg"), follows=False)
    assert answers[-1] == Refused(reason="timed_out")


async def test_an_empty_room_and_rubbish_are_told_so(gate, cache) -> None:
    session, _ = gate
    room = session.feed(session.eye.look((cache / "samples" / "no_car.jpg").read_bytes()), at_s=session.began_s)
    rubbish = session.feed(session.eye.look(b"not a picture"), at_s=session.began_s)
    assert isinstance(room, Guidance)
    assert (rubbish.hint, rubbish.done) == ("bad_frame", 0)


async def test_two_people_get_nowhere(gate, actor) -> None:
    session, _ = gate
    left, right = (actor(name).seen(View()) for name in ("obama.jpg", "biden.jpg"))
    both = left.copy()
    both[:, 320:] = right[:, 160:480]
    both[:, :320] = left[:, 160:480]
    answers = [session.feed(session.eye.look(jpeg_of(both)), at_s=session.began_s + n * FRAME_S) for n in range(6)]
    assert {answer.hint for answer in answers} == {"one_person"}
