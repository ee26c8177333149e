"""Time is charged to one part only, and can be added up."""

import asyncio
import time
from collections.abc import Callable

import pytest

from autosilo.meter import SPENT, Part, spent

LITTLE_S = 0.02


def charged(part: Part) -> float:
    value: float = SPENT.labels(part.value)._value.get()
    return value


@pytest.fixture
def before() -> Callable[[Part], float]:
    """Seconds charged to a part since the test began."""
    then = {part: charged(part) for part in Part}
    return lambda part: charged(part) - then[part]


def test_a_block_is_charged_to_its_part(before: Callable[[Part], float]) -> None:
    with spent(Part.BUS):
        time.sleep(LITTLE_S)
    assert LITTLE_S <= before(Part.BUS) < 1
    assert before(Part.DATABASE) == 0


def test_an_inner_block_is_charged_once(before: Callable[[Part], float]) -> None:
    begun = time.perf_counter()
    with spent(Part.TEMPLATES):
        with spent(Part.DATABASE):
            time.sleep(3 * LITTLE_S)
        time.sleep(LITTLE_S)
    wall = time.perf_counter() - begun
    assert before(Part.DATABASE) >= 3 * LITTLE_S
    assert LITTLE_S <= before(Part.TEMPLATES) < 3 * LITTLE_S
    assert before(Part.TEMPLATES) + before(Part.DATABASE) == pytest.approx(wall, abs=0.01)


def test_a_block_that_fails_is_charged_too(before: Callable[[Part], float]) -> None:
    def fail() -> None:
        with spent(Part.PROVIDER):
            time.sleep(LITTLE_S)
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        fail()
    assert before(Part.PROVIDER) >= LITTLE_S


def test_tasks_beside_one_another_are_no_inner_blocks(before: Callable[[Part], float]) -> None:
    async def wait(part: Part) -> None:
        with spent(part):
            await asyncio.sleep(LITTLE_S)

    async def both() -> None:
        await asyncio.gather(wait(Part.BUS), wait(Part.OPCUA))

    asyncio.run(both())
    assert before(Part.BUS) >= LITTLE_S
    assert before(Part.OPCUA) >= LITTLE_S
