"""After a release the job in whose middle the machine stands goes on, without asking the operator again."""

import asyncio
from typing import Any

import pytest

from autosilo.site.control.journal import JournalledCommand
from autosilo.wire.mailbox import Fault, Kind, Reject


@pytest.fixture
def answers(still: Any, monkeypatch: pytest.MonkeyPatch) -> tuple[Any, list[Reject], list[Kind]]:
    """A still floor, what the PLC will answer in turn, and what it was sent."""
    floor, replies, sent = still(cars={"L1.B0302": "LTST0000000000001"}), list[Reject](), list[Kind]()
    lift = floor.floor.lifts["L1"]

    async def send(command: JournalledCommand) -> Reject:
        sent.append(Kind(command.command.kind))
        return replies.pop(0)

    monkeypatch.setattr(lift.exchange, "send", send)
    return floor, replies, sent


async def until_held(floor: Any) -> None:
    while floor.floor.lifts["L1"].hold is None:
        await asyncio.sleep(0)


async def test_a_carriage_that_still_brakes_is_waited_for(answers: tuple[Any, list[Reject], list[Kind]]) -> None:
    floor, replies, sent = answers
    replies += [Reject.BUSY, Reject.BUSY, Reject.NONE]
    lift = floor.floor.lifts["L1"]
    command = floor.floor.journal.intend(unit="L1", kind=Kind.MOVE, deadline=0, src="L1.B0302", dst="L1.D1")
    going = asyncio.create_task(lift._resume(command, Fault.EMERGENCY_STOP))
    async with asyncio.timeout(10):
        await until_held(floor)
        lift.release("op")
        await going
    assert sent == [Kind.RESUME] * 3
    assert floor.kinds().count("held") == 1, "asked once"


async def test_a_refusal_that_a_person_must_see_is_a_hold_of_its_own(
    answers: tuple[Any, list[Reject], list[Kind]],
) -> None:
    floor, replies, sent = answers
    replies += [Reject.DRIVE_FAULT, Reject.NONE]
    lift = floor.floor.lifts["L1"]
    command = floor.floor.journal.intend(unit="L1", kind=Kind.MOVE, deadline=0, src="L1.B0302", dst="L1.D1")
    going = asyncio.create_task(lift._resume(command, Fault.EMERGENCY_STOP))
    async with asyncio.timeout(10):
        await until_held(floor)
        lift.release("op")
        await until_held(floor)
        assert lift.hold.reason == "drive fault"
        lift.release("op")
        await going
    assert sent == [Kind.RESUME] * 2
