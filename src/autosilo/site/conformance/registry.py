"""What a check is, and the list of all of them in the order in which they run."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autosilo.site.conformance.machine import Machine


class Level(IntEnum):
    """How far a check goes. A run leaves out everything above its own level."""

    READ_ONLY = 1
    """Connects and reads."""
    NO_MOTION = 2
    """Writes commands that move nothing, even if the PLC is wrong to take them."""
    MOTION = 3
    """Moves lifts, cars, gates."""


class Failed(Exception):
    """The PLC did something else than the contract says; the message says what was seen."""


class Skipped(Exception):
    """The check could not be made here; the message says why."""


Run = Callable[["Machine"], Awaitable[str]]
"""Makes the check; returns what was seen. Raises ``Failed``, ``Skipped``."""


TOO_LATE_TRIES = 4


def in_time(what: str, once: Callable[["Machine"], Awaitable[str | None]]) -> Run:
    """A check that must catch a running job: ``once`` returns None when ``what`` had ended before; it is made again."""

    async def run(m: "Machine") -> str:
        for _ in range(TOO_LATE_TRIES):
            seen = await once(m)
            if seen is not None:
                return seen
        raise Skipped(f"{what} had ended before, {TOO_LATE_TRIES} times: once more, and quicker")

    return run


@dataclass(frozen=True)
class Check:
    """``section`` names the part of docs/reference/mailbox.md that is checked, ``says`` what that part asks for."""

    id: str
    section: str
    says: str
    level: Level
    hands: tuple[str, ...]
    """What a person must do at the machine, by the names of ``hands.ACTIONS``."""
    run: Run

    @property
    def topic(self) -> str:
        """``security`` of ``security.endpoints``."""
        return self.id.partition(".")[0]


CHECKS: list[Check] = []


def check(
    id: str,
    section: str,
    says: str,
    *,
    level: Level = Level.MOTION,
    hands: tuple[str, ...] = (),
) -> Callable[[Run], Run]:
    """Register a function as a check. Raises ``ValueError`` for an id that is taken."""

    def register(run: Run) -> Run:
        if any(one.id == id for one in CHECKS):
            raise ValueError(f"two checks are called {id}")
        CHECKS.append(Check(id, section, says, level, hands, run))
        return run

    return register


def choose(level: Level, only: Sequence[str] = (), skip: Sequence[str] = ()) -> list[Check]:
    """Checks up to ``level`` whose id fits one of the patterns ``only`` (all when empty) and none of ``skip``."""
    from autosilo.site.conformance import checks  # registers them

    assert checks.__all__  # noqa: S101  the import is what counts
    return [
        one
        for one in CHECKS
        if one.level <= level
        and (not only or any(fnmatchcase(one.id, pattern) for pattern in only))
        and not any(fnmatchcase(one.id, pattern) for pattern in skip)
    ]
