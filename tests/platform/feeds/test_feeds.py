"""Facts and cars' words arrive over a real bus, once, and survive what goes wrong."""

import asyncio
import contextlib
from uuid import uuid4

import aiomqtt
import nats as nats_client
import pytest
from asgiref.sync import sync_to_async

from autosilo.platform.journey.flow import site_facts
from autosilo.platform.journey.trial.states import TrialState
from autosilo.platform.kit import clock
from autosilo.platform.resources.incidents.models import Incident
from autosilo.platform.resources.sites import actions as sites
from autosilo.platform.resources.sites.bus import NatsPublisher, publisher
from autosilo.platform.resources.sites.models import OutgoingOrder
from autosilo.platform.resources.telemetry.models import CarReading
from autosilo.platform.surfaces.feeds import facts as feed
from autosilo.platform.surfaces.feeds.cars import CarsFeed
from autosilo.platform.surfaces.feeds.facts import FactsFeed
from autosilo.platform.surfaces.feeds.questions import QuestionsFeed
from autosilo.wire import bus as wire
from autosilo.wire import subjects
from autosilo.wire.alike import AskCars, CarsAlike
from autosilo.wire.cars import CarState

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE_S = 10


@contextlib.asynccontextmanager
async def running(one):
    task = asyncio.create_task(one.run())
    try:
        yield one
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(holds):
    async with asyncio.timeout(PATIENCE_S):
        while not await sync_to_async(holds)():
            await asyncio.sleep(0.02)


async def say(bus, *bodies):
    site = await nats_client.connect(
        bus.url("site-shanghai"), allow_reconnect=False, inbox_prefix=subjects.inbox("site-shanghai")
    )
    for body in bodies:
        await site.jetstream().publish(subjects.facts("shanghai"), body)
    await site.close()


async def test_facts_are_acted_on_in_order_whatever_lies_between(bus, transactional_shop):
    trial = await sync_to_async(booked)(transactional_shop)
    left = wire.CarHandedOver(trial=trial.pk, vin=trial.car_id, odometer_km=100, charge=0.8)
    back = wire.CarTakenIn(trial=trial.pk, vin=trial.car_id, bay="L1.B0302", odometer_km=140, charge=0.5)
    async with running(FactsFeed(bus.url("platform"))) as facts:
        await until(lambda: facts.connected)
        await asyncio.sleep(0.2)
        await say(bus, json(left), b"{ not json", b'{"kind": "of_tomorrow"}', json(left), json(back))
        await until(lambda: state_of(trial) == TrialState.RETURNED)
        await until(lambda: Incident.objects.filter(kind="unreadable_fact").count() == 1)


async def test_a_fault_of_ours_is_tried_again_and_then_put_before_a_person(bus, transactional_shop, monkeypatch):
    monkeypatch.setattr(feed, "RETRY_S", 0.05)
    monkeypatch.setattr(feed, "TRIES", 3)
    tries = []

    def broken(site, fact, now):
        tries.append(fact)
        raise RuntimeError("a bug")

    monkeypatch.setitem(site_facts.HANDLERS, "tower_released", broken)
    async with running(FactsFeed(bus.url("platform"))) as facts:
        await until(lambda: facts.connected)
        await asyncio.sleep(0.2)
        await say(bus, json(wire.TowerReleased(by="x")), json(wire.TowerHeld(reason="sensor", look_at="L1.B0101")))
        await until(lambda: Incident.objects.filter(kind="tower_held").exists())
    assert len(tries) == 3
    assert await sync_to_async(Incident.objects.filter(kind="fact_failed").count)() == 1


async def test_a_car_is_heard_over_mqtt_also_when_it_spoke_before(bus, transactional_shop):
    shop = transactional_shop
    (car,) = await sync_to_async(shop.add_cars)(1)
    word = CarState(
        vin=car.vin,
        charge=0.5,
        range_km=200,
        odometer_km=1,
        speed_kmh=0,
        locked=True,
        plugged=False,
        where="road",
        trip_km=1,
    )
    topic = subjects.car_state("shanghai", car.vin)
    host = bus.mqtt_url("cars").rpartition(":")[2]
    async with aiomqtt.Client("127.0.0.1", int(host), username="cars", password="test-password") as driver:
        await driver.publish(topic, b"nonsense")
        await driver.publish(topic, json(word), retain=True)
        async with running(CarsFeed(bus.mqtt_url("platform"))):
            await until(lambda: CarReading.objects.filter(car=car, charge=0.5).exists())
            await driver.publish(
                topic, json(word.model_copy(update={"id": uuid4(), "at": clock.timezone.now(), "charge": 0.4}))
            )
            await until(lambda: CarReading.objects.filter(car=car, charge=0.4).exists())


async def test_orders_reach_the_stream_in_order_and_once(bus, transactional_shop):
    shop = transactional_shop
    trial = await sync_to_async(booked)(shop)
    real = NatsPublisher(bus.url("platform"))

    def publish_twice():
        with publisher.replaced(real):
            sent = sites.publish_waiting(site="shanghai", now=shop.now)
            OutgoingOrder.objects.update(sent_at=None)
            return sent, sites.publish_waiting(site="shanghai", now=shop.now)

    assert await sync_to_async(publish_twice)() == (1, 1)
    site = await nats_client.connect(
        bus.url("site-shanghai"), allow_reconnect=False, inbox_prefix=subjects.inbox("site-shanghai")
    )
    inbox = await site.jetstream().pull_subscribe(
        subjects.orders("shanghai"), durable="site-shanghai", stream=subjects.ORDERS_STREAM
    )
    (message,) = await inbox.fetch(2, timeout=1)
    order = wire.order_adapter.validate_json(message.data)
    assert order.trial == trial.pk
    await site.close()


def booked(shop):
    start = shop.in_real_time()
    shop.add_cars(1)
    return shop.book(start=start)


def state_of(trial):
    trial.refresh_from_db()
    return trial.state


def json(message):
    return message.model_dump_json().encode()


async def test_a_site_asks_which_cars_would_do_and_is_answered_at_once(bus, transactional_shop):
    shop = transactional_shop

    def two():
        start = shop.in_real_time()
        cars = shop.add_cars(2)
        return shop.book(start=start), cars

    trial, cars = await sync_to_async(two)()
    (other,) = (car for car in cars if car.vin != trial.car_id)
    async with running(QuestionsFeed(bus.url("platform"))) as questions:
        await until(lambda: questions.connected)
        await asyncio.sleep(0.2)
        site = await nats_client.connect(
            bus.url("site-shanghai"), allow_reconnect=False, inbox_prefix=subjects.inbox("site-shanghai")
        )
        for body in (b"{ not json", json(AskCars(trial=trial.pk))):
            with contextlib.suppress(nats_client.errors.TimeoutError):
                reply = await site.request(subjects.ask_cars("shanghai"), body, timeout=1)
        answer = CarsAlike.model_validate_json(reply.data)
        assert (answer.trial, [(car.vin, car.plate) for car in answer.cars]) == (trial.pk, [(other.vin, other.plate)])
        await site.close()


async def test_an_answer_goes_to_the_inbox_of_who_asks_and_nowhere_else(bus, transactional_shop):
    """Or a site could have the platform write for it where it may not write itself."""
    trial = await sync_to_async(booked)(transactional_shop)
    heard = []

    async def hear(message):
        heard.append(message)

    async with running(QuestionsFeed(bus.url("platform"))) as questions:
        await until(lambda: questions.connected)
        await asyncio.sleep(0.2)
        watcher = await nats_client.connect(bus.url("platform"), allow_reconnect=False)
        await watcher.subscribe("from.>", cb=hear)
        await watcher.flush()
        site = await nats_client.connect(
            bus.url("site-shanghai"), allow_reconnect=False, inbox_prefix=subjects.inbox("site-shanghai")
        )
        ask = json(AskCars(trial=trial.pk))
        await site.publish(subjects.ask_cars("shanghai"), ask, reply="from.nanjing.facts")
        await site.request(subjects.ask_cars("shanghai"), ask, timeout=2)
        assert heard == [], "the later question was answered, the earlier was not"
        await site.close()
        await watcher.close()
