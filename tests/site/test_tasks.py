"""What becomes of a task that fails while nobody looks."""

import asyncio
import logging

import pytest

from autosilo.site import tasks
from autosilo.site.tasks import Retries, keep, say_if_it_fails


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [str(record.exc_info[1]) for record in caplog.records if record.exc_info]


def test_the_same_fault_is_said_once_and_pauses_grow(caplog, monkeypatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(tasks.time, "monotonic", lambda: now[0])
    retries = Retries("counting", first_s=1, longest_s=8)
    assert [retries.failed(NameError("x"), lift="L1") for _ in range(6)] == [1, 2, 4, 8, 8, 8]
    assert told(caplog) == ["x"]
    assert (caplog.records[0].what, caplog.records[0].lift) == ("counting", "L1")
    retries.failed(KeyError("y"))
    assert told(caplog) == ["x", "'y'"]
    now[0] += tasks.QUIET_S + 1
    assert retries.failed(KeyError("y")) == 1, "after a long quiet it is news again"
    assert len(told(caplog)) == 3
    caplog.set_level(logging.INFO)
    retries.worked()
    assert retries.failed(KeyError("y")) == 1


async def test_work_is_kept_going(caplog, monkeypatch) -> None:
    monkeypatch.setattr(Retries, "failed", lambda self, error, **context: 0.0)
    ran = []

    async def work() -> None:
        ran.append(1)
        if len(ran) < 4:
            raise ValueError("not yet")

    await keep("work", work)
    assert len(ran) == 4


async def test_a_task_that_nobody_awaits_says_that_it_failed(caplog) -> None:
    async def work() -> None:
        raise ValueError("unseen")

    task = asyncio.create_task(work(), name="lonely")
    task.add_done_callback(say_if_it_fails)
    await asyncio.wait([task])
    await asyncio.sleep(0)
    assert told(caplog) == ["unseen"]
    assert caplog.records[0].task == "lonely"
