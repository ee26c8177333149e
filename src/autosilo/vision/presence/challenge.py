"""Movements that the site chooses at random, so that a recording made earlier does not fit.

Between any two movements the person looks straight ahead again, for a time that is random as well: a recording moves
too early, too late or the other way.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from autosilo.vision.presence.eye import Stance
from autosilo.wire.gate import Prompt

FEWEST, MOST = 3, 5
"""Movements in one challenge. From 36 orders for three up to 324 for five."""

WAIT_S: Final = (0.4, 1.6)
"""Looking straight ahead before a movement is asked for, drawn evenly from this range."""

REACTION_S: Final = 0.2
"""Nobody begins to follow a sign sooner (about the fastest simple reaction to something seen; Woods et al. 2015,
doi:10.3389/fnhum.2015.00131, measure 213 ms on average), so who is there already did not follow it."""

CLOSER: Final = 1.18
"""How many times as high a face is after a step closer: 15 cm from 80 cm give 1.23."""

LIFT: Final = 0.5
"""Degrees for each per cent by which the nose comes up. By itself neither sees everybody's look up: of 22° the fitted
face shows 0 to 8°, the nose comes up by 0 to 14 per cent (docs/reference/vision.md)."""

ENOUGH: Final = {"turn": 10.0, "up": 4.0, "closer": math.log(CLOSER)}
"""Degrees, and the logarithm of the size, against how the person stood at first. The pose from five points errs by 1 to
2.5° a frame and is averaged over some; of a turn it shows about two thirds, of a look up a third to a half, with the
nose's rise (docs/reference/vision.md), so little must be enough there."""

AT_REST: Final = {"turn": 6.0, "up": 5.0, "closer": math.log(1.1)}
"""Below all of these the person looks straight ahead again."""

STILL: Final = math.log(1.05)
"""Of the size, either way: who still comes nearer would be compared with a place where they never stood."""

OTHER_WAY: Final = {"turn": 15.0, "up": 9.0, "closer": math.log(1.25)}
"""From one of these on it is a movement of its own: not what a person sways, nor what a turn brings with it."""

MOVES: Final = (Prompt.LEFT, Prompt.RIGHT, Prompt.UP, Prompt.CLOSER)
TURNS: Final = frozenset({Prompt.LEFT, Prompt.RIGHT})


@dataclass(frozen=True, kw_only=True)
class Step:
    move: Prompt
    wait_s: float


def draw(rng: Random) -> tuple[Step, ...]:
    """A new challenge: never one movement twice in a row, and always a turn, which flat pictures cannot follow."""
    count = rng.randint(FEWEST, MOST)
    while True:
        moves: list[Prompt] = []
        for _ in range(count):
            moves.append(rng.choice([move for move in MOVES if not moves or move is not moves[-1]]))
        if TURNS & set(moves):
            return tuple(Step(move=move, wait_s=rng.uniform(*WAIT_S)) for move in moves)


def _kind(move: Prompt) -> str:
    return "turn" if move in TURNS else move.value


def amount(move: Prompt, stance: Stance, base: Stance) -> float:
    """How much of a movement there is, in degrees or as a logarithm. Negative in the opposite direction."""
    if move is Prompt.LEFT:
        return stance.yaw - base.yaw
    if move is Prompt.RIGHT:
        return base.yaw - stance.yaw
    if move is Prompt.UP:
        return stance.pitch - base.pitch + LIFT * (stance.lift - base.lift)
    return math.log(stance.size / base.size)


def made(move: Prompt, stance: Stance, base: Stance) -> bool:
    """Is it enough of what was asked for?"""
    return amount(move, stance, base) >= ENOUGH[_kind(move)]


def at_rest(stance: Stance, base: Stance) -> bool:
    """Does the person look straight ahead, from where they stood at first?"""
    return all(amount(move, stance, base) < AT_REST[_kind(move)] for move in MOVES)


def still(stance: Stance, base: Stance) -> bool:
    """Does the person stand as at first, neither on the way somewhere nor on the way back?"""
    return at_rest(stance, base) and abs(math.log(stance.size / base.size)) < STILL


def another(asked: Prompt | None, stance: Stance, base: Stance) -> bool:
    """Is it clearly a movement that was not asked for?"""
    return any(amount(move, stance, base) >= OTHER_WAY[_kind(move)] for move in MOVES if move is not asked)


def between(stances: Sequence[Stance]) -> Stance:
    """The mean of some stances."""
    count = len(stances)
    return Stance(
        **{
            name: sum(getattr(one, name) for one in stances) / count
            for name in ("yaw", "pitch", "lift", "roll", "x", "y", "size")
        }
    )
