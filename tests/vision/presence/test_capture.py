"""Who captures their face is held against themselves: the gate's rules, without anybody expected."""

from random import Random

import numpy as np
import pytest

from autosilo.platform.journey.identity.faces import POSES, InstantEye, face_of
from autosilo.vision.presence.answers import Answer, Captured, Guidance, Refused
from autosilo.vision.presence.capture import CaptureSession
from autosilo.vision.presence.motion import MotionMemory
from autosilo.wire.gate import Prompt

FRAME_S = 0.15
LATE = 3


class Somebody:
    """Follows the prompts, a few frames late. ``shows`` may put another face before the camera."""

    def __init__(self, *, seed: int = 1, memory: MotionMemory | None = None) -> None:
        self.session = CaptureSession(
            eye=InstantEye(), began_s=0.0, random=Random(seed), memory=memory or MotionMemory()
        )
        self.now = 0.0
        self.asked = [Prompt.LOOK] * (LATE + 1)
        self.seen: list[Guidance] = []

    def show(self, frame: str) -> Answer:
        self.now += FRAME_S
        answer = self.session.feed(self.session.eye.look(frame.encode()), at_s=self.now)
        if isinstance(answer, Guidance):
            self.seen.append(answer)
            self.asked.append(answer.prompt)
        return answer

    def play(self, who: str = "ming", *, then: str = "ming", after_done: int = 99, ignores: bool = False) -> Answer:
        for _ in range(400):
            done = self.seen[-1].done if self.seen else 0
            pose = "look" if ignores else self.asked[-1 - LATE].value
            answer = self.show(f"{then if done >= after_done else who} {pose}")
            if not isinstance(answer, Guidance):
                return answer
        raise AssertionError("no end")


@pytest.mark.parametrize("seed", range(20))
def test_who_follows_is_captured_as_they_look(seed: int) -> None:
    answer = Somebody(seed=seed).play()
    assert isinstance(answer, Captured)
    assert answer.embedding @ face_of("ming") > 0.999
    assert np.isclose(np.linalg.norm(answer.embedding), 1, atol=1e-5)


def test_a_photo_does_not_follow() -> None:
    assert Somebody().play(ignores=True) == Refused(reason="timed_out")


def test_a_print_is_not_alive() -> None:
    assert Somebody().play("print") == Refused(reason="not_live")


def test_somebody_else_in_the_middle_is_noticed() -> None:
    assert Somebody().play("ming", then="hua", after_done=1) == Refused(reason="changed")


def test_who_begins_anew_is_held_against_the_new_beginning() -> None:
    """One walks away while nothing counts yet, and another captures their own face: that is theirs."""
    people = Somebody()
    for _ in range(2):
        people.show("ming look")
    people.show("nobody")
    answer = people.play("hua")
    assert isinstance(answer, Captured)
    assert answer.embedding @ face_of("hua") > 0.999


def test_a_film_of_an_earlier_capture_is_known_again() -> None:
    """Even if the very same movements are asked for at the very same times."""
    memory = MotionMemory()
    assert isinstance(Somebody(seed=3, memory=memory).play(), Captured)
    assert Somebody(seed=3, memory=memory).play() == Refused(reason="not_live")


def test_poses_are_what_the_movements_ask_for() -> None:
    assert set(POSES) == {prompt.value for prompt in Prompt}
