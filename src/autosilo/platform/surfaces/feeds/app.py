"""``autosilo feeds``: one process that listens for the platform. See ``docs/decisions`` for why it is its own."""

import argparse
import asyncio
import contextlib
import os
import signal
from collections.abc import Callable, Sequence
from functools import partial

import django
import prometheus_client
from aiohttp import web

from autosilo import logs

StateOf = Callable[[], dict[str, bool]]


def main(argv: Sequence[str] = ()) -> int:
    """Listen until stopped: facts from ``AUTOSILO_NATS_URL``, cars from ``AUTOSILO_MQTT_URL``.

    With ``AUTOSILO_FEEDS_PORT`` also serves ``/healthz``, ``/readyz`` and ``/metrics`` on loopback.
    """
    argparse.ArgumentParser(prog="autosilo feeds", description=main.__doc__).parse_args(list(argv))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "autosilo.platform.config.settings.base")
    logs.configure("feeds")
    django.setup()
    asyncio.run(_until_stopped())
    return 0


async def _until_stopped() -> None:
    work = asyncio.ensure_future(serve())
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, work.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await work


async def serve() -> None:
    """The whole process: until cancelled."""
    from django.conf import settings

    from autosilo.platform.surfaces.feeds.cars import CarsFeed
    from autosilo.platform.surfaces.feeds.facts import FactsFeed
    from autosilo.platform.surfaces.feeds.questions import QuestionsFeed

    facts, cars = FactsFeed(settings.NATS_URL), CarsFeed(settings.MQTT_URL)
    questions = QuestionsFeed(settings.NATS_URL)
    door = await _open_door(lambda: {"bus": facts.connected, "cars": cars.connected, "questions": questions.connected})
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(facts.run(), name="facts")
            group.create_task(cars.run(), name="cars")
            group.create_task(questions.run(), name="questions")
    finally:
        if door is not None:
            await door.cleanup()


async def _open_door(state: StateOf) -> web.AppRunner | None:
    port = os.environ.get("AUTOSILO_FEEDS_PORT")
    if not port:
        return None
    application = web.Application()
    application.router.add_get("/healthz", _alive)
    application.router.add_get("/metrics", _metrics)
    application.router.add_get("/readyz", partial(_ready, state))
    door = web.AppRunner(application, access_log=None)
    await door.setup()
    await web.TCPSite(door, "127.0.0.1", int(port)).start()
    return door


async def _alive(request: web.Request) -> web.Response:
    return web.json_response({"status": "ok"})


async def _ready(state: StateOf, request: web.Request) -> web.Response:
    parts = state()
    return web.json_response(parts, status=200 if all(parts.values()) else 503)


async def _metrics(request: web.Request) -> web.Response:
    return web.Response(body=prometheus_client.generate_latest(), content_type="text/plain", charset="utf-8")
