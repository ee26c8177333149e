"""What has to be done at the machine itself: by the person in front of it, or through a stand-in's world door.

Software cannot press an emergency stop, and must not be able to. So a check that needs it asks for it.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Protocol

import aiohttp

from autosilo.site.conformance.registry import Failed, Skipped

ACTIONS = {
    "emergency_stop": ("press the emergency stop of {at}", "release the emergency stop of {at}"),
    "manual": ("turn the key switch of {at} to Manual", "turn the key switch of {at} to Auto"),
    "service": ("turn the key switch of {at} to Service", "turn the key switch of {at} to Auto"),
    "person": ("let the person detection of {at} see somebody (break its light barrier)", "clear the zone of {at}"),
    "drive_fault": ("trip the drive of {at}", "reset the drive of {at}"),
    "gate_blocked": ("block the gate of {at} (break its light barrier)", "clear the gate of {at}"),
    "shutter_blocked": ("block the shutter of {at} (break its light barrier)", "clear the shutter of {at}"),
    "sensor_stuck": ("make the occupancy sensor of {at} say: a car", "put the occupancy sensor of {at} right again"),
}
"""What can be asked for: the words to set it, and to take it away."""
POWER = "cut the power of the PLC, and give it back"
ARRIVE = "drive a car into {at}"
DEPART = "drive the car out of {at}"
DOOR_TIMEOUT_S = 5.0
POWER_OFF_S = 0.3


class Hands(Protocol):
    """Sets something at the machine (see ``ACTIONS``), cuts the power, drives cars. Raises ``Skipped``."""

    async def set(self, action: str, at: str) -> None: ...

    async def clear(self, action: str, at: str) -> None: ...

    async def cut_power(self) -> None:
        """Power off and on again; returns at once or when it is done."""

    async def arrive(self, station: str, car: dict[str, Any]) -> None: ...

    async def depart(self, station: str) -> None: ...


class NoHands:
    """Nobody is there: every such check is skipped."""

    async def set(self, action: str, at: str) -> None:
        raise Skipped(f"nobody is at the machine to {ACTIONS[action][0].format(at=at)}")

    async def clear(self, action: str, at: str) -> None:
        raise Skipped(f"nobody is at the machine to {ACTIONS[action][1].format(at=at)}")

    async def cut_power(self) -> None:
        raise Skipped(f"nobody is at the machine to {POWER}")

    async def arrive(self, station: str, car: dict[str, Any]) -> None:
        raise Skipped(f"nobody is at the machine to {ARRIVE.format(at=station)}")

    async def depart(self, station: str) -> None:
        raise Skipped(f"nobody is at the machine to {DEPART.format(at=station)}")


class Person:
    """Asks on the terminal. ``s`` skips the check; heartbeats go on meanwhile."""

    async def _ask(self, words: str) -> None:
        answer = await asyncio.to_thread(input, f"      >> now {words}, then Enter (s: skip) ")
        if answer.strip().lower() == "s":
            raise Skipped("skipped by hand")

    async def set(self, action: str, at: str) -> None:
        await self._ask(ACTIONS[action][0].format(at=at))

    async def clear(self, action: str, at: str) -> None:
        await self._ask(ACTIONS[action][1].format(at=at))

    async def cut_power(self) -> None:
        await self._ask(POWER)

    async def arrive(self, station: str, car: dict[str, Any]) -> None:
        wanted = [
            word for word, there in (("plugged in", car["plugged"]), ("engine on", car["engine_running"])) if there
        ]
        size = f"{car['length_mm']} × {car['width_mm']} × {car['height_mm']} mm, {car['mass_kg']} kg"
        await self._ask(ARRIVE.format(at=station) + f" ({', '.join([f'about {size}', *wanted])})")

    async def depart(self, station: str) -> None:
        await self._ask(DEPART.format(at=station))


class Door:
    """The world door of a stand-in PLC (``--world``)."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self._vins: dict[str, str] = {}

    async def set(self, action: str, at: str) -> None:
        if action in ("manual", "service"):
            await self._call("/mode", {"lift": at, "mode": action})
        else:
            await self._call("/fault", {"kind": action, "at": at, "set": True} | _parameters(action))

    async def clear(self, action: str, at: str) -> None:
        if action in ("manual", "service"):
            await self._call("/mode", {"lift": at, "mode": "auto"})
        else:
            await self._call("/fault", {"kind": action, "at": at, "set": False})

    async def cut_power(self) -> None:
        await self._call("/power", {"off_s": POWER_OFF_S})

    async def arrive(self, station: str, car: dict[str, Any]) -> None:
        self._vins[station] = car["vin"]
        await self._call("/arrive", {"station": station, **car})

    async def depart(self, station: str) -> None:
        await self._call("/depart", {"station": station, "vin": self._vins.pop(station, "")})

    async def _call(self, path: str, body: dict[str, Any]) -> None:
        timeout = aiohttp.ClientTimeout(total=DOOR_TIMEOUT_S)
        try:
            async with aiohttp.ClientSession(timeout=timeout) as http, http.post(self._url + path, json=body) as answer:
                if answer.status in (400, 404):
                    raise Skipped(f"the world door cannot do this: {path} {body} ({await answer.text()})")
                if answer.status != 200:
                    raise Failed(f"the world door answers {answer.status} to {path} {body}: {await answer.text()}")
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Skipped(f"the world door does not answer: {error!r}") from error


def _parameters(action: str) -> dict[str, Any]:
    return {"value": True} if action == "sensor_stuck" else {}


@asynccontextmanager
async def happening(hands: Hands, action: str, at: str) -> AsyncIterator[None]:
    """While the block runs, ``action`` is set; it is cleared however the block ends."""
    await hands.set(action, at)
    try:
        yield
    finally:
        await hands.clear(action, at)
