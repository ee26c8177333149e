"""The world's own door, for twins and tests only: drivers, people, faults, the power switch. Never in production."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from aiohttp import web
from pydantic import ValidationError

from autosilo.twin.plc import faults, hands, picture
from autosilo.twin.plc.fault_orders import ORDER
from autosilo.twin.plc.memory import Car
from autosilo.twin.plc.metrics import text as metrics_text
from autosilo.twin.plc.orders import Abandon, Arrive, At, Carry, Depart, ModeOrder, Power, Unplug
from autosilo.twin.plc.plc import Plc
from autosilo.twin.plc.world import CannotDrive
from autosilo.wire.mailbox import Mode

LEDGER_LIMIT = 1000
"""Events in one answer."""


class Switch(Protocol):
    """What the process offers to the door."""

    @property
    def plc(self) -> Plc | None:
        """The running PLC, None while it is without power."""

    def turn_key(self, lift: str, mode: Mode) -> None:
        """With and without power. Raises ``CannotDo``."""

    def cut_power(self, off_s: float, at: At | None = None) -> None:
        """Take the power away, now or ``at`` a moment, and give it back after ``off_s`` seconds."""


def application(switch: Switch) -> web.Application:
    """Routes over ``switch``."""
    door = _Door(switch)
    app = web.Application(middlewares=[_errors])
    app.add_routes(
        [
            web.post("/depart", door.depart),
            web.post("/arrive", door.arrive),
            web.post("/unplug", door.unplug),
            web.post("/fault", door.fault),
            web.post("/faults/clear", door.clear_faults),
            web.post("/mode", door.mode),
            web.post("/carry", door.carry),
            web.post("/abandon", door.abandon),
            web.post("/power", door.power),
            web.get("/state", door.state),
            web.get("/ledger", door.ledger),
            web.get("/metrics", door.metrics),
            web.get("/healthz", door.healthz),
            web.get("/readyz", door.readyz),
        ]
    )
    return app


@web.middleware
async def _errors(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    try:
        return await handler(request)
    except (CannotDrive, hands.CannotDo) as error:
        return web.json_response({"error": str(error)}, status=409)
    except faults.CannotBreak as error:
        return web.json_response({"error": str(error)}, status=400)
    except ValidationError as error:
        detail = [{"key": ".".join(map(str, one["loc"])), "error": one["msg"]} for one in error.errors()]
        return web.json_response({"error": "bad_request", "detail": detail}, status=400)


class _Door:
    """What is answered has been retained before: a driver who was told that he drove, drives, whatever happens next."""

    def __init__(self, switch: Switch) -> None:
        self._switch = switch

    def _plc(self) -> Plc:
        plc = self._switch.plc
        if plc is None:
            raise web.HTTPServiceUnavailable(text='{"error": "no_power"}', content_type="application/json")
        return plc

    async def depart(self, request: web.Request) -> web.Response:
        order = Depart.model_validate_json(await request.read())
        plc = self._plc()
        plc.world.depart(order.station, order.vin)
        return _done(plc)

    async def arrive(self, request: web.Request) -> web.Response:
        order = Arrive.model_validate_json(await request.read())
        plc = self._plc()
        plc.world.arrive(order.station, Car(**order.model_dump(exclude={"station"})))
        return _done(plc)

    async def unplug(self, request: web.Request) -> web.Response:
        order = Unplug.model_validate_json(await request.read())
        plc = self._plc()
        plc.world.unplug(order.station)
        return _done(plc)

    async def fault(self, request: web.Request) -> web.Response:
        order = ORDER.validate_json(await request.read())
        plc = self._plc()
        faults.apply(plc.world, order, order.kind)
        return _done(plc)

    async def clear_faults(self, request: web.Request) -> web.Response:
        plc = self._plc()
        faults.clear(plc.world)
        return _done(plc)

    async def mode(self, request: web.Request) -> web.Response:
        order = ModeOrder.model_validate_json(await request.read())
        self._switch.turn_key(order.lift, Mode[order.mode.upper()])
        return web.json_response({"ok": True})

    async def carry(self, request: web.Request) -> web.Response:
        order = Carry.model_validate_json(await request.read())
        plc = self._plc()
        hands.carry(plc.world, order.vin, order.to)
        return _done(plc)

    async def abandon(self, request: web.Request) -> web.Response:
        order = Abandon.model_validate_json(await request.read())
        plc = self._plc()
        unit = plc.units.get(order.unit)
        if unit is None:
            raise hands.CannotDo("no_such_unit")
        hands.abandon(plc.world, unit)
        return _done(plc)

    async def power(self, request: web.Request) -> web.Response:
        order = Power.model_validate_json(await request.read() or b"{}")
        if order.at is not None and order.at.unit not in self._plc().units:
            raise hands.CannotDo("no_such_unit")
        self._switch.cut_power(order.off_s, order.at)
        return web.json_response({"ok": True})

    async def state(self, request: web.Request) -> web.Response:
        return web.json_response(picture.state(self._plc()))

    async def ledger(self, request: web.Request) -> web.Response:
        """``after``: the number of the last event that the asker knows; ``limit``: at most so many."""
        after, limit = _number(request, "after", 0), _number(request, "limit", LEDGER_LIMIT)
        plc = self._plc()
        events = plc.ledger.read(after, min(limit, LEDGER_LIMIT))
        return web.json_response({"events": events, "last": plc.memory.ledger_next - 1})

    async def metrics(self, request: web.Request) -> web.Response:
        return web.Response(text=metrics_text(self._plc()))

    async def healthz(self, request: web.Request) -> web.Response:
        return web.json_response({"ok": True})

    async def readyz(self, request: web.Request) -> web.Response:
        listening = self._plc().listening
        return web.json_response({"ok": listening}, status=200 if listening else 503)


def _done(plc: Plc) -> web.Response:
    plc.retain()
    return web.json_response({"ok": True})


def _number(request: web.Request, name: str, default: int) -> int:
    text = request.query.get(name, str(default))
    if not text.isdecimal():
        raise web.HTTPBadRequest(text='{"error": "bad_request"}', content_type="application/json")
    return int(text)
