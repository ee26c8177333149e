"""The cars' own words over MQTT: the latest of each is kept.

The broker retains them, so a restart misses nothing.
"""

import asyncio
from urllib.parse import unquote, urlsplit

import aiomqtt
import structlog
from prometheus_client import Counter
from pydantic import ValidationError

from autosilo.platform.journey.booking import readiness
from autosilo.platform.kit import clock
from autosilo.platform.resources.telemetry import actions as telemetry
from autosilo.platform.surfaces.feeds.orm import DATABASE_AWAY, in_database
from autosilo.wire import subjects
from autosilo.wire.cars import CarState

log = structlog.get_logger(__name__)

EVERY_CAR = subjects.car_state("+", "+")
RETRY_S = 2.0
MQTT_PORT = 1883

_heard = Counter("autosilo_car_states", "Words of cars", ["outcome"])


class CarsFeed:
    """Connects and reconnects for ever."""

    def __init__(self, url: str) -> None:
        where = urlsplit(url)
        self._host = where.hostname or "127.0.0.1"
        self._port = where.port or MQTT_PORT
        self._user = unquote(where.username or "") or None
        self._password = unquote(where.password or "") or None
        self.connected = False

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self._listen()
            except aiomqtt.MqttError as error:
                log.info("cars cannot be heard", error=type(error).__name__)
            except Exception:
                log.exception("cars feed failed, starting again")
            finally:
                self.connected = False
            await asyncio.sleep(RETRY_S)

    async def _listen(self) -> None:
        async with aiomqtt.Client(
            self._host, self._port, username=self._user, password=self._password, identifier="autosilo-feeds"
        ) as client:
            await client.subscribe(EVERY_CAR)
            self.connected = True
            log.info("listening to cars")
            async for message in client.messages:
                await self._hear(str(message.topic), bytes(message.payload))

    async def _hear(self, topic: str, body: bytes) -> None:
        _heard.labels(await self._outcome(topic, body)).inc()

    async def _outcome(self, topic: str, body: bytes) -> str:
        try:
            state = CarState.model_validate_json(body)
        except ValidationError:
            log.warning("a car said something that cannot be understood", topic=topic)
            return "unreadable"
        if topic.split("/")[2] != state.vin:
            log.warning("a car speaks for another", topic=topic)
            return "not_its_own"
        try:
            kept = await in_database(_record, state)
        except DATABASE_AWAY:
            return "database_away"  # the next word comes soon
        return "kept" if kept else "ignored"


def _record(state: CarState) -> bool:
    now = clock.now()
    if telemetry.record(state=state, now=now) is None:
        return False
    if state.where == "tower":
        readiness.heard(vin=state.vin, charge=state.charge, now=now)
    return True
