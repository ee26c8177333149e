"""The wire to one site's PLC: one OPC UA session, polled state, heartbeat both ways, own reconnection.

The state is read cyclically rather than subscribed to: what matters is what is so now, and a read cannot lose a
transition in a queue. Each poll is one request for all units that are due. The stack's own reconnection stays off,
because a new connection must first be fenced.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from enum import IntEnum
from pathlib import Path
from typing import Any

from autosilo.meter import Part, spent
from autosilo.site.control import readings
from autosilo.site.control.pins import Pins, WrongCertificate
from autosilo.site.control.readings import Decoder, LiftStatus, StationStatus
from autosilo.site.control.session import EVERYDAY, Session, ValueId
from autosilo.site.control.session import LinkDown as LinkDown
from autosilo.site.tasks import Retries, end
from autosilo.tower.config import SiteConfig
from autosilo.wire import mailbox
from autosilo.wire.mailbox import WATCHDOG_S, Command

log = logging.getLogger(__name__)

BUSY_POLL_S = 0.025
IDLE_POLL_S = 0.15
HEARTBEAT_S = 0.4
RECONNECT_S = (0.2, 2.0)
"""First and longest pause between attempts."""


HEALTHY_S = 2.0
LONGEST_FAULT_RETRY_S = 5.0
"""Short, for the fault may after all be the peer's, which comes back at any moment."""
TROUBLE_AFTER = 3
"""The stack stumbles over a session that dies; so many unexpected exceptions on end are something else."""


class Attention(IntEnum):
    """How closely a unit is watched."""

    IDLE = 0
    """What can change by itself, every ``IDLE_POLL_S``."""
    ATTENDED = 1
    """Everything, every ``IDLE_POLL_S``: somebody is at the station."""
    BUSY = 2
    """Everything, every ``BUSY_POLL_S``: a command is under way."""


class PlcLink:
    """One session for all units. ``generation`` counts connections: a change means that a fence is due."""

    def __init__(
        self, *, config: SiteConfig, url: str, pki: Path, on_change: Callable[[bool], None] | None = None
    ) -> None:
        self._config = config
        self._url = url
        self._pins = Pins(pki, site=config.slug)
        self._on_change = on_change
        self._session: Session | None = None
        self._task: asyncio.Task[None] | None = None
        self._tick = asyncio.Event()
        self._ticks: dict[str, asyncio.Event] = {}
        self._wake = asyncio.Event()
        self._beat = 0
        self._decoders: dict[str, Decoder] = {}
        self._beats: dict[str, tuple[int, float]] = {}
        self._read_at: dict[str, float] = {}
        self._requests: dict[tuple[str, bool], tuple[list[ValueId], tuple[str, ...]]] = {}
        self._said = ""
        self._retries = Retries("PLC link", longest_s=LONGEST_FAULT_RETRY_S)
        self._faults = 0
        self.units = units_of(config)
        self.generation = 0
        self.connected = False
        self.attention: Callable[[str], Attention] = lambda unit: Attention.BUSY
        self.status: dict[str, LiftStatus | StationStatus] = {}
        self.unreadable: dict[str, str] = {}
        """Units of which something was read that cannot be understood, and what, for people; they have no status."""
        self.polls = 0
        self.trouble: str | None = None
        """Why the link cannot work although the PLC may be there, for people."""
        # The stack logs every lost connection with its traceback, several times; this module says it once.
        logging.getLogger("asyncua.client").setLevel(logging.CRITICAL)

    @property
    def site(self) -> str:
        return self._config.slug

    def start(self) -> None:
        """Begin to connect, for ever."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            await end([self._task])  # the stack may lose a cancellation on its way
            self._task = None

    async def changed(self, timeout: float | None = None, *, unit: str | None = None) -> None:
        """Return when something that was read of ``unit`` (of any) has changed, or the connection, or after ``timeout``
        seconds."""
        tick = self._tick if unit is None else self._ticks.setdefault(unit, asyncio.Event())
        # not wait_for: before Python 3.12 it swallows a cancellation that comes together with the event
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await tick.wait()

    async def send(self, unit: str, command: Command) -> None:
        """Write one command, ``Seq`` last. Raises ``LinkDown``."""
        values = {mailbox.node(unit, "Command", field): value for field, value in command.fields().items()}
        await self._up.write(values)
        self._read_at.pop(unit, None)
        self._wake.set()

    async def retained(self, unit: str) -> list[str]:
        """Lines of the PLC's retained log, newest first. Raises ``LinkDown``."""
        lines = await self._up.read([mailbox.node(unit, "Retained", field) for field in mailbox.retained_fields()])
        return [str(line) for line in lines if line]

    # --- inside ---

    async def _run(self) -> None:
        pause, longest = RECONNECT_S
        while True:
            wait = 0.0
            try:
                await self._connect()
                pause = RECONNECT_S[0]
                await self._poll()
            except Exception as error:
                cause = error.__cause__ or error
                self._say(str(error))
                if isinstance(cause, WrongCertificate):
                    self._trouble(str(cause))
                elif not isinstance(cause, EVERYDAY):
                    wait = self._fault(cause)
            finally:
                await self._drop()
            await asyncio.sleep(max(wait, pause))
            pause = min(pause * 2, longest)

    def _say(self, reason: str) -> None:
        """A lost link, and each new reason for which there is none; not every attempt."""
        if self.connected or reason != self._said:
            event = "PLC link lost" if self.connected else "no PLC link"
            log.warning(event, extra={"site": self._config.slug, "reason": reason})
        self._said = reason

    def _trouble(self, words: str) -> None:
        self.trouble = words
        self._notify()

    def _fault(self, error: BaseException) -> float:
        """An exception that no peer explains; returns how long to wait."""
        self._faults += 1
        if self._faults >= TROUBLE_AFTER:
            name = type(error).__name__
            self._trouble(f"a fault of the control software ({name}); it tries again by itself, the log says more")
        return self._retries.failed(error, site=self._config.slug)

    async def _connect(self) -> None:
        self._session = await Session.open(self._url, site=self._config.slug, pins=self._pins)
        self._requests.clear()
        self.unreadable.clear()
        self._decoders = {unit: Decoder(unit, await self._places(unit)) for unit in self.units}
        await self._heartbeat()
        self._read_at.clear()
        self._beats.clear()
        while not all(unit in self.unreadable or self._decoders[unit].sound for unit in self.units):
            await self._read_units(self.units, full=True)
        self.generation += 1
        self.connected = True
        log.info("PLC link up", extra={"site": self._config.slug, "generation": self.generation})
        self._announce()

    async def _places(self, unit: str) -> list[str]:
        if not mailbox.is_lift(unit):
            return []
        (text,) = await self._up.read([mailbox.node(unit, "Safety", "Places")])
        return str(text).split(",")

    async def _poll(self) -> None:
        began, sent_at = time.monotonic(), 0.0
        while True:
            now = time.monotonic()
            with spent(Part.POLLING):
                if now - sent_at >= HEARTBEAT_S:
                    await self._heartbeat()
                    sent_at = now
                await self._read_due(now)
            if any(now - since > WATCHDOG_S for _, since in self._beats.values()):
                raise LinkDown("the PLC's heartbeat stands still")
            self.polls += 1
            if (self._faults or self.trouble) and now - began > HEALTHY_S:
                self._faults, self.trouble = 0, None
                self._notify()
            if self._pins.renewed():
                raise LinkDown("a new certificate of this controller is there")
            self._wake.clear()
            busy = any(self.attention(unit) is Attention.BUSY for unit in self.units)
            with suppress(TimeoutError):
                async with asyncio.timeout(BUSY_POLL_S if busy else IDLE_POLL_S):
                    await self._wake.wait()

    async def _read_due(self, now: float) -> None:
        """One request for busy units, and for the others whose time has come."""
        calls: dict[str, bool] = {}
        for unit in self.units:
            attention = self.attention(unit)
            before = self._read_at.get(unit)
            if before is None or attention is Attention.BUSY or now - before >= IDLE_POLL_S * 0.9:
                calls[unit] = before is None or attention is not Attention.IDLE
        full = [unit for unit, everything in calls.items() if everything]
        idle = [unit for unit, everything in calls.items() if not everything]
        await self._read_units(full, full=True, more=idle)

    async def _read_units(self, units: list[str], *, full: bool, more: list[str] | None = None) -> None:
        now = time.monotonic()
        wanted = [self._request(unit, full) for unit in units] + [self._request(unit, False) for unit in more or []]
        if not wanted:
            return  # to ask for nothing is an error (BadNothingToDo)
        answers = await self._up.ask([one for ids, _ in wanted for one in ids])
        at, changed = 0, False
        for unit, (ids, names) in zip([*units, *(more or [])], wanted, strict=True):
            values = dict(zip(names, answers[at : at + len(ids)], strict=True))
            at += len(ids)
            self._read_at[unit] = now
            beat = values[readings.BEAT]
            if self._beats.get(unit, (-1, 0.0))[0] != beat:
                self._beats[unit] = beat, now
            changed |= self._take(unit, values)
        if changed:
            self._notify_all()

    def _take(self, unit: str, values: dict[str, Any]) -> bool:
        """Has the unit's status changed? One that cannot be understood is its unit's alone."""
        before = self.status.get(unit), self.unreadable.get(unit)
        try:
            status = self._decoders[unit].take(values)
        except ValueError as error:
            self.status.pop(unit, None)
            self.unreadable[unit] = f"the PLC says of {unit} what cannot be understood: {error}"
            self._read_at.pop(unit, None)
        else:
            if status is not None:
                self.status[unit] = status
                self.unreadable.pop(unit, None)
        after = self.status.get(unit), self.unreadable.get(unit)
        if after[0] is before[0] and after[1] == before[1]:
            return False
        self._notify_unit(unit)
        return True

    def _request(self, unit: str, full: bool) -> tuple[list[ValueId], tuple[str, ...]]:
        known = self._requests.get((unit, full))
        if known is None:
            names = readings.fields(unit) if full else readings.idle_fields(unit)
            known = [self._up.value_id(f"{unit}.{name.removesuffix(readings.AGAIN)}") for name in names], names
            self._requests[unit, full] = known
        return known

    async def _drop(self) -> None:
        was, self.connected = self.connected, False
        session, self._session = self._session, None
        if session is not None:
            await session.close()
        if was:
            self._announce()

    def _announce(self) -> None:
        if self._on_change is not None:
            self._on_change(self.connected)
        self._notify()

    def _notify(self) -> None:
        for unit in self.units:
            self._notify_unit(unit)
        self._notify_all()

    def _notify_all(self) -> None:
        tick, self._tick = self._tick, asyncio.Event()
        tick.set()

    def _notify_unit(self, unit: str) -> None:
        if (tick := self._ticks.pop(unit, None)) is not None:
            tick.set()

    async def _heartbeat(self) -> None:
        self._beat = self._beat % 1_000_000 + 1
        await self._up.write({mailbox.node(unit, "Heartbeat", "Controller"): self._beat for unit in self.units})

    @property
    def _up(self) -> Session:
        """The present session. Raises ``LinkDown``."""
        if self._session is None:
            raise LinkDown("not connected")
        return self._session


def units_of(config: SiteConfig) -> list[str]:
    """Every lift, then every station, in the order of the site file."""
    lifts = config.tower.lifts
    return [lift.name for lift in lifts] + [f"{lift.name}.{one.name}" for lift in lifts for one in lift.stations]
