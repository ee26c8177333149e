"""``autosilo site NAME``: one asyncio process that composes tower control, visits, kiosk and uplink."""

import argparse
import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from uuid import UUID

import structlog
from aiohttp import web

from autosilo import logs
from autosilo.site.accesses import AccessReports
from autosilo.site.ahead import Ahead
from autosilo.site.beat import Beat
from autosilo.site.carcalls import CarCalls
from autosilo.site.charges import Charges
from autosilo.site.choice import Choice
from autosilo.site.clock import SiteClock
from autosilo.site.config import Settings
from autosilo.site.control import Tower
from autosilo.site.db import SiteDb
from autosilo.site.departures import Departures
from autosilo.site.forecast import Forecast
from autosilo.site.identity.gatekeeper import Gatekeeper
from autosilo.site.identity.templates import site_key
from autosilo.site.kiosk.server import Kiosks
from autosilo.site.kiosk.session import Desk
from autosilo.site.metrics import registry_of
from autosilo.site.orders import Orders
from autosilo.site.service import VisitService
from autosilo.site.tasks import end, keep
from autosilo.site.told import wait_told
from autosilo.site.uplink.cars import CarBook
from autosilo.site.uplink.link import Ears, Uplink
from autosilo.site.uplink.outbox import Outbox
from autosilo.site.video import Video
from autosilo.site.visits.store import VisitStore
from autosilo.tower.config import SiteConfig
from autosilo.tower.drawing import drawing
from autosilo.tower.site_file import load_site
from autosilo.vision.presence.eye import Eye
from autosilo.wire.live import TowerLive
from autosilo.wire.movements import Movements
from autosilo.wire.video import Seen

log = structlog.get_logger(__name__)


def vision_eye() -> Eye:
    """Imported late: the models and their runtime are loaded on the vision thread."""
    from autosilo.vision.presence.vision_eye import VisionEye

    return VisionEye()


class Site:
    """Everything of one site, wired together; ``tower`` may be another that speaks alike."""

    def __init__(self, *, config: SiteConfig, settings: Settings, tower: Tower) -> None:
        folder = settings.home / "sites" / config.slug
        folder.mkdir(parents=True, exist_ok=True)
        self._settings = settings
        self._tower = tower
        self._db = SiteDb(private(folder / "site.db"))
        self._clock = SiteClock(self._db, demo=settings.demo)
        self._visits = VisitStore(self._db)
        self._outbox = Outbox(self._db)
        self._cars = CarBook(self._db)
        self._gatekeeper = Gatekeeper(
            visits=self._visits,
            make_eye=vision_eye,
            key=site_key(settings.home, config.slug),
            share=self._share,
        )
        self._beat = Beat(
            site=config.slug,
            tower=tower,
            outbox=self._outbox,
            visits=self._visits,
            cars=self._cars,
            clock=self._clock,
            show=self._show,
        )
        orders = Orders(
            db=self._db,
            visits=self._visits,
            cars=self._cars,
            clock=self._clock,
            outbox=self._outbox,
            tower=tower,
            held_since=lambda: tower.held_since,
        )
        self._video = Video(tell=self._seen)
        self._uplink = Uplink(
            site=config.slug,
            url=settings.bus_url,
            outbox=self._outbox,
            ears=Ears(
                order=orders.handle,
                car=self._cars.heard,
                movements=self._gatekeeper.heard,
                watch=self._video.heard,
            ),
        )
        self._choice = Choice(
            visits=self._visits,
            tower=tower,
            clock=self._clock,
            outbox=self._outbox,
            ask=self._uplink.cars_alike,
        )
        self._loops = self._kept(config.slug)
        self._service = VisitService(
            visits=self._visits,
            outbox=self._outbox,
            tower=tower,
            cars=self._cars,
            clock=self._clock,
            calls=CarCalls(send=self._uplink.command, look=tower.snapshot),
            choice=self._choice,
        )
        self._kiosks = Kiosks(
            desk=Desk(
                visits=self._visits,
                service=self._service,
                gatekeeper=self._gatekeeper,
                outbox=self._outbox,
                clock=self._clock,
                eta=partial(wait_told, tower),
                line_up=lambda: self._uplink.connected,
                video=self._video,
            ),
            geometry=drawing(config),
            paints=lambda: self._cars.paints,
            ready=self._missing,
            registry=registry_of(self._figures),
        )

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until ``stop`` is set. A visit in progress stays in the store and is resumed by the next start."""
        self._tower.subscribe(self._beat.on_tower)
        await self._tower.start()
        await self._service.start()
        await self._uplink.start()
        runner = web.AppRunner(self._kiosks.app(), access_log=None, handle_signals=False)
        await runner.setup()
        await web.TCPSite(runner, self._settings.kiosk_host, self._settings.kiosk_port).start()
        log.info("kiosk serves", port=self._settings.kiosk_port)
        beat = asyncio.create_task(self._beat.run())
        loops = [asyncio.create_task(keep(what, run)) for what, run in self._loops.items()]
        eye = asyncio.create_task(self._gatekeeper.start())
        stopped = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({beat, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if beat.done():
                beat.result()
        finally:
            await end([beat, *loops, eye, stopped])
            await runner.cleanup()
            await self._service.stop()
            await self._uplink.stop()
            await self._tower.stop()
            await self._gatekeeper.stop()
            self._cars.keep()
            self._db.close()

    def _kept(self, slug: str) -> dict[str, Callable[[], Awaitable[None]]]:
        """What goes on beside the visits, by what it does; none of it may bring the site down."""
        tower, visits, clock = self._tower, self._visits, self._clock
        return {
            "bringing cars down ahead": Ahead(
                tower=tower, visits=visits, clock=clock, choice=self._choice, ahead_s=self._settings.stage_ahead_s
            ).run,
            "telling when cars leave": Departures(tower=tower, visits=visits, clock=clock).run,
            "telling how far cars are charged": Charges(tower=tower, cars=self._cars).run,
            "telling where the log of accesses ends": AccessReports(
                site=slug, accesses=visits.accesses, clock=clock, outbox=self._outbox
            ).run,
            "telling waits": Forecast(site=slug, tower=tower, visits=visits, clock=clock, outbox=self._outbox).run,
        }

    async def _show(self, frame: TowerLive) -> None:
        self._kiosks.show(frame)
        await self._uplink.show(frame.model_dump_json().encode())

    async def _seen(self, viewer: UUID, seen: Seen) -> None:
        await self._uplink.seen(viewer, seen)

    async def _share(self, movements: Movements) -> None:
        await self._uplink.share(movements)

    def _missing(self) -> list[str]:
        """What keeps this site from serving a visitor: not the bus, not faces; both have a way around."""
        if not self._tower.connected:
            return ["plc", *filter(None, [self._tower.trouble])]
        return [] if self._tower.serving else ["tower"]

    def _figures(self) -> dict[str, float]:
        return {
            "plc_connected": float(self._tower.connected),
            "bus_connected": float(self._uplink.connected),
            "held": float(self._tower.held is not None),
            "free_bays": float(self._tower.free_bays()),
            "outbox_waiting": float(self._outbox.waiting()),
            "kiosk_pages": float(len(self._kiosks)),
            "faces_served": float(self._gatekeeper.faces),
            **{f"visits_{state}": float(count) for state, count in self._visits.counts().items()},
        }


def private(path: Path) -> Path:
    """A file that only its owner may read."""
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    return path


async def serve(name: str, settings: Settings) -> None:
    config = load_site(name)
    tower = Tower(config=config, home=settings.home, plc_url=settings.plc_url, habits=settings.habits)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await Site(config=config, settings=settings, tower=tower).run(stop)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one site until SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(prog="autosilo site", description="The controller and kiosk of one site.")
    parser.add_argument("name", help="the site file's name, for example shanghai")
    arguments = parser.parse_args(argv)
    logs.configure(f"site-{arguments.name}")
    asyncio.run(serve(arguments.name, Settings.read()))
    return 0
