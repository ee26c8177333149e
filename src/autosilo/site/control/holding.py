"""A unit that waits for a person: holds, who is told, and faults of this software itself."""

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

from autosilo.site.control.exchange import Unreadable
from autosilo.site.control.journal import Journal
from autosilo.site.tasks import Retries

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Hold:
    """Why a unit waits for an operator, and what to look at."""

    reason: str
    look_at: str
    since: datetime = field(default_factory=lambda: datetime.now(UTC), compare=False)


@dataclass(frozen=True, slots=True)
class Told:
    """Who hears of holds: ``on_hold`` of each, ``on_recover`` when one went away by itself."""

    on_hold: Callable[[str, Hold], None]
    on_recover: Callable[[str], None]


class Holding:
    """The hold of one unit. While ``released`` is not set, nothing is sent."""

    def __init__(self, unit: str, *, site: str, journal: Journal, told: Told) -> None:
        self.hold: Hold | None = None
        self.released = asyncio.Event()
        self.released.set()
        self._unit = unit
        self._site = site
        self._journal = journal
        self._told = told
        self._hurry = asyncio.Event()

    def set(self, reason: str, look_at: str) -> None:
        """Nothing is sent any more until an operator releases."""
        self.released.clear()
        self.show(reason, look_at)

    def show(self, reason: str, look_at: str | None = None) -> Hold:
        """Seen as any hold, but work goes on, or is tried again by itself: ``recover`` takes it away."""
        hold = Hold(reason, look_at or self._unit)
        if self.hold == hold:
            return self.hold
        self.hold = hold
        log.warning("held", extra={"unit": self._unit, "reason": hold.reason, "look_at": hold.look_at})
        with suppress(sqlite3.Error):  # the fault may be the journal's own; a person must hear of the hold all the same
            self._journal.note("held", f"{self._unit} at {hold.look_at}: {hold.reason}")
        self._told.on_hold(self._unit, hold)
        return hold

    def recover(self, hold: Hold | None) -> None:
        """The cause of this hold went away by itself; any other hold stays."""
        if hold is not None and self.hold is hold:
            self.hold = None
            log.info("recovered", extra={"unit": self._unit})
            self._told.on_recover(self._unit)

    def release(self, operator: str) -> None:
        """An operator has looked."""
        if self.hold is not None:
            self._journal.note("released", f"{self._unit} by {operator}: {self.hold.reason}")
        self.hold = None
        self.released.set()
        self._hurry.set()

    async def through_faults(
        self,
        what: str,
        work: Callable[[], Awaitable[None]],
        *,
        on_fault: Callable[[], None],
        refusals: tuple[type[Exception], ...] = (),
    ) -> None:
        """Do ``work``; an exception that is not one of ``refusals`` is a fault of ours, which must not end it half-way.

        The unit is held with a reason, and ``work`` is begun again after a pause that grows (at once when an operator
        releases): after a new fence and a new comparison with the sensors (``on_fault``), just as after a restart of
        the process. When it then succeeds, the hold goes away by itself.
        """
        retries, mine = Retries(what), None
        while True:
            try:
                await work()
            except refusals:
                self.recover(mine)
                raise
            except Exception as error:
                on_fault()
                pause_s = retries.failed(error, unit=self._unit, site=self._site)
                mine = self.show(fault_words(error)) if self.hold is None else mine
                self._hurry.clear()
                with suppress(TimeoutError):
                    async with asyncio.timeout(pause_s):
                        await self._hurry.wait()
            else:
                retries.worked()
                self.recover(mine)
                return


def fault_words(error: BaseException) -> str:
    """For people: what failed is tried again by itself."""
    if isinstance(error, Unreadable):
        return str(error)
    return f"a fault of the control software ({type(error).__name__}); it tries again by itself, the log says more"
