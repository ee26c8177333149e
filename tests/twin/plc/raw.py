"""A bare controller for tests: it says to the mailboxes whatever it is told to say."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from asyncua import ua

from autosilo.wire.mailbox import Command, Fault, GateState, JobState, Kind, Phase, Reject, RetainedJob, UnitState
from twin.plc.client import MailboxClient
from twin.plc.rig import Rig

PATIENCE_S = 15.0
CONNECT_WITHIN_S = 30.0
EVERYDAY = (OSError, TimeoutError, EOFError, ua.UaError)
"""What a dead or dying peer makes the stack raise."""
POLL_S = 0.01


@dataclass(frozen=True)
class Seen:
    """``Status`` of one unit, as read. Pairs are (epoch, seq)."""

    raw: dict[str, Any]

    @property
    def ack(self) -> tuple[int, int]:
        return self.raw["AckEpoch"], self.raw["AckSeq"]

    @property
    def current(self) -> tuple[int, int]:
        return self.raw["CurrentEpoch"], self.raw["CurrentSeq"]

    @property
    def last_done(self) -> tuple[int, int]:
        return self.raw["LastDoneEpoch"], self.raw["LastDoneSeq"]

    @property
    def reject(self) -> Reject:
        return Reject(self.raw["RejectCode"])

    @property
    def fault(self) -> Fault:
        return Fault(self.raw["FaultCode"])

    @property
    def state(self) -> UnitState:
        return UnitState(self.raw["State"])

    @property
    def phase(self) -> Phase:
        return Phase(self.raw["Phase"])

    @property
    def outcome(self) -> tuple[JobState, Fault]:
        return JobState(self.raw["LastDoneState"]), Fault(self.raw["LastDoneFault"])

    @property
    def position(self) -> tuple[int, int]:
        return self.raw["PositionLift"], self.raw["PositionSecond"]


@dataclass
class Counter:
    """The numbers of one unit."""

    epoch: int
    seq: int


class RawController:
    """Counts epoch and seq of every unit of a rig by itself. ``unit`` is ``L1`` where it is left out."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.client = MailboxClient(rig, rig.units)
        self.counters: dict[str, Counter] = {}

    async def __aenter__(self) -> "RawController":
        until = time.monotonic() + CONNECT_WITHIN_S
        while True:
            try:
                await self._connect()
            except EVERYDAY:
                assert time.monotonic() < until, f"no connection: {self.rig.log}"
                await self.client.__aexit__()
                await asyncio.sleep(0.05)
            else:
                return self

    async def _connect(self) -> None:
        """Read every unit's numbers; a PLC without power, or about to lose it, makes this fail."""
        self.client = MailboxClient(self.rig, self.rig.units)
        await self.client.__aenter__()
        for unit in self.rig.units:
            epoch, seq = Seen(await self.client.group(unit, "Status")).ack
            self.counters[unit] = Counter(epoch + 1, seq)

    async def __aexit__(self, *_: object) -> None:
        await self.client.__aexit__()

    async def status(self, unit: str = "L1") -> Seen:
        return Seen(await self.client.group(unit, "Status"))

    async def sensors(self, station: str) -> dict[str, Any]:
        return await self.client.group(station, "Sensors")

    async def retained(self, unit: str = "L1") -> list[RetainedJob]:
        return await self.client.retained(unit)

    def key(self, unit: str = "L1") -> tuple[int, int]:
        """(epoch, seq) of the last command."""
        return self.counters[unit].epoch, self.counters[unit].seq

    def command(self, kind: int, src: str = "", dst: str = "", *, unit: str = "L1", **changes: Any) -> Command:
        """The next command in order, with ``changes`` to its fields."""
        counter = self.counters[unit]
        counter.seq += 1
        deadline = int(time.time()) + 5
        return replace(Command(counter.epoch, counter.seq, counter.seq, kind, src, dst, 0, deadline), **changes)

    async def say(self, kind: int, src: str = "", dst: str = "", *, unit: str = "", **changes: Any) -> Reject:
        """Send and return the PLC's answer; say it anew while the PLC has not heard our heartbeat.

        Gate commands go to the station that they name. A busy machine may hold the heartbeat up for longer than the
        watchdog allows, and then the PLC is right.
        """
        unit = unit or (src if kind in (Kind.OPEN_GATE, Kind.SHUT_GATE) else "L1")
        until = time.monotonic() + PATIENCE_S
        while True:
            answer = await self.send(self.command(kind, src, dst, unit=unit, **changes), unit=unit)
            if answer is not Reject.CONTROLLER_SILENT or time.monotonic() > until or not self.client.alive:
                return answer
            await asyncio.sleep(0.1)

    async def send(self, command: Command, *, unit: str = "L1", **fields: int | str) -> Reject:
        await self.client.send(unit, command, **fields)
        seen = await self.until(lambda status: status.ack == (command.epoch, command.seq), unit=unit)
        return seen.reject

    async def until(self, true: Callable[[Seen], bool], *, unit: str = "L1", within_s: float = 10.0) -> Seen:
        until = time.monotonic() + within_s
        while True:
            seen = await self.status(unit)
            if true(seen):
                return seen
            assert time.monotonic() < until, f"did not come true; last seen: {seen.raw}"
            await asyncio.sleep(POLL_S)

    async def until_sensors(self, station: str, within_s: float = 10.0, **values: int) -> dict[str, Any]:
        """Wait until the station's sensors say so."""
        until = time.monotonic() + within_s
        while True:
            seen = await self.sensors(station)
            if all(seen[name] == value for name, value in values.items()):
                return seen
            assert time.monotonic() < until, f"did not come true; last seen: {seen}"
            await asyncio.sleep(POLL_S)

    async def done(self, *, unit: str = "L1", key: tuple[int, int] | None = None) -> Seen:
        """Wait until a job (the last one sent) has ended or was aborted."""
        key = key or self.key(unit)
        return await self.until(lambda status: status.last_done == key, unit=unit)

    async def move(self, src: str, dst: str, *, unit: str = "L1") -> None:
        """A move from beginning to end."""
        assert await self.say(Kind.MOVE, src, dst, unit=unit) is Reject.NONE
        assert (await self.done(unit=unit)).outcome == (JobState.ENDED, Fault.NONE)

    async def open_gate(self, station: str) -> None:
        assert await self.say(Kind.OPEN_GATE, station) is Reject.NONE
        assert (await self.done(unit=station)).outcome == (JobState.ENDED, Fault.NONE)
        await self.until_sensors(station, Gate=GateState.OPEN)

    async def shut_gate(self, station: str) -> None:
        assert await self.say(Kind.SHUT_GATE, station) is Reject.NONE
        assert (await self.done(unit=station)).outcome == (JobState.ENDED, Fault.NONE)
        await self.until_sensors(station, Gate=GateState.SHUT)
