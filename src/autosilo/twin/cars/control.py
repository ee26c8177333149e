"""A small door for tests and demonstrations, open only if ``AUTOSILO_CARS_PORT`` is set."""

from collections.abc import Callable

import prometheus_client
from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from autosilo.twin.cars.fleet import FleetCar
from autosilo.twin.cars.garage import CarRecord, Garage, state_of
from autosilo.twin.cars.world import World


class Change(BaseModel):
    """What somebody does to a car. ``stays``: the driver ignores open gates."""

    model_config = ConfigDict(extra="forbid")

    plugged: bool | None = None
    charge: float | None = Field(default=None, ge=0, le=1)
    stays: bool | None = None


def application(garage: Garage, world: World, changed: Callable[[str], None]) -> web.Application:
    """``/healthz``, ``/metrics``, ``/cars``, ``/cars/<vin>`` (GET, and POST of a ``Change``)."""

    async def healthz(request: web.Request) -> web.Response:
        return web.json_response({"status": "ok", "cars": len(garage.cars)})

    async def metrics(request: web.Request) -> web.Response:
        return web.Response(body=prometheus_client.generate_latest(), content_type="text/plain", charset="utf-8")

    async def every(request: web.Request) -> web.Response:
        return web.json_response([_shown(record, car) for record, car in garage])

    async def one(request: web.Request) -> web.Response:
        return web.json_response(_shown(*_found(request)))

    async def change(request: web.Request) -> web.Response:
        record, car = _found(request)
        try:
            wanted = Change.model_validate_json(await request.read())
        except ValidationError as error:
            return web.json_response({"error": "bad_request", "detail": str(error)}, status=400)
        for name in wanted.model_fields_set:
            if getattr(wanted, name) is not None:
                setattr(record, name, getattr(wanted, name))
        if wanted.plugged is False and record.inside and record.station:
            await world.unplug(car, record.station)
        garage.save()
        changed(record.vin)
        return web.json_response(_shown(record, car))

    def _found(request: web.Request) -> tuple[CarRecord, FleetCar]:
        found = garage.find(request.match_info["vin"])
        if found is None:
            raise web.HTTPNotFound(text='{"error": "no_such_car"}', content_type="application/json")
        return found

    app = web.Application()
    app.add_routes(
        [
            web.get("/healthz", healthz),
            web.get("/readyz", healthz),
            web.get("/metrics", metrics),
            web.get("/cars", every),
            web.get("/cars/{vin}", one),
            web.post("/cars/{vin}", change),
        ]
    )
    return app


def _shown(record: CarRecord, car: FleetCar) -> dict[str, object]:
    state = state_of(record, car).model_dump(mode="json", exclude={"v", "id"})
    errand = record.errand.model_dump() if record.errand else None
    return state | {"site": car.site, "model": car.model, "plate": car.plate, "stays": record.stays, "errand": errand}
