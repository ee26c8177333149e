"""Explicit-state search: every reachable state once, nearest first, so that what breaks has the shortest story.

Nothing is sampled and nothing is hashed away: states are compared in full. The search says whether it was exhaustive.
"""

from array import array
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from autosilo.chaos.protocol.state import State
from autosilo.chaos.protocol.step import FAULT, OWN, Step, sentence

NO_WAY_ON = "nothing fails any more, but nothing can end and nobody is called"
NO_WAY_OUT = "nothing fails any more, but nothing can end, whatever an operator does"


@dataclass(frozen=True, kw_only=True)
class Model:
    """What to search. ``canonical`` picks one of the states that are the same but for names."""

    first: State
    steps: Callable[[State], Iterable[Step]]
    canonical: Callable[[State], State]
    broken: Callable[[State], str]
    """The invariant that a state breaks, or an empty text."""
    called: Callable[[State], bool]
    """Does something wait for an operator, with a reason?"""


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


class _Edges:
    """Steps from state to state, by number."""

    def __init__(self) -> None:
        self._from, self._to = array("I"), array("I")

    def add(self, source: int, target: int) -> None:
        self._from.append(source)
        self._to.append(target)

    def before(self, reached: "np.ndarray") -> "np.ndarray":
        """States one step before those reached."""
        source, target = (np.frombuffer(one, dtype=np.uint32) for one in (self._from, self._to))
        return source[reached[target] & ~reached[source]]


def _backward(goals: "np.ndarray", ways: list[_Edges]) -> "np.ndarray":
    """Every state from which a goal can be reached."""
    reached = goals.copy()
    while True:
        new = np.concatenate([way.before(reached) for way in ways])
        if not len(new):
            return reached
        reached[new] = True


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
        self._called = bytearray([model.called(first)])
        self._ends = bytearray(1)
        self._own, self._people = _Edges(), _Edges()
        self._transitions = 0

    def run(self) -> Found:
        """Search to the end, to ``at_most`` states, or to the first invariant that is broken."""
        began = perf_counter()
        broken, last, exhaustive = self._forward()
        if not broken and exhaustive:
            broken, stuck = self._stuck()
            last = (stuck, None)
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
                if step.ends:
                    self._ends[at] = 1
                if step.cause != FAULT:
                    (self._own if step.cause == OWN else self._people).add(at, known)
            at += 1
        return "", (at, None), True

    def _add(self, state: State, parent: int) -> int:
        known = self._number[state] = len(self._states)
        self._states.append(state)
        self._parent.append(parent)
        self._depth.append(self._depth[parent] + 1)
        self._called.append(self._model.called(state))
        self._ends.append(0)
        return known

    def _stuck(self) -> tuple[str, int]:
        """The nearest state without a way on, or without a way out of a hold: backward from all ends."""
        ends, called = (np.frombuffer(one, dtype=np.uint8).astype(bool) for one in (self._ends, self._called))
        for what, goals, ways in (
            (NO_WAY_ON, ends | called, [self._own]),
            (NO_WAY_OUT, ends, [self._own, self._people]),
        ):
            bad = np.flatnonzero(~_backward(goals, ways))
            if len(bad):
                return what, int(bad[0])
        return "", 0

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
