"""The PLC under test as a check sees it: units that answer commands, and values that come true or stay as they are.

Values are read by polling, as the controller does it. Every wait has an end that follows from the site file.
"""

import asyncio
import time
from collections.abc import Callable, Iterable
from typing import Any

from autosilo.site.conformance.connected import HEARTBEAT_S, Connected
from autosilo.site.conformance.registry import Failed
from autosilo.wire import mailbox
from autosilo.wire.mailbox import Command, Fault, JobState, Kind, Reject

POLL_S = 0.02
ACK_WITHIN_S = 2.0
"""A PLC answers within a few scan cycles; one that takes longer than the watchdog is of no use."""
DEADLINE_S = 10
SETTLED_S = 0.4
"""How long something must stay as it is to count as standing still."""
SILENT_RETRIES_S = 6.0

Key = tuple[int, int]
"""(epoch, seq) of a command."""


class Machine(Connected):
    """Open with ``connect``; ``disconnect`` at the end."""

    # --- reading ---

    async def one(self, unit: str, group: str, field: str) -> Any:
        (value,) = await self.get(unit, group, field)
        return value

    async def status(self, unit: str) -> dict[str, Any]:
        """The whole ``Status`` group of a unit, ``AckEpoch`` and ``AckSeq`` among it."""
        fields = mailbox.LIFT_STATUS if mailbox.is_lift(unit) else mailbox.UNIT_STATUS
        return dict(zip(fields, await self.get(unit, "Status", *fields), strict=True))

    async def log(self, unit: str) -> list[str]:
        """Lines of the retained log that are not empty, newest first."""
        return [line for line in await self.get(unit, "Retained", *mailbox.retained_fields()) if line]

    async def occupancy(self, lift: str) -> dict[str, bool]:
        """Place -> does its sensor see a car."""
        places, flags = await self.get(lift, "Safety", "Places", "Occupancy")
        return {name: flag == "1" for name, flag in zip((places or "").split(","), flags or "", strict=False)}

    async def position(self, lift: str) -> tuple[int, int]:
        """(mm above floor 0, mm or thousandths of a degree)."""
        first, second = await self.get(lift, "Status", "PositionLift", "PositionSecond")
        return int(first), int(second)

    async def until(self, what: str, true: Callable[[], Any], within_s: float) -> Any:
        """Poll the coroutine function ``true`` until it returns something true. Raises ``Failed`` with ``what``."""
        end = time.monotonic() + within_s
        while True:
            found = await true()
            if found:
                return found
            if time.monotonic() > end:
                raise Failed(f"{what}: not within {within_s:.1f} s")
            await asyncio.sleep(POLL_S)

    async def reaches(self, unit: str, group: str, field: str, wanted: Iterable[Any], within_s: float) -> Any:
        """Wait until a field has one of the values."""
        allowed = list(wanted)
        seen: list[Any] = []

        async def there() -> Any:
            value = await self.one(unit, group, field)
            if not seen or seen[-1] != value:
                seen.append(value)
            return value in allowed

        try:
            await self.until("", there, within_s)
        except Failed:
            words = " or ".join(str(int(one) if isinstance(one, int) else one) for one in allowed)
            raise Failed(f"{unit}.{group}.{field} was {seen}, not {words}, within {within_s:.1f} s") from None
        return seen[-1]

    async def stays(self, unit: str, group: str, field: str, for_s: float = SETTLED_S) -> Any:
        """The value of a field, which must not change for so long. Raises ``Failed``."""
        first = await self.one(unit, group, field)
        end = time.monotonic() + for_s
        while time.monotonic() < end:
            now = await self.one(unit, group, field)
            if now != first:
                raise Failed(f"{unit}.{group}.{field} went from {first} to {now}")
            await asyncio.sleep(POLL_S)
        return first

    # --- commands ---

    def command(self, unit: str, kind: int, src: str = "", dst: str = "", **changes: Any) -> Command:
        """The next command in order; ``changes`` replace fields of ``Command``."""
        epoch, seq = self.numbers.next(unit)
        fields: dict[str, Any] = {"epoch": epoch, "seq": seq, "job_id": seq, "kind": int(kind), "src": src, "dst": dst}
        command = Command(**fields | {"deadline": int(time.time()) + DEADLINE_S} | changes)
        self.numbers.used(unit, command.epoch, command.seq)
        return command

    async def write(self, unit: str, command: Command, *, crc: int | None = None) -> None:
        """Put a command into the mailbox, ``Seq`` last; ``crc`` instead of the right one."""
        fields = command.fields() | ({} if crc is None else {"Crc": crc})
        for name, status in (
            await self.session.write({mailbox.node(unit, "Command", f): v for f, v in fields.items()})
        ).items():
            if not status.is_good():
                raise Failed(f"{name} cannot be written: {status.name}")

    async def send(self, unit: str, command: Command, *, crc: int | None = None) -> Reject:
        """Write a command and return the PLC's answer to it. Raises ``Failed`` when there is none."""
        await self.write(unit, command, crc=crc)
        wanted = [command.epoch, command.seq]

        async def acknowledged() -> bool:
            return await self.get(unit, "Status", "AckEpoch", "AckSeq") == wanted

        await self.until(
            f"{unit}: acknowledgement of epoch {command.epoch}, seq {command.seq}", acknowledged, ACK_WITHIN_S
        )
        return Reject(await self.one(unit, "Status", "RejectCode"))

    async def answered(self, unit: str, command: Command, wanted: Reject, *, crc: int | None = None) -> None:
        """Send a command that must be answered with ``wanted``. Raises ``Failed``.

        For commands that the PLC may have seen before: their numbers may be acknowledged already, so the reject code is
        waited for as well, and must stay.
        """
        await self.write(unit, command, crc=crc)
        keys = [command.epoch, command.seq, wanted]
        seen: list[Any] = []

        async def there() -> bool:
            seen[:] = await self.get(unit, "Status", "AckEpoch", "AckSeq", "RejectCode")
            return seen == keys

        try:
            await self.until("", there, ACK_WITHIN_S)
        except Failed:
            words = f"epoch {command.epoch}, seq {command.seq}: {int(wanted)} {wanted.name}"
            raise Failed(f"{unit}: expected for {words}; AckEpoch, AckSeq, RejectCode are {seen}") from None

    async def say(self, unit: str, kind: int, src: str = "", dst: str = "", **changes: Any) -> tuple[Reject, Key]:
        """Send the next command. While the PLC has not heard our heartbeat yet, say it anew."""
        until = time.monotonic() + SILENT_RETRIES_S
        while True:
            command = self.command(unit, kind, src, dst, **changes)
            reject = await self.send(unit, command)
            silent = reject is Reject.CONTROLLER_SILENT and unit in self.beats_for
            if not silent or time.monotonic() > until:
                return reject, (command.epoch, command.seq)
            await asyncio.sleep(HEARTBEAT_S)

    async def accepted(self, unit: str, kind: int, src: str = "", dst: str = "", **changes: Any) -> Key:
        """Send a command that must be accepted. Raises ``Failed``."""
        reject, key = await self.say(unit, kind, src, dst, **changes)
        if reject is not Reject.NONE:
            raise Failed(f"{name_of(unit, kind, src, dst)} was refused: {int(reject)} {reject.name}")
        return key

    async def refused(self, unit: str, kind: int, src: str, dst: str, *codes: Reject, **changes: Any) -> str:
        """Send a command that must be refused with one of ``codes``. Raises ``Failed``; returns what was seen."""
        reject, _ = await self.say(unit, kind, src, dst, **changes)
        what = name_of(unit, kind, src, dst)
        wanted = " or ".join(f"{int(code)} {code.name}" for code in codes)
        if reject is Reject.NONE:
            raise Failed(f"{what} was accepted, not refused with {wanted}")
        if reject not in codes:
            raise Failed(f"{what} was refused with {int(reject)} {reject.name}, not {wanted}")
        return f"{what}: {int(reject)} {reject.name}"

    async def ended(self, unit: str, key: Key, within_s: float, state: JobState = JobState.ENDED) -> Fault:
        """Wait until the job has ended. Raises ``Failed`` when it ends otherwise; returns its fault."""

        async def over() -> bool:
            return tuple(await self.get(unit, "Status", "LastDoneEpoch", "LastDoneSeq")) == key

        try:
            await self.until("", over, within_s)
        except Failed:
            status = await self.status(unit)
            short = {name: status[name] for name in ("State", "JobState", "FaultCode", "CurrentEpoch", "CurrentSeq")}
            raise Failed(f"{unit}: job {key} did not end within {within_s:.1f} s; {short}") from None
        ended, fault = await self.get(unit, "Status", "LastDoneState", "LastDoneFault")
        if ended != state:
            raise Failed(f"{unit}: job {key} ended as {ended} (fault {fault}), not {int(state)} {state.name}")
        return Fault(fault)


def name_of(unit: str, kind: int, src: str = "", dst: str = "") -> str:
    """A command in words: ``L1 MOVE L1.B0101 L1.D1``."""
    known = kind in set(Kind)
    return " ".join(part for part in (unit, Kind(kind).name if known else f"kind {kind}", src, dst) if part)
