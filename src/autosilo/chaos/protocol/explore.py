"""Explicit-state search: every reachable state once, nearest first, so that the first fault found has the shortest story.

Nothing is sampled and nothing is hashed away: states are compared in full. The search says whether it was exhaustive.
"""

from array import array
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from autosilo.chaos.protocol.state import State
from autosilo.chaos.protocol.step import OWN, Step, sentence

NO_WAY_ON = "a state from which nothing ends and nobody is called, although nothing fails any more"


@dataclass(frozen=True, kw_only=True)
class Model:
    """What to search. ``canonical`` picks one of the states that are the same but for names."""

    first: State
    steps: Callable[[State], Iterable[Step]]
    canonical: Callable[[State], State]
    broken: Callable[[State], str]
    """The invariant that a state breaks, or an empty text."""
    at_goal: Callable[[State], bool]


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a search found."""

    states: int
    transitions: int
    depth: int
    """Steps to the farthest state that was seen; the diameter from the first state when exhaustive."""
    exhaustive: bool
    """Every state within the rules was seen."""
    seconds: float
    broken: str = ""
    """The invariant that does not hold, empty when all do."""
    story: tuple[str, ...] = ()
    """How it came about, in the fewest steps that do it."""


class Search:
    """Breadth first. Keeps every state, its parent, and the steps of the protocol's own for the way back."""

    def __init__(self, model: Model, *, at_most: int) -> None:
        self._model = model
        self._at_most = at_most
        first = model.canonical(model.first)
        self._number: dict[State, int] = {first: 0}
        self._states = [first]
        self._parent = array("q", [-1])
        self._depth = array("H", [0])
        self._good = bytearray([model.at_goal(first)])
        self._from, self._to = array("I"), array("I")
        self._transitions = 0

    def run(self) -> Found:
        """Search to the end, to ``at_most`` states, or to the first invariant that is broken."""
        began = perf_counter()
        broken, last, exhaustive = self._forward()
        if not broken and exhaustive:
            stuck = self._stuck()
            if stuck is not None:
                broken, last = NO_WAY_ON, (stuck, None)
        return Found(
            states=len(self._states),
            transitions=self._transitions,
            depth=self._depth[-1],
            exhaustive=exhaustive and not broken,
            seconds=perf_counter() - began,
            broken=broken,
            story=self._story(*last) if broken else (),
        )

    def _forward(self) -> tuple[str, tuple[int, State | None], bool]:
        """What broke, and where: (number of a state, the state after it that is not numbered)."""
        model, number, states = self._model, self._number, self._states
        at = 0
        while at < len(states):
            if len(states) > self._at_most:
                return "", (at, None), False
            for step in model.steps(states[at]):
                self._transitions += 1
                after = model.canonical(step.after)
                if step.broken:
                    return step.broken, (at, after), False
                known = number.get(after)
                if known is None:
                    broken = model.broken(after)
                    if broken:
                        return broken, (at, after), False
                    known = self._add(after, at)
                if step.goal:
                    self._good[at] = 1
                if step.cause == OWN:
                    self._from.append(at)
                    self._to.append(known)
            at += 1
        return "", (at, None), True

    def _add(self, state: State, parent: int) -> int:
        known = self._number[state] = len(self._states)
        self._states.append(state)
        self._parent.append(parent)
        self._depth.append(self._depth[parent] + 1)
        self._good.append(self._model.at_goal(state))
        return known

    def _stuck(self) -> int | None:
        """The nearest state without a way to a goal by the protocol's own steps: backward from all goals."""
        good = np.frombuffer(self._good, dtype=np.uint8).astype(bool)
        source, target = (np.frombuffer(one, dtype=np.uint32) for one in (self._from, self._to))
        while True:
            reached = source[good[target] & ~good[source]]
            if not len(reached):
                break
            good[reached] = True
        bad = np.flatnonzero(~good)
        return int(bad[0]) if len(bad) else None

    def _story(self, number: int, beyond: State | None) -> tuple[str, ...]:
        """Played again from the start with real numbers instead of ranks."""
        way = [] if beyond is None else [beyond]
        while number >= 0:
            way.append(self._states[number])
            number = self._parent[number]
        way.reverse()
        state, told = self._model.first, []
        for wanted in way[1:]:
            step = next(one for one in self._model.steps(state) if self._model.canonical(one.after) == wanted)
            told.append(sentence(step.says))
            state = step.after
        return tuple(told)
