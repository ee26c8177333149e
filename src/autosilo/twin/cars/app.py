"""``autosilo twin cars``: every car of every site, and whoever drives it.

Environment: ``AUTOSILO_MQTT_URL``, ``AUTOSILO_WORLD_URLS`` (JSON, site -> URL), ``AUTOSILO_HOME``, ``AUTOSILO_PACE``,
``AUTOSILO_CARS_PORT`` (optional).
"""

import asyncio
import contextlib
import json
import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path

import structlog
from aiohttp import web

from autosilo import logs
from autosilo.twin import environment
from autosilo.twin.cars import control
from autosilo.twin.cars.driver import Drivers, Habits
from autosilo.twin.cars.fleet import FleetFile
from autosilo.twin.cars.garage import Garage
from autosilo.twin.cars.link import Link
from autosilo.twin.cars.road import advance
from autosilo.twin.cars.world import World

TICK_S = 1.0
SAVE_EVERY_S = 3.0

log = structlog.get_logger()


def main(argv: Sequence[str] = ()) -> None:
    """Run until stopped."""
    needs = ("AUTOSILO_MQTT_URL", "AUTOSILO_WORLD_URLS")
    environment.start("twin cars", about="Stand-in for connected cars and their drivers.", argv=argv, needs=needs)
    logs.configure("twin-cars")
    asyncio.run(_until_stopped())


async def _until_stopped() -> None:
    work = asyncio.ensure_future(serve())
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, work.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await work


async def serve() -> None:
    """The whole process: until cancelled."""
    home = Path(os.environ.get("AUTOSILO_HOME", "var")) / "twins" / "cars"
    garage = Garage(home / "state.json")
    fleet = FleetFile(home / "fleet.json")
    link = Link(os.environ["AUTOSILO_MQTT_URL"], garage)
    pace = float(os.environ.get("AUTOSILO_PACE", "1.0"))
    habits = Habits().at_pace(pace)
    _read(fleet, garage)
    async with World(json.loads(os.environ["AUTOSILO_WORLD_URLS"])) as world:
        drivers = Drivers(garage, world, habits=habits, changed=link.tell)
        drivers.resume()
        door = await _open_door(garage, world, link)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(link.run(drivers))
                group.create_task(_let_time_pass(garage, fleet, pace))
        finally:
            await drivers.close()
            garage.save()
            if door is not None:
                await door.cleanup()


async def _open_door(garage: Garage, world: World, link: Link) -> web.AppRunner | None:
    port = os.environ.get("AUTOSILO_CARS_PORT")
    if not port:
        return None
    door = web.AppRunner(control.application(garage, world, link.tell), access_log=None)
    await door.setup()
    await web.TCPSite(door, "127.0.0.1", int(port)).start()
    return door


async def _let_time_pass(garage: Garage, fleet: FleetFile, pace: float) -> None:
    """Cars drive at their real speed, or ``pace`` times as fast, as their drivers do everything."""
    before = saved = time.monotonic()
    while True:
        await asyncio.sleep(TICK_S)
        now = time.monotonic()
        _read(fleet, garage)
        out = [(record, car) for record, car in garage if not record.inside]
        for record, car in out:
            advance(record, car, (now - before) * pace)
        before = now
        if out and now - saved >= SAVE_EVERY_S:
            garage.save()
            saved = now


def _read(fleet: FleetFile, garage: Garage) -> None:
    fresh = fleet.fresh()
    if fresh is not None:
        garage.take(fresh)
        log.info("fleet_read", cars=len(fresh))
