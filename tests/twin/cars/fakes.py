"""A tower's world as the drivers see it, over HTTP, with a gate that the test opens; and cars to drive."""

from typing import Any

from aiohttp import web

from autosilo.twin.cars.fleet import FleetCar

VIN = "LSVAU2180N2000001"
OTHER_VIN = "LSVAU2180N2000002"


def car(vin: str = VIN, **changes: Any) -> FleetCar:
    wanted: dict[str, Any] = {
        "vin": vin,
        "site": "shanghai",
        "plate": "沪A12345",
        "model": "byd-seal",
        "length_mm": 4800,
        "width_mm": 1875,
        "height_mm": 1460,
        "mass_kg": 2055,
        "battery_kwh": 82.5,
        "odometer_km": 120.0,
        "charge": 0.8,
    }
    return FleetCar(**(wanted | changes))


class FakeWorld:
    """Places and one gate. ``asked`` counts every wish; ``done`` every car that really drove."""

    def __init__(self, *inside: str) -> None:
        self.places: dict[str, str] = {f"S{n}": vin for n, vin in enumerate(inside)}
        self.gate_open = False
        self.lose_reply = False
        self.asked: list[tuple[str, dict]] = []
        self.done: list[tuple[str, dict]] = []

    def application(self) -> web.Application:
        app = web.Application()
        app.add_routes(
            [
                web.post("/depart", self._drive),
                web.post("/arrive", self._drive),
                web.post("/unplug", self._unplug),
                web.get("/state", self._state),
            ]
        )
        return app

    async def _drive(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.asked.append((request.path, body))
        if not self.gate_open:
            return web.json_response({"error": "gate_shut"}, status=409)
        station, vin = body["station"], body["vin"]
        leaving = request.path == "/depart"
        if leaving != (self.places.get(station) == vin):
            return web.json_response({"error": "no_such_car" if leaving else "occupied"}, status=409)
        if leaving:
            del self.places[station]
        else:
            self.places[station] = vin
        self.done.append((request.path, body))
        if self.lose_reply:
            self.gate_open = False
            request.transport.abort()
        return web.json_response({"ok": True})

    async def _unplug(self, request: web.Request) -> web.Response:
        self.done.append((request.path, await request.json()))
        return web.json_response({"ok": True})

    async def _state(self, request: web.Request) -> web.Response:
        return web.json_response({"places": self.places, "lifts": {"L1": {"load": None}}})
