"""The wire to one site's PLC: one OPC UA session, polled state, heartbeat both ways, own reconnection.

The state is read cyclically in one request rather than subscribed to: what matters is what is so now, and a read cannot
lose a transition in a queue. The stack's own reconnection stays off, because a new connection must first be fenced.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asyncua import Client, ua
from asyncua.crypto.security_policies import SecurityPolicyBasic256Sha256

from autosilo.meter import Part, spent
from autosilo.site.tasks import Retries
from autosilo.tower.config import SiteConfig
from autosilo.wire import mailbox
from autosilo.wire.mailbox import (
    WATCHDOG_S,
    Command,
    Fault,
    GateState,
    JobState,
    Mode,
    Phase,
    Reject,
    RetainedJob,
    UnitState,
)

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


@dataclass(frozen=True, slots=True)
class StationStatus:
    """Sensors of one station. Measurements are 0 and empty without a car, and at delivery stations."""

    gate: GateState
    zone_clear: bool
    occupied: bool
    length_mm: int = 0
    width_mm: int = 0
    height_mm: int = 0
    mass_kg: int = 0
    plugged: bool = False
    plate: str = ""


@dataclass(frozen=True, slots=True)
class LiftStatus:
    """One lift as last read. ``current`` and ``last_done`` are (epoch, seq)."""

    ack: tuple[int, int]
    reject: Reject
    state: UnitState
    job_state: JobState
    current: tuple[int, int]
    last_done: tuple[int, int]
    last_done_state: JobState
    last_done_fault: Fault
    fault: Fault
    load_present: bool
    lift_mm: int
    shuttle_mm: int
    phase: Phase
    mode: Mode
    emergency: bool
    person: bool
    occupied: frozenset[str]
    stations: dict[str, StationStatus]


class PlcLink:
    """One session for all lifts. ``generation`` counts connections: a change means that a fence is due."""

    def __init__(
        self, *, config: SiteConfig, url: str, pki: Path, on_change: Callable[[bool], None] | None = None
    ) -> None:
        self._config = config
        self._url = url
        self._pki = pki
        self._on_change = on_change
        self._client: Client | None = None
        self._task: asyncio.Task[None] | None = None
        self._namespace = 0
        self._tick = asyncio.Event()
        self._wake = asyncio.Event()
        self._beat = 0
        self._places: dict[str, list[str]] = {}
        self._said = ""
        self._retries = Retries("PLC link", longest_s=LONGEST_FAULT_RETRY_S)
        self._faults = 0
        self._polled = _polled_nodes(config)
        self.generation = 0
        self.connected = False
        self.busy: Callable[[], bool] = lambda: True
        self.status: dict[str, LiftStatus] = {}
        self.polls = 0
        self.trouble: str | None = None
        """Why the link cannot work although the PLC may be there: the name of an exception."""
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
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def changed(self, timeout: float | None = None) -> None:
        """Return after the next poll or change of connection, or after ``timeout`` seconds."""
        tick = self._tick
        # not wait_for: before Python 3.12 it swallows a cancellation that comes together with the event
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await tick.wait()

    async def send(self, lift: str, command: Command) -> None:
        """Write one command, ``Seq`` last. Raises ``LinkDown``."""
        values = {mailbox.node(lift, "Command", field): value for field, value in command.fields().items()}
        await self._write(values)
        self._wake.set()

    async def retained(self, lift: str) -> list[RetainedJob]:
        """The PLC's retained log, newest first. Raises ``LinkDown``."""
        names = [mailbox.node(lift, "Retained", field) for field in mailbox.retained_fields()]
        lines = await self._read(names)
        return [entry for line in lines if line and (entry := RetainedJob.parse(line))]

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
                if not isinstance(cause, EVERYDAY):
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

    def _fault(self, error: BaseException) -> float:
        """An exception that no peer explains; returns how long to wait."""
        self._faults += 1
        if self._faults >= TROUBLE_AFTER:
            self.trouble = type(error).__name__
            self._notify()
        return self._retries.failed(error, site=self._config.slug)

    async def _connect(self) -> None:
        client = Client(self._url, timeout=REQUEST_TIMEOUT_S, auto_reconnect=False, watchdog_intervall=3600)
        client.application_uri = mailbox.controller_uri(self._config.slug)
        client.session_timeout = 60_000
        try:
            await client.set_security(
                SecurityPolicyBasic256Sha256,
                certificate=str(self._pki / "controller.cert.der"),
                private_key=str(self._pki / "controller.key.pem"),
                server_certificate=str(self._pki / "plc.cert.der"),
                mode=ua.MessageSecurityMode.SignAndEncrypt,
            )
            await client.connect()
            self._client = client
            self._namespace = await client.get_namespace_index(mailbox.NAMESPACE)
            for lift in self._config.tower.lifts:
                (text,) = await self._read([mailbox.node(lift.name, "Safety", "Places")])
                self._places[lift.name] = text.split(",")
            await self._heartbeat()
            await self._read_status()
        except LinkDown:
            raise
        except Exception as error:
            self._client = self._client or client
            raise LinkDown(repr(error)) from error
        self.generation += 1
        self.connected = True
        log.info("PLC link up", extra={"site": self._config.slug, "generation": self.generation})
        self._announce()

    async def _poll(self) -> None:
        began = time.monotonic()
        beat_seen, beat_at, sent_at = -1, began, 0.0
        while True:
            now = time.monotonic()
            if now - sent_at >= HEARTBEAT_S:
                with spent(Part.POLLING):
                    await self._heartbeat()
                sent_at = now
            with spent(Part.POLLING):
                beat = await self._read_status()
            if beat != beat_seen:
                beat_seen, beat_at = beat, now
            elif now - beat_at > WATCHDOG_S:
                raise LinkDown("the PLC's heartbeat stands still")
            self.polls += 1
            if self._faults and now - began > HEALTHY_S:
                self._faults, self.trouble = 0, None
            self._notify()
            self._wake.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(BUSY_POLL_S if self.busy() else IDLE_POLL_S):
                    await self._wake.wait()

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
        tick, self._tick = self._tick, asyncio.Event()
        tick.set()

    async def _heartbeat(self) -> None:
        self._beat = self._beat % 1_000_000 + 1
        await self._write(
            {mailbox.node(lift.name, "Heartbeat", "Controller"): self._beat for lift in self._config.tower.lifts}
        )

    async def _read_status(self) -> int:
        """Read everything, once; returns the PLC's heartbeat."""
        values = dict(zip(self._polled, await self._read(self._polled), strict=True))
        beat = 0
        for lift in self._config.tower.lifts:
            names = tuple(station.name for station in lift.stations)
            self.status[lift.name] = _parse(lift.name, names, self._places[lift.name], values)
            beat = values[mailbox.node(lift.name, "Heartbeat", "Plc")]
        return beat

    async def _read(self, names: list[str]) -> list[Any]:
        client = self._client
        if client is None:
            raise LinkDown("not connected")
        try:
            ids = [ua.NodeId(name, self._namespace) for name in names]
            answers = await client.uaclient.read_attributes(ids, ua.AttributeIds.Value)
            for name, answer in zip(names, answers, strict=True):
                if not answer.StatusCode.is_good():
                    raise LinkDown(f"{name}: {answer.StatusCode.name}")
            return [answer.Value.Value for answer in answers]
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


def _variant(value: int | str) -> ua.Variant:
    return ua.Variant(value, ua.VariantType.String if isinstance(value, str) else ua.VariantType.UInt32)


def _polled_nodes(config: SiteConfig) -> list[str]:
    once = {"Command", "Retained"}
    return [
        name
        for lift in config.tower.lifts
        for name in mailbox.lift_nodes(lift.name, tuple(station.name for station in lift.stations))
        if name.split(".")[1] not in once and not name.endswith((".Places", ".Heartbeat.Controller"))
    ]


def _parse(lift: str, stations: tuple[str, ...], places: list[str], values: dict[str, Any]) -> LiftStatus:
    def status(field: str) -> int:
        return int(values[mailbox.node(lift, "Status", field)])

    def safety(field: str) -> Any:
        return values[mailbox.node(lift, "Safety", field)]

    occupied = frozenset(place for place, flag in zip(places, safety("Occupancy") or "", strict=False) if flag == "1")
    return LiftStatus(
        ack=(status("AckEpoch"), status("AckSeq")),
        reject=Reject(status("RejectCode")),
        state=UnitState(status("State")),
        job_state=JobState(status("JobState")),
        current=(status("CurrentEpoch"), status("CurrentSeq")),
        last_done=(status("LastDoneEpoch"), status("LastDoneSeq")),
        last_done_state=JobState(status("LastDoneState")),
        last_done_fault=Fault(status("LastDoneFault")),
        fault=Fault(status("FaultCode")),
        load_present=bool(status("LoadPresent")),
        lift_mm=status("PositionLift"),
        shuttle_mm=status("PositionShuttle"),
        phase=Phase(status("Phase")),
        mode=Mode(safety("Mode")),
        emergency=bool(safety("EmergencyStop")),
        person=bool(safety("PersonDetected")),
        occupied=occupied,
        stations={f"{lift}.{name}": _station(lift, name, values) for name in stations},
    )


def _station(lift: str, name: str, values: dict[str, Any]) -> StationStatus:
    def of(field: str) -> Any:
        return values.get(mailbox.node(lift, name, field))

    return StationStatus(
        gate=GateState(of("Gate")),
        zone_clear=bool(of("ZoneClear")),
        occupied=bool(of("Occupied")),
        length_mm=of("LengthMm") or 0,
        width_mm=of("WidthMm") or 0,
        height_mm=of("HeightMm") or 0,
        mass_kg=of("MassKg") or 0,
        plugged=bool(of("Plugged")),
        plate=of("Plate") or "",
    )
