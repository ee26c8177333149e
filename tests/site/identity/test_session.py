from uuid import uuid4

import numpy as np
import pytest

from autosilo.site.identity.eye import Hint, Look
from autosilo.site.identity.session import (
    GOOD_FRAMES,
    NOT_LIVE_FRAMES,
    STRANGER_FRAMES,
    TIME_LIMIT_S,
    Accepted,
    GateSession,
    Guidance,
    Refused,
)

MEI, LIN = uuid4(), uuid4()


class Eye:
    threshold = 0.5
    liveness = 0.6

    def look(self, jpeg: bytes) -> Look:
        raise AssertionError("not asked here")

    def similarity(self, one: np.ndarray, other: np.ndarray) -> float:
        return float(one @ other)

    def read_template(self, content: bytes) -> np.ndarray:
        raise AssertionError("not asked here")


def face(mei: float, lin: float = 0.0, *, liveness: float = 0.9) -> Look:
    return Look(hint=Hint.GOOD, embedding=np.array([mei, lin], np.float32), liveness=liveness)


@pytest.fixture
def session() -> GateSession:
    known = {MEI: np.array([1, 0], np.float32), LIN: np.array([0, 1], np.float32)}
    return GateSession(eye=Eye(), templates=known, began_s=0)


def feed(session: GateSession, *looks: Look) -> object:
    answer: object = None
    for look in looks:
        answer = session.feed(look, at_s=1)
    return answer


def test_three_agreeing_frames_accept(session) -> None:
    assert feed(session, face(0.8), face(0.8)) == Guidance(hint=Hint.GOOD, good=2)
    assert feed(session, face(0.8)) == Accepted(trial=MEI)


def test_the_mean_of_the_frames_decides(session) -> None:
    assert feed(session, face(0.45), face(0.5), face(0.6)) == Accepted(trial=MEI)


def test_a_mean_below_the_threshold_goes_on(session) -> None:
    assert isinstance(feed(session, face(0.45), face(0.45), face(0.5)), Guidance)


def test_another_person_in_between_starts_anew(session) -> None:
    assert isinstance(feed(session, face(0.9), face(0.9), face(0.1, 0.9)), Guidance)
    assert feed(session, face(0.1, 0.9), face(0.1, 0.9)) == Accepted(trial=LIN)


@pytest.mark.parametrize("hint", [Hint.ONE_PERSON, Hint.NOBODY, Hint.LIGHT, Hint.BAD_FRAME])
def test_a_bad_frame_in_between_starts_anew(session, hint) -> None:
    assert feed(session, face(0.9), face(0.9), Look(hint=hint)) == Guidance(hint=hint, good=0)
    assert feed(session, face(0.9), face(0.9)) == Guidance(hint=Hint.GOOD, good=2)


def test_nobody_expected_is_refused(session) -> None:
    answers = [session.feed(face(0.2), at_s=1) for _ in range(STRANGER_FRAMES)]
    assert answers[-1] == Refused(reason="unknown_face")
    assert all(isinstance(answer, Guidance) for answer in answers[:-1])


def test_with_nobody_expected_everybody_is_refused() -> None:
    empty = GateSession(eye=Eye(), templates={}, began_s=0)
    assert feed(empty, *[face(1.0)] * STRANGER_FRAMES) == Refused(reason="unknown_face")


def test_the_right_face_on_a_print_is_refused(session) -> None:
    prints = [face(0.95, liveness=0.1)] * NOT_LIVE_FRAMES
    assert feed(session, *prints[:GOOD_FRAMES]) == Guidance(hint=Hint.NOT_LIVE, good=0)
    assert feed(session, *prints[GOOD_FRAMES:]) == Refused(reason="not_live")


def test_a_session_ends_in_time(session) -> None:
    assert session.feed(face(0.9), at_s=TIME_LIMIT_S + 1) == Refused(reason="timed_out")
