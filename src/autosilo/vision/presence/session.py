"""One session before a camera: frames in, "it is this visitor", "perhaps" or "no" out.

Pure but for the eye's arithmetic: no camera, no clock, no store. First the person looks straight ahead until one living
face of somebody expected stands still; then they follow a challenge of movements that was drawn for this session, and
look straight ahead again after each. One continuous track of one face runs through all of it; at each step its frames
together must be alive and show the same visitor. At last the best three frames decide. Similarities and embeddings live
in this object alone and are in no log.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from random import Random, SystemRandom
from typing import Final
from uuid import UUID

from autosilo.vision.presence.answers import Accepted, Answer, Doubtful, Guidance, No, Refused
from autosilo.vision.presence.challenge import REACTION_S, Step, another, at_rest, between, draw, made, still
from autosilo.vision.presence.evidence import Evidence
from autosilo.vision.presence.eye import Embedding, Eye, Hint, Look, Stance
from autosilo.vision.presence.motion import MotionMemory, Trace
from autosilo.vision.presence.track import Broken, Track
from autosilo.wire.gate import Again, Prompt

STILL_FRAMES: Final = 3
"""Good frames in a row before the movements begin."""

STRANGER_FRAMES: Final = 10
"""Good frames of nobody expected until the answer is no: about three seconds of standing still."""

NOT_LIVE_FRAMES: Final = 10
"""Good frames that look like a print or a screen until the answer is no."""

MISTAKES: Final = 1
"""So often the movements are asked for anew; a recording gets no third guess."""

STEP_LIMIT_S: Final = 7.0
"""For one movement or the way back."""

BACK_S: Final = 2.0
"""From "once more" until somebody who was in the middle of a movement looks straight ahead again: reaction and way."""

ASTRAY_S: Final = 5.0
"""Who does not come to rest so long where they stood at first stands elsewhere by now: it begins anew there. That is no
mistake, for nothing was asked for; a recording gains nothing, for it cannot know what would have been."""

TIME_LIMIT_S: Final = 75.0
"""For all of it."""

MORE_TIME: Final = 3.0
"""What somebody who needs more time gets of both (WCAG 2.2, criterion 2.2.1 asks for at least ten times a limit or no
limit where possible; against recordings one must stay, so the other way in has none)."""

SMOOTHED: Final = 2
"""Frames whose stances are averaged: five points err by some degrees in each."""

NO_OF: Final[dict[Again, No]] = {
    Again.OTHER_WAY: "wrong_moves",
    Again.TOO_EARLY: "wrong_moves",
    Again.TOO_SLOW: "timed_out",
    Again.LOST: "timed_out",
    Again.SECOND_PERSON: "second_person",
}


class Phase(Enum):
    SETTLE = "settle"
    WAIT = "wait"
    MOVE = "move"
    RETURN = "return"


@dataclass
class GateSession:
    """``templates`` are the unsealed embeddings of those expected about now. ``random`` draws the challenge."""

    eye: Eye
    templates: Mapping[UUID, Embedding]
    began_s: float
    random: Random = field(default_factory=SystemRandom)
    memory: MotionMemory = field(default_factory=MotionMemory)
    phase: Phase = field(default=Phase.SETTLE, init=False)
    logged: bool = field(default=False, init=False)
    """Does the log of accesses say how it ended?"""

    def __post_init__(self) -> None:
        self._evidence = Evidence(eye=self.eye, templates=self.templates)
        self.templates = {}
        self._track = Track(self.eye)
        self._trace: Trace = []
        self._recent: deque[Stance] = deque(maxlen=SMOOTHED)
        self._still: deque[Look] = deque(maxlen=STILL_FRAMES)
        self._steps: tuple[Step, ...] = draw(self.random)
        self._done = self._mistakes = self._strange = self._not_live = 0
        self._base = Stance()
        self._who: UUID | None = None
        self._since_s = self.began_s
        self._again: Again | None = None
        self._patience = 1.0

    def more_time(self) -> None:
        """Every limit that is left becomes longer, once."""
        self._patience = MORE_TIME

    def tick(self, *, at_s: float) -> Answer | None:
        """Time passes without a frame: an answer when a limit was reached."""
        if at_s - self.began_s > TIME_LIMIT_S * self._patience:
            return Refused(reason="timed_out")
        if self.phase in (Phase.MOVE, Phase.RETURN) and at_s - self._since_s > self._limit_s:
            return self._anew(Again.TOO_SLOW, at_s)
        return None

    def feed(self, look: Look, *, at_s: float) -> Answer:
        """Take one frame's answer; ``at_s`` and ``began_s`` are of one monotonic clock."""
        if (late := self.tick(at_s=at_s)) is not None:
            return late
        if self.phase is Phase.SETTLE:
            return self._settle(look, at_s)
        if look.hint is Hint.ONE_PERSON:
            return self._anew(Again.SECOND_PERSON, at_s)
        broken = self._track.take(look, at_s=at_s)
        if broken is Broken.CHANGED:
            return Refused(reason="changed")
        if broken is not None:
            return self._anew(Again.LOST, at_s)
        if look.embedding is None or look.stance is None:
            return self._guidance(look.hint, at_s)
        self._evidence.add(look)
        self._trace.append((at_s, look.stance))
        self._recent.append(look.stance)
        return self._follow(between(self._recent), at_s)

    @property
    def compared(self) -> bool:
        """Has a face been held against a template?"""
        return self._evidence.compared

    def forget(self) -> None:
        """Let go of everything biometric."""
        self._evidence.forget()
        self._track.forget()
        self._still.clear()

    # --- standing still ---

    def _settle(self, look: Look, at_s: float) -> Answer:
        comes_back = self._again is not None and at_s - self._since_s < BACK_S
        if comes_back or look.hint is not Hint.GOOD or look.embedding is None or look.stance is None:
            self._still.clear()
            return self._guidance(look.hint, at_s)
        self._still.append(look)
        if (no := self._nobody(look)) is not None:
            return no
        if len(self._still) < STILL_FRAMES:
            return self._guidance(Hint.GOOD, at_s)
        return self._begin(at_s)

    def _nobody(self, look: Look) -> Refused | None:
        """A print, or nobody expected, for long enough."""
        if look.liveness < self.eye.liveness:
            self._not_live += 1
        elif look.embedding is not None and self._is_strange(look.embedding):
            self._strange += 1
        if self._not_live >= NOT_LIVE_FRAMES:
            return Refused(reason="not_live")
        return Refused(reason="unknown_face") if self._strange >= STRANGER_FRAMES else None

    def _is_strange(self, embedding: Embedding) -> bool:
        """Is it clearly nobody who is expected?"""
        return self._evidence.nearest(embedding).similarity < self.eye.doubtful

    def _expect(self) -> None:
        """The movements are about to begin with those who are in the evidence."""

    def _begin(self, at_s: float) -> Answer:
        """The movements begin when the last frames show one living visitor who looks straight ahead."""
        self._evidence.clear()
        self._track.forget()
        stances = [one.stance for one in self._still if one.stance]
        base = between(stances)
        for one in self._still:
            self._evidence.add(one)
        if not self._evidence.step_is_alive():
            return self._guidance(Hint.NOT_LIVE, at_s)
        self._expect()
        likeness = self._evidence.step_shows()
        if likeness.trial is None or likeness.similarity < self.eye.doubtful:
            return self._guidance(Hint.GOOD, at_s)
        if not all(still(one, base) for one in stances):
            return self._guidance(Hint.HOLD_STILL, at_s)
        self._base, self._who, self._again = base, likeness.trial, None
        self._track.take(self._still[-1], at_s=at_s)
        self._recent.extend(stances[-SMOOTHED:])
        return self._to(Phase.WAIT, at_s)

    # --- moving ---

    def _follow(self, stance: Stance, at_s: float) -> Answer:
        step = self._steps[self._done]
        if self.phase is Phase.WAIT:
            return self._wait(step, stance, at_s)
        if self.phase is Phase.RETURN:
            return self._complete(Phase.WAIT, at_s) if at_rest(stance, self._base) else self._guidance(Hint.GOOD, at_s)
        if made(step.move, stance, self._base):
            if at_s - self._since_s < REACTION_S:
                return self._anew(Again.TOO_EARLY, at_s)
            return self._complete(Phase.RETURN, at_s)
        if another(step.move, stance, self._base):
            return self._anew(Again.OTHER_WAY, at_s)
        return self._guidance(Hint.GOOD, at_s)

    def _wait(self, step: Step, stance: Stance, at_s: float) -> Answer:
        if another(None, stance, self._base):
            return self._anew(Again.TOO_EARLY, at_s)
        waited_s = at_s - self._since_s
        if waited_s >= step.wait_s and at_rest(stance, self._base):
            return self._to(Phase.MOVE, at_s)
        if waited_s >= step.wait_s + ASTRAY_S * self._patience:
            return self._settle_anew(at_s)
        return self._guidance(Hint.GOOD, at_s)

    def _complete(self, next_phase: Phase, at_s: float) -> Answer:
        """A movement, or the way back, is over: its frames must be alive and of the same visitor."""
        if not self._evidence.step_is_alive():
            return Refused(reason="not_live")
        likeness = self._evidence.step_shows()
        if likeness.trial != self._who or likeness.similarity < self.eye.doubtful:
            return Doubtful()
        self._evidence.next_step()
        if next_phase is Phase.WAIT:
            self._done += 1
        return self._decide() if self._done == len(self._steps) else self._to(next_phase, at_s)

    def _decide(self) -> Answer:
        if self.memory.knows(self._trace):
            return Refused(reason="not_live")
        self.memory.remember(self._trace)
        likeness = self._evidence.decision()
        if likeness.trial is None or likeness.trial != self._who or likeness.similarity < self.eye.threshold:
            return Doubtful()
        return self._accepted(likeness.trial)

    def _accepted(self, trial: UUID) -> Answer:
        return Accepted(trial=trial)

    # --- parts ---

    @property
    def _limit_s(self) -> float:
        return STEP_LIMIT_S * self._patience

    def _to(self, phase: Phase, at_s: float) -> Guidance:
        self.phase, self._since_s = phase, at_s
        return self._guidance(Hint.GOOD, at_s)

    def _anew(self, why: Again, at_s: float) -> Answer:
        """Other movements, from the beginning; nothing seen so far counts any more."""
        self._mistakes += 1
        if self._mistakes > MISTAKES:
            return Refused(reason=NO_OF[why])
        self._again = why
        return self._settle_anew(at_s)

    def _settle_anew(self, at_s: float) -> Guidance:
        self._done, self._steps = 0, draw(self.random)
        self._evidence.clear()
        self._track.forget()
        self._still.clear()
        self._recent.clear()
        self._trace = []
        return self._to(Phase.SETTLE, at_s)

    def _guidance(self, hint: Hint, at_s: float) -> Guidance:
        runs = self.phase in (Phase.MOVE, Phase.RETURN)
        return Guidance(
            prompt=self._steps[self._done].move if self.phase is Phase.MOVE else Prompt.LOOK,
            hint=hint,
            done=self._done,
            moves=len(self._steps),
            left_s=max(0.0, self._since_s + self._limit_s - at_s) if runs else None,
            limit_s=self._limit_s if runs else None,
            again=self._again,
        )
