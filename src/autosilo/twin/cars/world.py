"""The driver's hands: the door to the world that the PLC twin of each site keeps for twins."""

from collections.abc import Mapping
from typing import Any, Literal

import aiohttp

from autosilo.twin.cars.fleet import FleetCar
from autosilo.twin.cars.garage import CarRecord

TIMEOUT = aiohttp.ClientTimeout(total=5)

Outcome = Literal["done", "not_now", "elsewhere", "never"]
# What the world says when the car is not where the driver thought that it is.
_ELSEWHERE = {"no_such_car", "already_inside"}


class World:
    """One session for all sites; ``urls`` maps a site to its PLC twin's world."""

    def __init__(self, urls: Mapping[str, str]) -> None:
        self._urls = {site: url.rstrip("/") for site, url in urls.items()}
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> "World":
        self._session = aiohttp.ClientSession(timeout=TIMEOUT)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()

    async def depart(self, car: FleetCar, station: str) -> Outcome:
        """Drive out. ``not_now``: the gate is shut, or nobody answered; ``never``: no use in asking again."""
        return await self._post(car.site, "/depart", {"station": station, "vin": car.vin})

    async def arrive(self, car: FleetCar, record: CarRecord, station: str) -> Outcome:
        """Drive in, with the car's measures as scanner and scale will see them."""
        body = {"station": station, "plugged": record.plugged} | car.model_dump(
            include={"vin", "plate", "length_mm", "width_mm", "height_mm", "mass_kg"}
        )
        return await self._post(car.site, "/arrive", body)

    async def unplug(self, car: FleetCar, station: str) -> Outcome:
        """Pull the cable of a car that stands at ``station``."""
        return await self._post(car.site, "/unplug", {"station": station})

    async def holds(self, car: FleetCar) -> bool | None:
        """Is the car inside that tower? None: the world does not say."""
        try:
            async with self._open().get(f"{self._urls[car.site]}/state") as reply:
                if reply.status != 200:
                    return None
                state: dict[str, Any] = await reply.json()
        except (KeyError, aiohttp.ClientError, TimeoutError, ValueError):
            return None
        on_lifts = [lift.get("load") for lift in state.get("lifts", {}).values()]
        return car.vin in state.get("places", {}).values() or car.vin in on_lifts

    async def _post(self, site: str, path: str, body: dict[str, Any]) -> Outcome:
        if site not in self._urls:
            return "never"
        try:
            async with self._open().post(self._urls[site] + path, json=body) as reply:
                if reply.status == 200:
                    return "done"
                if reply.status == 409:
                    told = await reply.json(content_type=None)
                    return "elsewhere" if told.get("error") in _ELSEWHERE else "not_now"
                return "not_now" if reply.status >= 500 else "never"
        except (aiohttp.ClientError, TimeoutError, ValueError, AttributeError):
            return "not_now"

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("use the world inside 'async with'")
        return self._session
