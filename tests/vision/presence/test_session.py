import itertools
import math
from dataclasses import dataclass, replace
from random import Random
from uuid import uuid4

import numpy as np
import pytest

from autosilo.vision.presence.answers import Accepted, Answer, Doubtful, Guidance, Refused
from autosilo.vision.presence.challenge import FEWEST, MOST, TURNS, draw, made
from autosilo.vision.presence.eye import Hint, Look, Stance
from autosilo.vision.presence.motion import MotionMemory
from autosilo.vision.presence.session import (
    ASTRAY_S,
    BACK_S,
    NOT_LIVE_FRAMES,
    STILL_FRAMES,
    STRANGER_FRAMES,
    TIME_LIMIT_S,
    GateSession,
    Phase,
)
from autosilo.wire.gate import Again, Prompt

MEI, LIN = uuid4(), uuid4()
FRAME_S = 0.15
REACTION_FRAMES = 3
BACK_FRAMES = math.ceil(BACK_S / FRAME_S)
FAR = {
    Prompt.LOOK: Stance(),
    Prompt.LEFT: Stance(yaw=25),
    Prompt.RIGHT: Stance(yaw=-25),
    Prompt.UP: Stance(pitch=18),
    Prompt.CLOSER: Stance(size=0.52),
}
OPPOSITE = {Prompt.LEFT: Prompt.RIGHT, Prompt.RIGHT: Prompt.LEFT, Prompt.UP: Prompt.LEFT, Prompt.CLOSER: Prompt.UP}


class Eye:
    threshold = 0.5
    doubtful = 0.363
    liveness = 0.6

    def look(self, jpeg: bytes) -> Look:
        raise AssertionError("not asked here")

    def similarity(self, one: np.ndarray, other: np.ndarray) -> float:
        return float(one @ other)

    def mean(self, embeddings: list[np.ndarray]) -> np.ndarray:
        total = np.sum(embeddings, axis=0)
        return np.asarray(total / np.linalg.norm(total))

    def read_template(self, content: bytes) -> np.ndarray:
        raise AssertionError("not asked here")


def face(mei: float, lin: float = 0.0, *, liveness: float = 0.9, stance: Stance = FAR[Prompt.LOOK]) -> Look:
    rest = np.sqrt(max(0.0, 1 - mei**2 - lin**2))
    turned = abs(stance.yaw) > 20 or abs(stance.pitch) > 15
    hint = Hint.FACE_CAMERA if turned else Hint.GOOD
    return Look(hint=hint, embedding=np.array([mei, lin, rest]), liveness=liveness, stance=stance)


@dataclass
class Somebody:
    """Stands before the camera and follows the prompts, a few frames late."""

    session: GateSession
    mei: float = 0.9
    now: float = 1.0
    sway: Random | None = None
    stands: float = 0.0

    def show(self, look: Look) -> Answer:
        self.now += FRAME_S
        return self.session.feed(look, at_s=self.now)

    def look(self, prompt: Prompt) -> Look:
        stance = replace(FAR[prompt], x=FAR[prompt].x + self.stands)
        if self.sway:
            stance = replace(stance, x=stance.x + self.sway.gauss(0, 0.01), yaw=stance.yaw + self.sway.gauss(0, 2))
        return face(self.mei, stance=stance)

    def settle(self) -> Answer:
        """Look straight ahead until the movements begin; the second time that takes a while."""
        for _ in range(STILL_FRAMES + BACK_FRAMES):
            answer = self.show(self.look(Prompt.LOOK))
            if self.session.phase is not Phase.SETTLE:
                return answer
        raise AssertionError("never still")

    def until_asked(self) -> Prompt:
        """Look straight ahead until a movement is asked for."""
        while True:
            answer = self.show(self.look(Prompt.LOOK))
            assert isinstance(answer, Guidance), answer
            if answer.prompt is not Prompt.LOOK:
                return answer.prompt

    def follow(self, *, frames: int = 400) -> Answer:
        """Do all that is asked, to the end."""
        asked, seen = Prompt.LOOK, 0
        for _ in range(frames):
            answer = self.show(self.look(asked))
            if not isinstance(answer, Guidance):
                return answer
            seen = seen + 1 if answer.prompt is not asked else 0
            if seen >= REACTION_FRAMES:
                asked, seen = answer.prompt, 0
        raise AssertionError("no end")


def session(seed: int = 1, *, memory: MotionMemory | None = None) -> GateSession:
    known = {MEI: np.array([1.0, 0, 0]), LIN: np.array([0, 1.0, 0])}
    return GateSession(eye=Eye(), templates=known, began_s=0, random=Random(seed), memory=memory or MotionMemory())


@pytest.mark.parametrize("seed", range(20))
def test_whoever_does_what_is_asked_is_accepted(seed) -> None:
    assert Somebody(session(seed), sway=Random(seed)).follow() == Accepted(trial=MEI)


def test_challenges_differ_and_always_hold_a_turn() -> None:
    drawn = [[step.move for step in draw(Random(seed))] for seed in range(500)]
    assert {len(moves) for moves in drawn} == set(range(FEWEST, MOST + 1))
    assert len({tuple(moves) for moves in drawn}) > 150
    assert all(TURNS & set(moves) for moves in drawn)
    assert all(one is not other for moves in drawn for one, other in itertools.pairwise(moves))


def test_the_second_time_other_movements_are_asked_for() -> None:
    assert draw(Random(1)) != draw(Random(2))
    one = Somebody(session())
    before = one.session._steps
    one.settle()
    one.show(Look(hint=Hint.ONE_PERSON))
    assert one.session._steps != before


def test_the_wrong_movement_begins_anew_and_then_ends() -> None:
    one = Somebody(session())
    for answer in ("again", "no"):
        one.settle()
        asked = one.until_asked()
        shown = [one.show(one.look(OPPOSITE[asked])) for _ in range(2)]
        if answer == "again":
            assert isinstance(shown[-1], Guidance)
            assert (shown[-1].again, shown[-1].done) == (Again.OTHER_WAY, 0)
        else:
            assert Refused(reason="wrong_moves") in shown


def test_a_movement_before_it_is_asked_for_is_too_early() -> None:
    one = Somebody(session())
    one.settle()
    answers = [one.show(one.look(Prompt.LEFT)) for _ in range(2)]
    assert any(isinstance(answer, Guidance) and answer.again is Again.TOO_EARLY for answer in answers)


def test_who_does_not_move_is_asked_again_and_then_refused() -> None:
    one = Somebody(session())
    answers = [one.show(one.look(Prompt.LOOK)) for _ in range(160)]
    assert Refused(reason="timed_out") in answers
    assert any(isinstance(answer, Guidance) and answer.again is Again.TOO_SLOW for answer in answers)


def test_more_time_is_given_where_it_is_asked_for() -> None:
    one = Somebody(session())
    one.session.more_time()
    one.settle()
    one.until_asked()
    assert all(isinstance(one.show(one.look(Prompt.LOOK)), Guidance) for _ in range(130))
    assert one.show(one.look(Prompt.LOOK)).left_s > 0


def test_after_a_mistake_it_waits_until_the_person_is_back() -> None:
    one = Somebody(session())
    one.settle()
    asked = one.until_asked()
    for _ in range(2):
        one.show(one.look(OPPOSITE[asked]))
    still_turned = [one.show(one.look(OPPOSITE[asked])) for _ in range(4)]
    assert all(isinstance(answer, Guidance) and answer.again is Again.OTHER_WAY for answer in still_turned)
    one.settle()
    assert abs(one.session._base.yaw) < 1


def test_who_stands_elsewhere_by_now_begins_anew_there_without_a_mistake() -> None:
    one = Somebody(session())
    one.settle()
    nearer = replace(FAR[Prompt.LOOK], size=FAR[Prompt.LOOK].size * 1.12)
    for _ in range(math.ceil((ASTRAY_S + 2.0) / FRAME_S) + STILL_FRAMES):
        answer = one.show(face(0.9, stance=nearer))
        assert isinstance(answer, Guidance)
        assert answer.again is None
    assert one.session._base.size == pytest.approx(nearer.size)
    assert one.session._mistakes == 0


def test_who_still_comes_nearer_is_not_standing_yet() -> None:
    one = Somebody(session())
    for step in range(6):
        one.show(face(0.9, stance=Stance(size=0.3 * 1.08**step)))
    assert one.session.phase is Phase.SETTLE


def test_a_look_up_is_seen_by_the_nose_where_the_fitted_face_hides_it() -> None:
    base = Stance(pitch=3)
    assert made(Prompt.UP, Stance(pitch=4.5, lift=9), base)
    assert made(Prompt.UP, Stance(pitch=9, lift=-2), base)
    assert not made(Prompt.UP, Stance(pitch=4, lift=2), base)
    assert not made(Prompt.UP, Stance(yaw=20, pitch=5, lift=-6), base)


def test_limits_end_without_frames_too() -> None:
    one = Somebody(session())
    one.settle()
    one.until_asked()
    assert one.session.tick(at_s=one.now + 1) is None
    assert one.session.tick(at_s=one.now + 8).again is Again.TOO_SLOW
    assert one.session.tick(at_s=TIME_LIMIT_S + 1) == Refused(reason="timed_out")


def test_a_likeness_between_the_thresholds_asks_for_a_second_factor() -> None:
    assert Somebody(session(), mei=0.45).follow() == Doubtful()


def test_another_person_in_mid_session_is_refused() -> None:
    one = Somebody(session())
    one.settle()
    one.until_asked()
    assert one.show(face(0.1, 0.9)) == Refused(reason="changed")


def test_a_jump_or_a_gap_breaks_the_track() -> None:
    for broken in (face(0.9, stance=Stance(x=0.95)), face(0.9, stance=Stance(size=0.8))):
        one = Somebody(session())
        one.settle()
        assert one.show(broken).again is Again.LOST
    one = Somebody(session())
    one.settle()
    one.now += 3
    assert one.show(one.look(Prompt.LOOK)).again is Again.LOST


def test_a_second_person_begins_anew_and_the_second_time_ends() -> None:
    one = Somebody(session())
    one.settle()
    assert one.show(Look(hint=Hint.ONE_PERSON)).again is Again.SECOND_PERSON
    one.settle()
    assert one.show(Look(hint=Hint.ONE_PERSON)) == Refused(reason="second_person")


@pytest.mark.parametrize("hint", [Hint.ONE_PERSON, Hint.NOBODY, Hint.LIGHT, Hint.BAD_FRAME])
def test_nothing_begins_before_one_face_is_seen_well(hint) -> None:
    one = Somebody(session())
    one.show(one.look(Prompt.LOOK))
    one.show(one.look(Prompt.LOOK))
    assert one.show(Look(hint=hint)).hint is hint
    one.show(one.look(Prompt.LOOK))
    one.show(one.look(Prompt.LOOK))
    assert one.session.phase.value == "settle"


def test_nobody_expected_is_refused() -> None:
    one = Somebody(session(), mei=0.2)
    answers = [one.show(one.look(Prompt.LOOK)) for _ in range(STRANGER_FRAMES)]
    assert answers[-1] == Refused(reason="unknown_face")
    assert all(isinstance(answer, Guidance) for answer in answers[:-1])


def test_with_nobody_expected_everybody_is_refused() -> None:
    empty = Somebody(GateSession(eye=Eye(), templates={}, began_s=0))
    answers = [empty.show(face(1.0)) for _ in range(STRANGER_FRAMES)]
    assert answers[-1] == Refused(reason="unknown_face")


def test_the_right_face_on_a_print_is_refused() -> None:
    one = Somebody(session())
    answers = [one.show(face(0.95, liveness=0.1)) for _ in range(NOT_LIVE_FRAMES)]
    assert answers[STILL_FRAMES].hint is Hint.NOT_LIVE
    assert answers[-1] == Refused(reason="not_live")


def test_a_movement_that_is_not_alive_is_refused() -> None:
    one = Somebody(session())
    one.settle()
    asked = one.until_asked()
    one.show(one.look(Prompt.LOOK))
    answers = [one.show(replace(one.look(asked), liveness=0.0)) for _ in range(3)]
    answers += [one.show(replace(one.look(Prompt.LOOK), liveness=0.0)) for _ in range(3)]
    assert Refused(reason="not_live") in answers


def test_the_same_movements_are_not_taken_twice() -> None:
    memory = MotionMemory()
    for expected in (Accepted(trial=MEI), Refused(reason="not_live")):
        assert Somebody(session(5, memory=memory), sway=Random(1)).follow() == expected
    elsewhere = Somebody(session(6, memory=memory), sway=Random(2), stands=0.06)
    assert elsewhere.follow() == Accepted(trial=MEI)


def test_nothing_biometric_is_left_when_it_is_forgotten() -> None:
    one = Somebody(session())
    one.settle()
    one.until_asked()
    one.session.forget()
    assert one.session.templates == {}
    assert not one.session._evidence.templates
    assert not one.session._evidence._step
    assert not one.session._evidence._best
    assert not one.session._still
    assert one.session._track._first is None
