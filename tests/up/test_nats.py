"""The bus: each role can do its work, and nothing else."""

import asyncio
import os
import signal
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import aiomqtt
import nats as nats_client
import pytest
from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.js.api import StreamConfig

from autosilo.up import leash, nats, probes
from autosilo.up.spec import Http
from autosilo.up.throwaway import free_port
from autosilo.wire import subjects

SITES = ["shanghai", "nanjing"]
PASSWORD = "test-password"


class Bus:
    """A running server and the ways in."""

    def __init__(self, port: int, mqtt_port: int) -> None:
        self.port = port
        self.mqtt_port = mqtt_port
        self.refused: list[str] = []

    async def join(self, user: str) -> Client:
        async def note(error: Exception) -> None:
            self.refused.append(str(error))

        address = f"nats://{user}:{PASSWORD}@127.0.0.1:{self.port}"
        return await nats_client.connect(
            address, error_cb=note, allow_reconnect=False, inbox_prefix=subjects.inbox(user)
        )

    def mqtt(self, user: str) -> aiomqtt.Client:
        return aiomqtt.Client("127.0.0.1", self.mqtt_port, username=user, password=PASSWORD, identifier=f"t-{user}")


@pytest.fixture
async def bus(tmp_path: Path) -> AsyncIterator[Bus]:
    ports = [free_port() for _ in range(3)]
    roles = nats.users(SITES)
    config = tmp_path / "nats.conf"
    config.write_text(
        nats.configuration(
            store=tmp_path / "store", port=ports[0], mqtt_port=ports[1], monitor_port=ports[2], roles=roles
        )
    )
    command = leash.wrap([str(nats.program()), "--config", str(config)], on_death=signal.SIGKILL)
    secrets = {role.variable: PASSWORD for role in roles}
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, env=os.environ | secrets, stderr=log, stdout=log)
    try:
        async with asyncio.timeout(10):
            await probes.until_ready(Http(f"http://127.0.0.1:{ports[2]}/healthz?js-enabled-only=true"))
        yield Bus(ports[0], ports[1])
    finally:
        process.terminate()
        process.wait(10)


async def _make_streams(bus: Bus) -> None:
    link = await bus.join(nats.PLATFORM)
    for name, subject in (("ORDERS", "to.*.orders"), ("FACTS", "from.*.facts")):
        await link.jetstream().add_stream(StreamConfig(name=name, subjects=[subject]))
    await link.close()


async def test_an_order_reaches_its_site_and_a_fact_comes_back(bus: Bus) -> None:
    await _make_streams(bus)
    platform, site = await bus.join("platform"), await bus.join("site-shanghai")
    await platform.jetstream().publish("to.shanghai.orders", b"bring it down")
    inbox = await site.jetstream().pull_subscribe("to.shanghai.orders", durable="site-shanghai", stream="ORDERS")
    [order] = await inbox.fetch(1, timeout=3)
    await order.ack_sync(timeout=3)
    await site.jetstream().publish("from.shanghai.facts", b"done", headers={"Nats-Msg-Id": "1"})
    facts = await platform.jetstream().pull_subscribe("from.*.facts", durable="platform", stream="FACTS")
    [fact] = await facts.fetch(1, timeout=3)
    await fact.ack_sync(timeout=3)
    assert (order.data, fact.data, bus.refused) == (b"bring it down", b"done", [])
    await platform.close()
    await site.close()


async def test_a_site_makes_the_streams_when_it_comes_first(bus: Bus) -> None:
    site = await bus.join("site-nanjing")
    await site.jetstream().add_stream(StreamConfig(name="FACTS", subjects=["from.*.facts"]))
    assert (await site.jetstream().stream_info("FACTS")).state.messages == 0
    await site.close()


async def test_a_live_picture_reaches_the_platform(bus: Bus) -> None:
    platform, site = await bus.join("platform"), await bus.join("site-shanghai")
    screen = await platform.subscribe("live.*")
    await platform.flush()
    await site.publish("live.shanghai", b"frame")
    assert (await screen.next_msg(timeout=3)).data == b"frame"
    await platform.close()
    await site.close()


@pytest.mark.parametrize(
    ("user", "subject"),
    [
        ("site-shanghai", "from.nanjing.facts"),
        ("site-shanghai", "live.nanjing"),
        ("site-shanghai", "to.shanghai.orders"),
        ("site-shanghai", "cars.nanjing.LSVAA49J132047371.command"),
        ("site-shanghai", "$JS.API.STREAM.DELETE.FACTS"),
        ("site-shanghai", "$JS.API.CONSUMER.CREATE.ORDERS.site-shanghai.to.nanjing.orders"),
        ("site-shanghai", "$JS.API.CONSUMER.CREATE.ORDERS.site-shanghai"),
        ("site-shanghai", "$JS.API.CONSUMER.MSG.NEXT.ORDERS.site-nanjing"),
        ("cars", "from.shanghai.facts"),
        ("cars", "to.shanghai.orders"),
        ("platform", "from.shanghai.facts"),
        ("platform", "$JS.API.STREAM.DELETE.ORDERS"),
    ],
)
async def test_a_role_may_not_speak_for_another(bus: Bus, user: str, subject: str) -> None:
    link = await bus.join(user)
    await link.publish(subject, b"{}")
    await _refusal(bus, link, subject)
    await link.close()


async def _refusal(bus: Bus, link: Client, subject: str) -> None:
    """Wait for it: it comes back by itself, after the server's answer to nothing."""
    async with asyncio.timeout(3):
        while not any(subject.lower() in refusal.lower() for refusal in bus.refused):
            await link.flush()
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("user", "subject"),
    [
        ("site-shanghai", "_INBOX.>"),
        ("site-shanghai", "_INBOX_platform.>"),
        ("site-shanghai", "_INBOX_site-nanjing.>"),
        ("site-shanghai", ">"),
        ("site-shanghai", "to.nanjing.orders"),
        ("site-shanghai", "from.>"),
        ("site-shanghai", "cars.nanjing.*.state"),
        ("site-shanghai", "$MQTT.deliver.>"),
        ("platform", "_INBOX_site-shanghai.>"),
        ("cars", "_INBOX_platform.>"),
    ],
)
async def test_a_role_hears_no_replies_and_no_subjects_of_another(bus: Bus, user: str, subject: str) -> None:
    link = await bus.join(user)
    await link.subscribe(subject)
    await _refusal(bus, link, subject)
    await link.close()


async def test_no_site_states_a_fact_of_another(bus: Bus) -> None:
    await _make_streams(bus)
    site = await bus.join("site-shanghai")
    with pytest.raises((TimeoutError, NatsError)):
        await site.jetstream(timeout=0.5).publish("from.nanjing.facts", b"forged")
    assert (await site.jetstream().stream_info("FACTS")).state.messages == 0
    await site.close()


async def test_nobody_enters_without_a_password(bus: Bus) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", bus.port)
    await reader.readline()  # INFO
    writer.write(b"CONNECT {}\r\nPING\r\n")
    async with asyncio.timeout(3):
        assert b"Authorization Violation" in await reader.readline()
    writer.close()
    await writer.wait_closed()


@pytest.mark.parametrize("qos", [0, 1])
async def test_a_car_says_how_it_is_and_hears_its_site(bus: Bus, qos: int) -> None:
    topic = "cars/shanghai/LSVAA49J132047371"
    async with bus.mqtt("cars") as car, bus.mqtt("platform") as platform:
        await platform.subscribe("cars/#", qos=qos)
        await car.subscribe("cars/+/+/command", qos=qos)
        await car.publish(f"{topic}/state", b"80 %", qos=qos, retain=True)
        async with asyncio.timeout(5):
            heard = await anext(platform.messages)
        assert (str(heard.topic), heard.payload) == (f"{topic}/state", b"80 %")
        site = await bus.join("site-shanghai")
        await site.publish("cars.shanghai.LSVAA49J132047371.command", b"unlock")
        async with asyncio.timeout(5):
            command = await anext(car.messages)
        assert command.payload == b"unlock"
        await site.close()


async def test_a_late_listener_gets_the_last_state_of_a_car(bus: Bus) -> None:
    async with bus.mqtt("cars") as car:
        await car.publish("cars/nanjing/LSVAA49J132047371/state", b"55 %", qos=1, retain=True)
    async with bus.mqtt("platform") as listener:
        await listener.subscribe("cars/nanjing/+/state", qos=1)
        async with asyncio.timeout(5):
            heard = await anext(listener.messages)
    assert (heard.payload, heard.retain) == (b"55 %", True)
