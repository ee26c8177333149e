"""The uplink against a real nats-server, with the rights that a site has in a running shop."""

import asyncio
import os
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import nats
import pytest

from autosilo.site.uplink import link
from autosilo.site.uplink.link import Ears, Uplink, ensure_streams
from autosilo.up import nats as rights
from autosilo.wire import subjects
from autosilo.wire.alike import CarAlike, CarsAlike
from autosilo.wire.bus import CarAtGate, ForgetVisitor, Order
from autosilo.wire.cars import CarCommand, CarState
from autosilo.wire.movements import Movements

VIN = "LSVAA4187E2123456"
SITE, OTHER = "shanghai", "nanjing"


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Server:
    """A nats-server that can be killed and started again on its store."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self.mqtt, self.monitor = free_port(), free_port(), free_port()
        roles = rights.users([SITE, OTHER])
        self.secrets = {role.variable: f"secret-{role.name}" for role in roles}
        (folder / "nats.conf").write_text(
            rights.configuration(
                store=folder / "store",
                port=self.port,
                mqtt_port=self.mqtt,
                monitor_port=self.monitor,
                roles=roles,
            )
        )
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [str(rights.program()), "-c", str(self.folder / "nats.conf")],
                env={**os.environ, **self.secrets},
                stdout=log,
                stderr=log,
            )
        end = time.monotonic() + 10
        while time.monotonic() < end:
            with socket.socket() as one:
                if one.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise AssertionError((self.folder / "log").read_text())

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()

    def url(self, user: str) -> str:
        return f"nats://{user}:secret-{user}@127.0.0.1:{self.port}"


@pytest.fixture
def server(tmp_path):
    one = Server(tmp_path)
    one.start()
    yield one
    one.kill()


@pytest.fixture
async def platform(server):
    bus = await nats.connect(
        server.url(rights.PLATFORM),
        inbox_prefix=subjects.inbox(rights.PLATFORM),
        max_reconnect_attempts=-1,
        reconnect_time_wait=0.2,
    )
    yield bus
    await bus.close()


async def not_interested(what: object) -> None:
    """Other ears than those that a test is about."""


def uplink(box, server, orders: list[Order], cars: list[CarState] | None = None) -> Uplink:
    async def take(order: Order) -> None:
        orders.append(order)

    ears = Ears(
        order=take, car=(cars if cars is not None else []).append, movements=not_interested, watch=not_interested
    )
    return Uplink(site=SITE, url=server.url(rights.site_user(SITE)), outbox=box.outbox, ears=ears)


def fact() -> CarAtGate:
    return CarAtGate(trial=uuid4(), vin=VIN, station="L1.D1")


async def facts_on(stream, count: int) -> list[bytes]:
    inbox = await stream.pull_subscribe(subjects.facts("*"), durable="test", stream=subjects.FACTS_STREAM)
    return [msg.data for msg in await inbox.fetch(count, timeout=5)]


async def test_facts_reach_the_stream_once(box, server, platform, soon: Callable) -> None:
    one = fact()
    box.outbox.put(one)
    line = uplink(box, server, [])
    await line.start()
    await soon(lambda: box.outbox.waiting() == 0, limit_s=8)
    box.outbox.put(one)  # as after a crash between publishing and noting it
    await soon(lambda: box.outbox.waiting() == 0, limit_s=8)
    info = await platform.jetstream().stream_info(subjects.FACTS_STREAM)
    assert info.state.messages == 1
    assert await facts_on(platform.jetstream(), 1) == [one.model_dump_json().encode()]
    await line.stop()


async def test_orders_wait_for_a_site_and_rubbish_blocks_nothing(box, server, platform, soon: Callable) -> None:
    stream = platform.jetstream()
    await ensure_streams(stream)
    order = ForgetVisitor(trial=uuid4(), reason="cancelled")
    await stream.publish(subjects.orders(SITE), b"{}")
    await stream.publish(subjects.orders("nanjing"), order.model_dump_json().encode())
    await stream.publish(subjects.orders(SITE), order.model_dump_json().encode())
    heard: list[Order] = []
    line = uplink(box, server, heard)
    await line.start()
    await soon(lambda: heard, limit_s=8)
    await line.stop()
    again = uplink(box, server, heard)
    await again.start()
    await asyncio.sleep(0.5)
    await again.stop()
    assert heard == [order], "an order that was acknowledged does not come again"
    left = await stream.stream_info(subjects.ORDERS_STREAM)
    assert left.state.messages == 1, "what a site has acknowledged or refused is kept no longer; Nanjing's waits for it"


async def test_an_order_that_failed_comes_again(box, server, platform, soon: Callable) -> None:
    heard: list[Order] = []

    async def stumble(order: Order) -> None:
        heard.append(order)
        if len(heard) == 1:
            raise RuntimeError("a bug")

    ears = Ears(order=stumble, car=lambda state: None, movements=not_interested, watch=not_interested)
    line = Uplink(site=SITE, url=server.url(rights.site_user(SITE)), outbox=box.outbox, ears=ears)
    await line.start()
    await soon(lambda: line.connected, limit_s=8)
    await ensure_streams(platform.jetstream())
    order = ForgetVisitor(trial=uuid4(), reason="cancelled")
    await platform.jetstream().publish(subjects.orders(SITE), order.model_dump_json().encode())
    await soon(lambda: len(heard) == 2, limit_s=8)
    await line.stop()


async def test_a_site_tells_the_others_how_somebody_moved(box, server, soon: Callable) -> None:
    heard: dict[str, list[Movements]] = {SITE: [], OTHER: []}
    lines = {}
    for site, seen in heard.items():

        async def hear(movements: Movements, seen: list[Movements] = seen) -> None:
            seen.append(movements)

        ears = Ears(order=not_interested, car=lambda state: None, movements=hear, watch=not_interested)
        lines[site] = Uplink(site=site, url=server.url(rights.site_user(site)), outbox=box.outbox, ears=ears)
        await lines[site].start()
    await soon(lambda: all(line.connected for line in lines.values()), limit_s=8)
    told = Movements(rows=((1050, -20, 0, 1250, 1200, -900),))

    async def until_heard() -> None:  # the other may not have subscribed yet, and this is lossy
        while not heard[OTHER]:
            await lines[SITE].share(told)
            await asyncio.sleep(0.05)

    await asyncio.wait_for(until_heard(), 8)
    assert heard[OTHER][0] == told
    assert not heard[SITE], "nobody hears themselves"
    for line in lines.values():
        await line.stop()


async def test_a_site_asks_which_cars_would_do_and_goes_on_without_an_answer(
    box, server, platform, soon: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "ASK_TIMEOUT_S", 10.0)  # it is not about how busy this machine is
    line, trial = uplink(box, server, []), uuid4()
    assert await line.cars_alike(trial) == (), "before it is connected"
    await line.start()
    await soon(lambda: line.connected, limit_s=8)
    assert await line.cars_alike(trial) == (), "nobody is there to answer"
    answers: list[bytes] = []

    async def answer(msg) -> None:
        await msg.respond(answers.pop(0))

    await platform.subscribe(subjects.ask_cars("*"), cb=answer)
    await platform.flush()
    car = CarAlike(vin=VIN, plate="A1")
    answers += [CarsAlike(trial=one, cars=(car,)).model_dump_json().encode() for one in (trial, uuid4())] + [b"{"]
    assert await line.cars_alike(trial) == (car,)
    assert await line.cars_alike(trial) == (), "the answer to another question"
    assert await line.cars_alike(trial) == (), "an answer that cannot be understood"
    await line.stop()


async def test_the_line_comes_back_after_the_bus_was_killed(box, server, platform, soon: Callable) -> None:
    heard: list[Order] = []
    line = uplink(box, server, heard)
    await line.start()
    await soon(lambda: line.connected, limit_s=8)
    server.kill()
    await soon(lambda: not line.connected, limit_s=8)
    box.outbox.put(fact())
    await line.show(b"lost without harm")
    server.start()
    await soon(lambda: box.outbox.waiting() == 0, limit_s=20)
    await soon(lambda: platform.is_connected, limit_s=10)
    order = ForgetVisitor(trial=uuid4(), reason="cancelled")
    await platform.jetstream().publish(subjects.orders(SITE), order.model_dump_json().encode())
    await soon(lambda: heard == [order], limit_s=15)
    await line.stop()


async def test_a_site_starts_before_its_bus(box, server, soon: Callable) -> None:
    server.kill()
    box.outbox.put(fact())
    line = uplink(box, server, [])
    await line.start()
    await asyncio.sleep(0.3)
    assert not line.connected
    server.start()
    await soon(lambda: box.outbox.waiting() == 0, limit_s=15)
    await line.stop()


async def test_cars_are_heard_and_told(box, server, platform, soon: Callable) -> None:
    cars: list[CarState] = []
    line = uplink(box, server, [], cars)
    await line.start()
    await soon(lambda: line.connected, limit_s=8)
    fleet = await nats.connect(server.url(rights.CARS))
    told: list[bytes] = []

    async def hear(msg) -> None:
        told.append(msg.data)

    await fleet.subscribe(subjects.as_subject(subjects.car_command("*", "+")), cb=hear)
    await fleet.flush()
    state = CarState(
        vin=VIN,
        charge=0.5,
        range_km=200,
        odometer_km=99,
        speed_kmh=0,
        locked=True,
        plugged=False,
        where="tower",
        trip_km=0,
    )
    subject = subjects.as_subject(subjects.car_state(SITE, VIN))
    await asyncio.sleep(0.2)
    await fleet.publish(subject, b"rubbish")
    await fleet.publish(subject, state.model_dump_json().encode())
    await soon(lambda: cars == [state], limit_s=5)
    command = CarCommand(kind="unlock", vin=VIN, station="L1.D1")
    await line.command(command)
    await soon(lambda: told == [command.model_dump_json().encode()], limit_s=5)
    await fleet.close()
    await line.stop()
