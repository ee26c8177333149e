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

from asyncua import Client, ua

from autosilo.meter import Part, spent
from autosilo.site.control import readings
from autosilo.site.control.pins import Pins, WrongCertificate
from autosilo.site.control.readings import Decoder, LiftStatus, StationStatus
from autosilo.site.tasks import Retries, end
from autosilo.tower.config import SiteConfig
from autosilo.wire import mailbox
from autosilo.wire.mailbox import WATCHDOG_S, Command

log = logging.getLogger(__name__)

REQUEST_TIMEOUT_S = 1.5
BUSY_POLL_S = 0.025
IDLE_POLL_S = 0.15
HEARTBEAT_S = 0.4
RECONNECT_S = (0.2, 2.0)
"""First and longest pause between attempts."""


class LinkDown(Exception):
    """Nothing could be sent; whether a command in flight arrived is unknown."""


EVERYDAY = (LinkDown, ua.UaError, OSError, TimeoutError, EOFError)
"""What a dead or dying peer makes the stack raise. Anything else may be a fault of ours and is logged in full."""
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
        self._client: Client | None = None
        self._task: asyncio.Task[None] | None = None
        self._namespace = 0
        self._tick = asyncio.Event()
        self._ticks: dict[str, asyncio.Event] = {}
        self._wake = asyncio.Event()
        self._beat = 0
        self._decoders: dict[str, Decoder] = {}
        self._beats: dict[str, tuple[int, float]] = {}
        self._read_at: dict[str, float] = {}
        self._requests: dict[tuple[str, bool], tuple[list[ua.ReadValueId], tuple[str, ...]]] = {}
        self._said = ""
        self._retries = Retries("PLC link", longest_s=LONGEST_FAULT_RETRY_S)
        self._faults = 0
        self.units = units_of(config)
        self.generation = 0
        self.connected = False
        self.attention: Callable[[str], Attention] = lambda unit: Attention.BUSY
        self.status: dict[str, LiftStatus | StationStatus] = {}
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
        await self._write(values)
        self._read_at.pop(unit, None)
        self._wake.set()

    async def retained(self, unit: str) -> list[str]:
        """Lines of the PLC's retained log, newest first. Raises ``LinkDown``."""
        lines = await self._read([mailbox.node(unit, "Retained", field) for field in mailbox.retained_fields()])
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
        client = Client(self._url, timeout=REQUEST_TIMEOUT_S, auto_reconnect=False, watchdog_intervall=3600)
        client.application_uri = mailbox.controller_uri(self._config.slug)
        client.session_timeout = 60_000
        try:
            await self._pins.connect(client)
            self._client = client
            self._namespace = await client.get_namespace_index(mailbox.NAMESPACE)
            self._requests.clear()
            self._decoders = {unit: Decoder(unit, await self._places(unit)) for unit in self.units}
            await self._heartbeat()
            self._read_at.clear()
            self._beats.clear()
            while not all(unit in self.status and self._decoders[unit].sound for unit in self.units):
                await self._read_units(self.units, full=True)
        except LinkDown:
            raise
        except Exception as error:
            self._client = self._client or client
            raise LinkDown(repr(error)) from error
        self.generation += 1
        self.connected = True
        log.info("PLC link up", extra={"site": self._config.slug, "generation": self.generation})
        self._announce()

    async def _places(self, unit: str) -> list[str]:
        if not mailbox.is_lift(unit):
            return []
        (text,) = await self._read([mailbox.node(unit, "Safety", "Places")])
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
        answers = await self._ask([one for ids, _ in wanted for one in ids])
        at, changed = 0, False
        for unit, (ids, names) in zip([*units, *(more or [])], wanted, strict=True):
            values = dict(zip(names, answers[at : at + len(ids)], strict=True))
            at += len(ids)
            self._read_at[unit] = now
            beat = values[readings.BEAT]
            if self._beats.get(unit, (-1, 0.0))[0] != beat:
                self._beats[unit] = beat, now
            status = self._decoders[unit].take(values)
            if status is not None and status is not self.status.get(unit):
                self.status[unit] = status
                self._notify_unit(unit)
                changed = True
        if changed:
            self._notify_all()

    def _request(self, unit: str, full: bool) -> tuple[list[ua.ReadValueId], tuple[str, ...]]:
        known = self._requests.get((unit, full))
        if known is None:
            names = readings.fields(unit) if full else readings.idle_fields(unit)
            known = [self._value_id(f"{unit}.{name.removesuffix(readings.AGAIN)}") for name in names], names
            self._requests[unit, full] = known
        return known

    async def _drop(self) -> None:
        was, self.connected = self.connected, False
        client, self._client = self._client, None
        if client is not None:
            with suppress(Exception):
                async with asyncio.timeout(REQUEST_TIMEOUT_S):
                    await client.disconnect()
            with suppress(Exception):
                client.disconnect_socket()
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
        await self._write({mailbox.node(unit, "Heartbeat", "Controller"): self._beat for unit in self.units})

    def _value_id(self, name: str) -> ua.ReadValueId:
        one = ua.ReadValueId()
        one.NodeId = ua.NodeId(name, self._namespace)
        one.AttributeId = ua.AttributeIds.Value
        return one

    async def _read(self, names: list[str]) -> list[Any]:
        return await self._ask([self._value_id(name) for name in names])

    async def _ask(self, ids: list[ua.ReadValueId]) -> list[Any]:
        """Values of nodes, in one request. Raises ``LinkDown``."""
        client = self._client
        if client is None:
            raise LinkDown("not connected")
        parameters = ua.ReadParameters()
        parameters.NodesToRead = ids
        try:
            answers = await client.uaclient.read(parameters)
            for one, answer in zip(ids, answers, strict=True):
                if answer.StatusCode is not None and not answer.StatusCode.is_good():
                    raise LinkDown(f"{one.NodeId.Identifier}: {answer.StatusCode.name}")
            return [answer.Value.Value if answer.Value is not None else None for answer in answers]
        except LinkDown:
            raise
        except Exception as error:  # the stack raises many kinds; all mean that this session is of no use
            raise LinkDown(repr(error)) from error

    async def _write(self, values: dict[str, int | str]) -> None:
        client = self._client
        if client is None:
            raise LinkDown("not connected")
        try:
            ids = [ua.NodeId(name, self._namespace) for name in values]
            data = [ua.DataValue(_variant(value)) for value in values.values()]
            for status in await client.uaclient.write_attributes(ids, data, ua.AttributeIds.Value):
                status.check()
        except Exception as error:  # as above
            raise LinkDown(repr(error)) from error


def units_of(config: SiteConfig) -> list[str]:
    """Every lift, then every station, in the order of the site file."""
    lifts = config.tower.lifts
    return [lift.name for lift in lifts] + [f"{lift.name}.{one.name}" for lift in lifts for one in lift.stations]


def _variant(value: int | str) -> ua.Variant:
    return ua.Variant(value, ua.VariantType.String if isinstance(value, str) else ua.VariantType.UInt32)
