"""The whole process against the real bus, with the project's own permissions, and killed without warning."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import aiohttp
import aiomqtt
import nats
import pytest
from aiohttp.test_utils import TestServer
from pydantic import TypeAdapter

from autosilo.twin.cars.fleet import FleetCar
from autosilo.up.nats import CARS, PLATFORM, configuration, program, site_user, users
from autosilo.wire.cars import CarCommand, CarState
from autosilo.wire.subjects import car_command, car_state
from twin.cars.fakes import OTHER_VIN, VIN, FakeWorld, car

SITE = "shanghai"
WAIT_S = 20.0
_fleet = TypeAdapter(list[FleetCar])


def free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports


class Stage:
    """A bus, a world, the cars twin as a process, and a site's and the platform's ear."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "twins" / "cars"
        self.home.mkdir(parents=True)
        self.world = FakeWorld(VIN, OTHER_VIN)
        self.world_url = ""
        self.bus_port, self.mqtt_port, monitor, self.door_port = free_ports(4)
        self.roles = users([SITE])
        conf = folder / "nats.conf"
        conf.write_text(
            configuration(
                store=folder / "jetstream",
                port=self.bus_port,
                mqtt_port=self.mqtt_port,
                monitor_port=monitor,
                roles=self.roles,
            )
        )
        passwords = {role.variable: "secret" for role in self.roles}
        self.bus = subprocess.Popen([program(), "-c", str(conf)], env=os.environ | passwords, stderr=subprocess.DEVNULL)
        self.cars: subprocess.Popen[bytes] | None = None

    def write_fleet(self, *cars: FleetCar) -> None:
        (self.home / "fleet.json").write_bytes(_fleet.dump_json(list(cars)))

    def start_cars(self) -> None:
        environment = os.environ | {
            "AUTOSILO_HOME": str(self.folder),
            "AUTOSILO_MQTT_URL": f"mqtt://{CARS}:secret@127.0.0.1:{self.mqtt_port}",
            "AUTOSILO_WORLD_URLS": json.dumps({SITE: self.world_url}),
            "AUTOSILO_CARS_PORT": str(self.door_port),
            "AUTOSILO_PACE": "20",
        }
        self.cars = subprocess.Popen(
            [sys.executable, "-c", "from autosilo.twin.cars.app import main; main()"], env=environment
        )

    def kill_cars(self) -> None:
        if self.cars is not None:
            self.cars.send_signal(signal.SIGKILL)
            self.cars.wait()
            self.cars = None

    def mqtt(self, user: str) -> aiomqtt.Client:
        return aiomqtt.Client("127.0.0.1", self.mqtt_port, username=user, password="secret")

    async def command(self, **fields: object) -> None:
        order = CarCommand.model_validate({"vin": VIN} | fields)
        async with self.mqtt(site_user(SITE)) as client:
            await client.publish(car_command(SITE, order.vin), order.model_dump_json(), qos=1)

    async def state(self, fact: Callable[[CarState], bool], vin: str = VIN) -> CarState:
        """The first state, retained or fresh, of which ``fact`` is true."""
        async with asyncio.timeout(WAIT_S), self.mqtt(site_user(SITE)) as client:
            await client.subscribe(car_state(SITE, vin), qos=1)
            async for message in client.messages:
                state = CarState.model_validate_json(message.payload)
                if fact(state):
                    return state
        raise AssertionError("the broker hung up")


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    stage = Stage(tmp_path)
    async with TestServer(stage.world.application()) as server:
        stage.world_url = str(server.make_url(""))
        stage.write_fleet(car(), car(OTHER_VIN))
        stage.start_cars()
        await _listening(stage.mqtt_port)
        yield stage
    stage.kill_cars()
    stage.bus.terminate()
    stage.bus.wait()


async def _listening(port: int) -> None:
    async with asyncio.timeout(WAIT_S):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return


async def test_a_visit_over_the_real_bus(stage: Stage) -> None:
    assert (await stage.state(lambda state: state.where == "tower")).locked
    await stage.command(kind="unlock", station="S0")
    await stage.state(lambda state: not state.locked and state.where == "tower")
    stage.world.gate_open = True
    await stage.state(lambda state: state.where == "road" and state.speed_kmh > 0 and state.odometer_km > 120)
    await stage.command(kind="intake_open", station="S9")
    home = await stage.state(lambda state: state.where == "tower" and state.trip_km > 0)
    assert home.charge < 0.8
    assert [path for path, _ in stage.world.done] == ["/depart", "/arrive"]


async def test_a_kill_in_the_middle_moves_the_car_once(stage: Stage) -> None:
    await stage.state(lambda state: state.where == "tower")
    await stage.command(kind="unlock", station="S0")
    await stage.state(lambda state: not state.locked)
    stage.kill_cars()
    stage.world.gate_open = True
    stage.start_cars()
    await stage.state(lambda state: state.where == "road")
    assert [path for path, _ in stage.world.done] == ["/depart"]


async def test_a_command_waits_for_a_twin_that_is_away(stage: Stage) -> None:
    await stage.state(lambda state: state.where == "tower")
    stage.kill_cars()
    stage.world.gate_open = True
    await stage.command(kind="unlock", station="S0")
    stage.start_cars()
    await stage.state(lambda state: state.where == "road")


async def test_states_are_bus_subjects_too(stage: Stage) -> None:
    url = f"nats://{PLATFORM}:secret@127.0.0.1:{stage.bus_port}"
    heard: asyncio.Queue[CarState] = asyncio.Queue()
    client = await nats.connect(url)

    async def hear(message: nats.aio.msg.Msg) -> None:
        assert message.subject == f"cars.{SITE}.{message.subject.split('.')[2]}.state"
        heard.put_nowait(CarState.model_validate_json(message.data))

    await client.subscribe("cars.*.*.state", cb=hear)
    await client.flush()
    await stage.state(lambda state: True)
    async with aiohttp.ClientSession(f"http://127.0.0.1:{stage.door_port}") as door:
        changed = await (await door.post(f"/cars/{VIN}", json={"plugged": True, "charge": 0.03})).json()
    assert (changed["plugged"], changed["charge"]) == (True, 0.03)
    async with asyncio.timeout(WAIT_S):
        while not (state := await heard.get()).plugged:
            pass
    assert (state.vin, state.charge) == (VIN, 0.03)
    await client.close()


async def test_a_car_that_joins_the_fleet_is_heard(stage: Stage) -> None:
    newcomer = "LSVAU2180N2000009"
    await stage.state(lambda state: True)
    stage.write_fleet(car(), car(OTHER_VIN), car(newcomer, charge=0.5))
    assert (await stage.state(lambda state: True, vin=newcomer)).charge == 0.5


async def test_the_door_refuses_what_it_does_not_know(stage: Stage) -> None:
    await stage.state(lambda state: True)
    async with aiohttp.ClientSession(f"http://127.0.0.1:{stage.door_port}") as door:
        assert (await door.get("/healthz")).status == 200
        assert (await door.get("/cars/nobody")).status == 404
        assert (await door.post(f"/cars/{VIN}", json={"charge": 7})).status == 400
        assert (await door.post(f"/cars/{VIN}", json={"wings": 2})).status == 400


async def test_the_twin_finds_the_bus_again(stage: Stage) -> None:
    await stage.state(lambda state: True)
    stage.bus.send_signal(signal.SIGKILL)
    stage.bus.wait()
    passwords = {role.variable: "secret" for role in stage.roles}
    stage.bus = subprocess.Popen(
        [program(), "-c", str(stage.folder / "nats.conf")], env=os.environ | passwords, stderr=subprocess.DEVNULL
    )
    await _listening(stage.mqtt_port)
    await stage.command(kind="unlock", station="S0")
    await stage.state(lambda state: not state.locked)
