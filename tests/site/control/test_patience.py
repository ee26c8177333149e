"""What the PLC refuses again and again, or never ends: a person is told, and it goes on by itself."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from autosilo.site.control import EventKind, patience, unit
from autosilo.site.control.exchange import Order
from autosilo.wire.mailbox import Command, Fault, JobState, Kind, Mode, Reject, RetainedJob

LIFT, BAY, GATE = "L1", "L1.B0201", "L1.D1"
CAR = "LSVAA4187E2123456"


class Plc:
    """Answers for one lift of a still floor: ``reject`` is its next word, ``ends`` whether a job ends at once."""

    def __init__(self, still: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.still, self.link = still, still.floor.link
        self.driver = still.floor.lifts[LIFT]
        self.reject, self.ends = Reject.NONE, True
        self.commands: list[Command] = []
        self.log: list[str] = []
        for name in ("send", "changed", "retained"):
            monkeypatch.setattr(self.link, name, getattr(self, f"_{name}"))

    def say(self, **changes: Any) -> None:
        self.link.status[LIFT] = replace(self.link.status[LIFT], **changes)

    def line(self, key: tuple[int, int], state: JobState) -> None:
        self.log.insert(0, RetainedJob(*key, 1, Kind.MOVE, BAY, GATE, state, Fault.NONE).text())

    async def _send(self, unit: str, command: Command) -> None:
        self.commands.append(command)
        key = command.epoch, command.seq
        reject = Reject.NONE if command.kind == Kind.SYNC else self.reject
        self.say(ack=key, reject=reject)
        if reject is Reject.NONE and command.kind == Kind.MOVE:
            if self.ends:
                self.line(key, JobState.ENDED)
                self.say(last_done=key)
            else:
                self.say(current=key, job_state=JobState.RUNNING)

    async def _changed(self, timeout: float | None = None, *, unit: str | None = None) -> None:
        await asyncio.sleep(0.01)

    async def _retained(self, unit: str) -> list[str]:
        return self.log


@pytest.fixture
def plc(still: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> Plc:
    monkeypatch.setattr(patience, "SELDOM_S", 0.3)
    return Plc(still(cars={BAY: CAR}, dwell_s=0.3), monkeypatch)


@asynccontextmanager
async def moving(plc: Plc) -> AsyncIterator["asyncio.Task[None]"]:
    def plan() -> Order | None:
        if plc.still.floor.journal.place_of(CAR) == GATE:
            return None
        return Order(Kind.MOVE, BAY, GATE, vin=CAR, expected_s=0.01)

    task = asyncio.create_task(plc.driver.execute(plan))
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize(
    ("reject", "words"),
    [
        (Reject.EXPIRED, "the clocks of PLC and controller differ; it is tried again by itself"),
        (Reject.BUSY, "busy with another job"),
        (Reject.CONTROLLER_SILENT, "heartbeat"),
        (Reject.PERSON_IN_ZONE, "a person in the zone; it is tried again by itself"),
    ],
)
async def test_what_is_refused_on_end_is_shown_until_it_is_not(plc: Plc, soon: Any, reject: Reject, words: str) -> None:
    plc.reject = reject
    async with moving(plc) as task:
        await soon(lambda: plc.driver.hold is not None)
        assert words in plc.driver.hold.reason
        assert plc.driver.hold.look_at == GATE
        plc.reject = Reject.NONE
        await task
    assert plc.driver.hold is None
    assert plc.still.kinds() == [EventKind.HELD, EventKind.RELEASED]
    assert plc.still.floor.journal.place_of(CAR) == GATE


async def test_nobody_is_called_for_what_passes(plc: Plc) -> None:
    for one in plc.driver._patience.values():
        one._limit_s = 600.0
    plc.reject = Reject.EXPIRED
    async with moving(plc) as task:
        await asyncio.sleep(0.6)
        assert len(plc.commands) > 1
        plc.reject = Reject.NONE
        await task
    assert plc.still.events == []


async def test_a_key_that_is_turned_while_something_is_shown_stops_everything(plc: Plc, soon: Any) -> None:
    plc.reject = Reject.EXPIRED
    async with moving(plc):
        await soon(lambda: plc.driver.hold is not None)
        plc.say(mode=Mode.MANUAL)
        plc.driver.watch()
        sent = len(plc.commands)
        plc.reject = Reject.NONE
        plc.say(mode=Mode.AUTO)
        plc.driver.watch()
        await asyncio.sleep(0.6)
        assert len(plc.commands) == sent, "the walk comes first"


async def test_a_job_that_was_under_way_at_a_restart_can_be_overdue(
    plc: Plc, soon: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unit, "OVERDUE_FACTOR", 0.001)
    monkeypatch.setattr(unit, "BEGIN_WITHIN_S", 0.1)
    plc.ends = False
    async with moving(plc):
        await soon(lambda: plc.still.floor.journal.open_command(LIFT) is not None and len(plc.commands) == 1)
    assert plc.driver.hold is None
    plc.driver.distrust()  # as after a restart
    settling = asyncio.create_task(plc.driver.settle_down())
    await soon(lambda: plc.driver.hold is not None)
    assert "has not ended" in plc.driver.hold.reason
    key = plc.commands[0].epoch, plc.commands[0].seq
    plc.line(key, JobState.ENDED)
    plc.say(last_done=key, current=(0, 0), job_state=JobState.ENDED, occupied=frozenset({GATE}))
    await asyncio.wait_for(settling, 3)
    assert plc.driver.hold is None


async def test_an_interrupted_job_that_the_journal_does_not_know_is_let_go_on_by_a_person(plc: Plc, soon: Any) -> None:
    key = (7, 70)
    plc.line(key, JobState.INTERRUPTED)
    plc.say(current=key, job_state=JobState.INTERRUPTED, fault=Fault.POWER_LOSS, load_present=True)
    plc.driver.distrust()
    settling = asyncio.create_task(plc.driver.settle_down())
    await soon(lambda: plc.driver.hold is not None)
    assert "the journal does not know" in plc.driver.hold.reason
    assert plc.driver.hold.look_at == GATE
    assert [one.kind for one in plc.commands] == [Kind.SYNC]
    assert plc.driver.still_wrong() is None
    plc.driver.release("wang")
    await soon(lambda: [one.kind for one in plc.commands][-1] == Kind.RESUME)
    plc.say(current=(0, 0), last_done=key, fault=Fault.NONE, job_state=JobState.ENDED, load_present=False)
    plc.say(occupied=frozenset({GATE}))
    await soon(lambda: plc.still.floor.ledger.walks.get(LIFT) is not None)
    assert not settling.done(), "the books are wrong now, and a walk says so"
    settling.cancel()
    await asyncio.gather(settling, return_exceptions=True)
