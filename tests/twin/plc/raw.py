"""A bare controller for tests: it says to the mailbox whatever it is told to say."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from autosilo.site.control.mailbox import LiftStatus, PlcLink
from autosilo.wire.mailbox import Command, Kind, Reject
from twin.plc.rig import Rig

PATIENCE_S = 15.0


class RawController:
    """Counts its own epoch and seq on lift L1."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.link = PlcLink(config=rig.site, url=rig.url, pki=rig.pki)
        self.epoch = self.seq = 0

    async def __aenter__(self) -> "RawController":
        self.link.start()
        await self.until(lambda _: self.link.connected, within_s=30)
        self.epoch, self.seq = self.status.ack
        self.epoch += 1
        await self.say(Kind.OPEN_GATE, "L9.D1")  # once the PLC has seen the heartbeat change
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.link.stop()

    @property
    def status(self) -> LiftStatus:
        return self.link.status["L1"]

    def command(self, kind: int, src: str = "", dst: str = "", **changes: Any) -> Command:
        """The next command in order, with ``changes`` to its fields."""
        self.seq += 1
        deadline = int(time.time()) + 5
        return replace(Command(self.epoch, self.seq, self.seq, kind, src, dst, 0, deadline), **changes)

    async def say(self, kind: int, src: str = "", dst: str = "", **changes: Any) -> Reject:
        """Send and return the PLC's answer; say it anew while the PLC has not heard our heartbeat.

        A busy machine may hold the heartbeat up for longer than the watchdog allows, and then the PLC is right.
        """
        until = time.monotonic() + PATIENCE_S
        while True:
            answer = await self.send(self.command(kind, src, dst, **changes))
            if answer is not Reject.CONTROLLER_SILENT or time.monotonic() > until:
                return answer
            await asyncio.sleep(0.1)

    async def send(self, command: Command) -> Reject:
        await self.link.send("L1", command)
        await self.until(lambda status: status.ack == (command.epoch, command.seq))
        return self.status.reject

    async def until(self, true: Callable[[LiftStatus], bool], within_s: float = 10.0) -> None:
        until = time.monotonic() + within_s
        while time.monotonic() < until:
            if "L1" in self.link.status and true(self.status):
                return
            await self.link.changed(0.2)
        raise AssertionError(f"did not come true; last seen: {self.link.status.get('L1')}")

    async def done(self, *, seq: int | None = None) -> LiftStatus:
        """Wait until the job of ``seq`` (the last one) has ended or was aborted."""
        key = (self.epoch, self.seq if seq is None else seq)
        await self.until(lambda status: status.last_done == key)
        return self.status

    async def move(self, src: str, dst: str) -> None:
        """A move from beginning to end."""
        assert await self.say(Kind.MOVE, src, dst) is Reject.NONE
        await self.done()
