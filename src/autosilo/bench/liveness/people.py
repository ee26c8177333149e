"""Who comes before the camera: one that is meant to get in, and those that are not."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Protocol

from autosilo.bench.liveness.bank import Place, shown
from autosilo.vision.presence.eye import Hint, Look
from autosilo.vision.samples.mover import Mover
from autosilo.vision.samples.turned import View

REACTS_S = 0.3
"""Of somebody who plays pieces of a recording by what the kiosk asks for."""


class Visitor(Protocol):
    def hear(self, prompt: str, *, at_s: float) -> None: ...

    def show(self, at_s: float) -> Look:
        """What the camera sees of them now."""


class Living:
    """Does what is asked; with ``deaf`` only stands there, as a video of somebody does."""

    def __init__(self, place: Place, random: Random, *, deaf: bool = False) -> None:
        self._place, self._random, self._deaf = place, random, deaf
        self.mover = Mover(random)

    def hear(self, prompt: str, *, at_s: float) -> None:
        if not self._deaf:
            self.mover.told(prompt, at_s=at_s)

    def show(self, at_s: float) -> Look:
        return shown(self._place, self.mover.movement(at_s), placed=self.mover.placed(at_s), random=self._random)


@dataclass
class Recording:
    """A session that succeeded, filmed from the kiosk's own place: what was seen at any moment of it."""

    who: Living
    movements: list[tuple[float, View]] = field(default_factory=list)
    placed: list[View] = field(default_factory=list)
    prompts: list[tuple[float, str]] = field(default_factory=list)
    began_s: float = 0.0

    STEP_S = 1 / 30

    def film(self, at_s: float) -> None:
        """Keep what is to be seen until then, thirty pictures a second."""
        now = self.movements[-1][0] + self.STEP_S if self.movements else self.began_s
        while now <= at_s:
            self.movements.append((now, self.who.mover.movement(now)))
            self.placed.append(self.who.mover.placed(now))
            now += self.STEP_S

    def look(self, at_s: float, random: Random) -> Look:
        """The picture of that moment; before the beginning the first, after the end the last one."""
        index = bisect_right([at for at, _ in self.movements], at_s) - 1
        index = min(max(index, 0), len(self.movements) - 1)
        return shown(self.who._place, self.movements[index][1], placed=self.placed[index], random=random)

    @property
    def lasts_s(self) -> float:
        return self.movements[-1][0] - self.began_s

    def pieces(self) -> dict[str, tuple[float, float]]:
        """From when to when each movement was shown, there and back."""
        ends = [at for at, _ in self.prompts[2:]] + [self.movements[-1][0]] * 2
        found = {}
        for (at, prompt), end in zip(self.prompts, ends, strict=False):
            if prompt != "look":
                found[prompt] = (at, end)
        return found


class Replayed:
    """A recording in full, from some moment near its beginning."""

    def __init__(self, recording: Recording, random: Random, *, began_s: float) -> None:
        self._recording, self._random = recording, random
        self._shift = recording.began_s - began_s - random.uniform(0, 0.6)

    def hear(self, prompt: str, *, at_s: float) -> None:
        """It cannot hear."""

    def show(self, at_s: float) -> Look:
        return self._recording.look(at_s + self._shift, self._random)


class CutUp:
    """Somebody who plays the piece that is asked for, where the recording has it, and else any other."""

    def __init__(self, recording: Recording, random: Random) -> None:
        self._recording, self._random = recording, random
        self._pieces = recording.pieces()
        self._at_rest = recording.began_s
        self._piece: tuple[float, float] | None = None
        self._from = 0.0

    def hear(self, prompt: str, *, at_s: float) -> None:
        if prompt != "look":
            self._piece = self._pieces.get(prompt) or self._random.choice(list(self._pieces.values()))
            self._from = at_s + REACTS_S

    def show(self, at_s: float) -> Look:
        if self._piece and at_s >= self._from:
            begins, ends = self._piece
            if (moment := begins + at_s - self._from) < ends:
                return self._recording.look(moment, self._random)
        standing = self._recording.prompts[1][0] - self._recording.began_s if len(self._recording.prompts) > 1 else 1.0
        return self._recording.look(self._at_rest + at_s % max(standing, 0.5), self._random)


class Photo:
    """A print: it can be turned, tilted and brought closer, as a flat thing."""

    def __init__(self, stages: dict[str, Sequence[Look]], random: Random) -> None:
        self._stages, self._random, self._prompt = stages, random, "look"
        self._since = 0.0

    def hear(self, prompt: str, *, at_s: float) -> None:
        self._prompt, self._since = prompt, at_s + REACTS_S

    def show(self, at_s: float) -> Look:
        looks = self._stages[self._prompt]
        return looks[min(int(max(0.0, at_s - self._since) / 0.15), len(looks) - 1)]


class Joined:
    """Two people: the second one steps in at some time, and stays."""

    def __init__(self, first: Living, *, joins_s: float) -> None:
        self._first, self._joins_s = first, joins_s

    def hear(self, prompt: str, *, at_s: float) -> None:
        self._first.hear(prompt, at_s=at_s)

    def show(self, at_s: float) -> Look:
        return Look(hint=Hint.ONE_PERSON) if at_s >= self._joins_s else self._first.show(at_s)


class Swapped:
    """Another person takes over at some time, in the same pose and the same place."""

    def __init__(self, first: Living, other: Place, random: Random, *, at_s: float) -> None:
        self._first, self._other, self._random, self._at_s = first, other, random, at_s

    def hear(self, prompt: str, *, at_s: float) -> None:
        self._first.hear(prompt, at_s=at_s)

    def show(self, at_s: float) -> Look:
        if at_s < self._at_s:
            return self._first.show(at_s)
        mover = self._first.mover
        return shown(self._other, mover.movement(at_s), placed=mover.placed(at_s), random=self._random)
