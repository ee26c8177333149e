"""Checks that must catch a running job are made again when they come too late, and not for ever."""

from collections.abc import Iterator

import pytest

from autosilo.site.conformance.machine import Machine
from autosilo.site.conformance.registry import TOO_LATE_TRIES, Skipped, in_time


def answering(answers: Iterator[str | None]) -> object:
    async def once(m: Machine) -> str | None:
        return next(answers)

    return once


async def test_one_that_came_too_late_is_made_again() -> None:
    answers = iter([None, None, "Held"])
    run = in_time("the MOVE", answering(answers))  # type: ignore[arg-type]
    assert await run(None) == "Held"  # type: ignore[arg-type]


async def test_one_that_always_comes_too_late_is_skipped_and_says_so() -> None:
    answers = iter([None] * TOO_LATE_TRIES)
    run = in_time("the MOVE", answering(answers))  # type: ignore[arg-type]
    with pytest.raises(Skipped, match="the MOVE had ended before"):
        await run(None)  # type: ignore[arg-type]
    assert list(answers) == []
