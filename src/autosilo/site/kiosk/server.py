"""The kiosk's web server: one page, its files, one WebSocket, and what a supervisor asks."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest

from autosilo.site.kiosk.connection import Connection
from autosilo.site.kiosk.headers import put_headers, same_origin
from autosilo.site.kiosk.session import Desk
from autosilo.wire.live import TowerLive

STATIC = Path(__file__).parent / "static"
MAX_KIOSKS = 32
"""Open pages at once; a site has a handful of kiosks."""


@dataclass(kw_only=True)
class Kiosks:
    """All open pages of a site, and what they are served from. ``ready`` names what is missing, empty when nothing."""

    desk: Desk
    geometry: dict[str, Any]
    paints: Callable[[], dict[str, str]]
    ready: Callable[[], list[str]]
    registry: CollectorRegistry
    _open: set[Connection] = field(default_factory=set)
    _last: str | None = None

    def __len__(self) -> int:
        return len(self._open)

    def show(self, frame: TowerLive) -> None:
        """Give every page the newest live frame."""
        self._last = json.dumps({"t": "live", "frame": frame.model_dump(mode="json")})
        for connection in self._open:
            connection.show(self._last)

    def app(self) -> web.Application:
        app = web.Application()
        app.on_response_prepare.append(put_headers)
        app.on_shutdown.append(self._shutdown)
        app.add_routes(
            [
                web.get("/", self._page),
                web.get("/favicon.ico", self._icon),
                web.get("/ws", self._socket),
                web.get("/geometry.json", self._geometry),
                web.get("/paints.json", self._paints),
                web.get("/healthz", self._alive),
                web.get("/readyz", self._ready),
                web.get("/metrics", self._metrics),
                web.static("/static", STATIC),
            ]
        )
        return app

    async def _page(self, request: web.Request) -> web.FileResponse:
        return web.FileResponse(STATIC / "index.html")

    async def _icon(self, request: web.Request) -> web.FileResponse:
        """Asked for by browsers when something other than the page is opened, ``/healthz`` for example."""
        return web.FileResponse(STATIC / "mark.svg")

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        if not same_origin(request):
            raise web.HTTPForbidden(text="this page is served by another address")
        if len(self._open) >= MAX_KIOSKS:
            raise web.HTTPServiceUnavailable(text="too many pages are open")
        connection = Connection(desk=self.desk, request=request)
        self._open.add(connection)
        if self._last:
            connection.show(self._last)
        try:
            return await connection.run()
        finally:
            self._open.discard(connection)

    async def _geometry(self, request: web.Request) -> web.Response:
        return web.json_response(self.geometry)

    async def _paints(self, request: web.Request) -> web.Response:
        return web.json_response(self.paints())

    async def _alive(self, request: web.Request) -> web.Response:
        return web.json_response({"alive": True})

    async def _ready(self, request: web.Request) -> web.Response:
        missing = self.ready()
        return web.json_response({"ready": not missing, "missing": missing}, status=503 if missing else 200)

    async def _metrics(self, request: web.Request) -> web.Response:
        """The site's own figures, and the process's (time spent by part, memory)."""
        body = generate_latest(self.registry) + generate_latest(REGISTRY)
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def _shutdown(self, app: web.Application) -> None:
        await asyncio.gather(*(connection.close() for connection in tuple(self._open)), return_exceptions=True)
