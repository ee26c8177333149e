"""The world's own door, for twins and tests only: drivers, people, faults, the power switch. Never in production."""

from collections.abc import Awaitable, Callable
from typing import Any, Literal, Protocol

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from autosilo.twin.plc.memory import Car
from autosilo.twin.plc.plc import Plc
from autosilo.twin.plc.world import CannotDrive
from autosilo.wire.mailbox import GateState, Mode


class Switch(Protocol):
    """What the process offers to the door."""

    @property
    def plc(self) -> Plc | None:
        """The running PLC, None while it is without power."""

    def cut_power(self, off_s: float) -> None:
        """Take the power away now and give it back after ``off_s`` seconds."""


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Depart(_Body):
    station: str
    vin: str


class Arrive(_Body):
    station: str
    vin: str
    length_mm: int = Field(gt=0)
    width_mm: int = Field(gt=0)
    height_mm: int = Field(gt=0)
    mass_kg: int = Field(gt=0)
    plate: str
    plugged: bool = False


class Unplug(_Body):
    station: str


class FaultOrder(_Body):
    """``at``: a lift (``L1``) or a station (``L1.D1``); ``set`` false takes the fault away again."""

    kind: Literal["person", "emergency_stop", "gate_blocked", "drive_fault"]
    at: str
    set: bool = True


class ModeOrder(_Body):
    lift: str
    mode: Literal["auto", "manual", "service"]


class Power(_Body):
    off_s: float = Field(default=1.0, ge=0, le=60)


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
            web.post("/mode", door.mode),
            web.post("/power", door.power),
            web.get("/state", door.state),
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
    except CannotDrive as error:
        return web.json_response({"error": str(error)}, status=409)
    except ValidationError as error:
        detail = [{"key": ".".join(map(str, one["loc"])), "error": one["msg"]} for one in error.errors()]
        return web.json_response({"error": "bad_request", "detail": detail}, status=400)


class _Door:
    def __init__(self, switch: Switch) -> None:
        self._switch = switch

    def _plc(self) -> Plc:
        plc = self._switch.plc
        if plc is None:
            raise web.HTTPServiceUnavailable(text='{"error": "no_power"}', content_type="application/json")
        return plc

    async def depart(self, request: web.Request) -> web.Response:
        order = Depart.model_validate_json(await request.read())
        self._plc().world.depart(order.station, order.vin)
        return web.json_response({"ok": True})

    async def arrive(self, request: web.Request) -> web.Response:
        order = Arrive.model_validate_json(await request.read())
        self._plc().world.arrive(order.station, Car(**order.model_dump(exclude={"station"})))
        return web.json_response({"ok": True})

    async def unplug(self, request: web.Request) -> web.Response:
        self._plc().world.unplug(Unplug.model_validate_json(await request.read()).station)
        return web.json_response({"ok": True})

    async def fault(self, request: web.Request) -> web.Response:
        order = FaultOrder.model_validate_json(await request.read())
        world = self._plc().world
        memory = world.memory
        lists = {
            "person": memory.persons,
            "emergency_stop": memory.emergency,
            "drive_fault": memory.drive_faults,
            "gate_blocked": memory.gate_obstacles,
        }
        known = {
            "person": {*memory.lifts, *world.stations},
            "emergency_stop": {*memory.lifts},
            "drive_fault": {*memory.lifts},
            "gate_blocked": {*world.stations},
        }
        if order.at not in known[order.kind]:
            return web.json_response({"error": "no_such_place"}, status=400)
        places = lists[order.kind]
        if order.set and order.at not in places:
            places.append(order.at)
        if not order.set and order.at in places:
            places.remove(order.at)
        world.changed = True
        return web.json_response({"ok": True})

    async def mode(self, request: web.Request) -> web.Response:
        order = ModeOrder.model_validate_json(await request.read())
        plc = self._plc()
        if order.lift not in plc.memory.lifts:
            return web.json_response({"error": "no_such_lift"}, status=400)
        plc.memory.lifts[order.lift].mode = Mode[order.mode.upper()]
        plc.world.changed = True
        return web.json_response({"ok": True})

    async def power(self, request: web.Request) -> web.Response:
        raw = await request.read()
        self._switch.cut_power(Power.model_validate_json(raw or b"{}").off_s)
        return web.json_response({"ok": True})

    async def state(self, request: web.Request) -> web.Response:
        return web.json_response(_state(self._plc()))

    async def metrics(self, request: web.Request) -> web.Response:
        plc = self._plc()
        lines = [
            f"autosilo_twin_plc_scans_total {plc.scans}",
            f"autosilo_twin_plc_scan_longest_seconds {plc.scan_s_longest:.6f}",
            f"autosilo_twin_plc_moves_total {plc.memory.moves_done}",
            f"autosilo_twin_plc_violations_total {sum(plc.memory.violations.values())}",
        ]
        return web.Response(text="\n".join(lines) + "\n")

    async def healthz(self, request: web.Request) -> web.Response:
        return web.json_response({"ok": True})

    async def readyz(self, request: web.Request) -> web.Response:
        self._plc()
        return web.json_response({"ok": True})


def _state(plc: Plc) -> dict[str, Any]:
    memory, world = plc.memory, plc.world
    return {
        "site": plc.site.slug,
        "places": memory.places,
        "lifts": {
            name: {
                "state": unit.state.name,
                "x": round(unit.memory.x, 3),
                "y": round(unit.memory.y, 3),
                "load": unit.memory.load,
                "moving": unit.carriage.moving,
                "mode": unit.memory.mode.name,
                "epoch": unit.memory.epoch,
                "seq": unit.memory.seq,
                "log": [line.text() for line in unit.memory.log],
            }
            for name, unit in plc.units.items()
        },
        "stations": {
            name: {
                "gate": GateState(world.gate(name)).name,
                "zone_clear": world.zone_clear(name),
                "car": memory.places.get(name),
            }
            for name in world.stations
        },
        "faults": {
            "person": memory.persons,
            "emergency_stop": memory.emergency,
            "drive_fault": memory.drive_faults,
            "gate_blocked": memory.gate_obstacles,
        },
        "moves_done": memory.moves_done,
        "violations": memory.violations,
    }
