"""Hands at the machine: nobody, a person, the door of a stand-in."""

import builtins
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from autosilo.site.conformance.hands import ACTIONS, Door, NoHands, Person, happening
from autosilo.site.conformance.registry import Failed, Skipped


async def test_without_hands_every_action_is_skipped() -> None:
    for action in ACTIONS:
        with pytest.raises(Skipped, match="nobody is at the machine"):
            await NoHands().set(action, "L1")
    with pytest.raises(Skipped, match="power"):
        await NoHands().cut_power()


async def test_a_person_is_asked_and_may_skip(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    answers = iter(["", "s"])

    def answer(words: str) -> str:
        asked.append(words)
        return next(answers)

    monkeypatch.setattr(builtins, "input", answer)
    await Person().set("emergency_stop", "L1")
    with pytest.raises(Skipped):
        await Person().cut_power()
    assert "now press the emergency stop of L1, then Enter" in asked[0]


class World:
    """A door that writes down what was asked of it, and answers ``status``."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Any]] = []
        self.status = 200

    async def hear(self, request: web.Request) -> web.Response:
        self.asked.append((request.path, await request.json()))
        return web.json_response({}, status=self.status)


@pytest.fixture
async def world() -> AsyncIterator[tuple[World, Door]]:
    one, app = World(), web.Application()
    app.router.add_post("/{any}", one.hear)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    assert runner.addresses
    yield one, Door(f"http://127.0.0.1:{runner.addresses[0][1]}")
    await runner.cleanup()


async def test_what_happens_ends_even_when_the_check_fails(world: tuple[World, Door]) -> None:
    one, door = world
    with pytest.raises(Failed):
        async with happening(door, "person", "L1.D2"):
            raise Failed("seen something else")
    assert one.asked == [
        ("/fault", {"kind": "person", "at": "L1.D2", "set": True}),
        ("/fault", {"kind": "person", "at": "L1.D2", "set": False}),
    ]


async def test_the_key_switch_has_a_route_of_its_own(world: tuple[World, Door]) -> None:
    one, door = world
    async with happening(door, "service", "L1"):
        pass
    assert one.asked == [("/mode", {"lift": "L1", "mode": "service"}), ("/mode", {"lift": "L1", "mode": "auto"})]


async def test_what_a_door_cannot_do_is_skipped_and_what_it_refuses_is_told(world: tuple[World, Door]) -> None:
    one, door = world
    one.status = 404
    with pytest.raises(Skipped, match="cannot do this"):
        await door.cut_power()
    one.status = 409
    with pytest.raises(Failed, match="409"):
        await door.depart("L1.D1")


async def test_a_door_that_is_not_there_is_said_to_be_so() -> None:
    with pytest.raises(Skipped, match="does not answer"):
        await Door("http://127.0.0.1:9").cut_power()
