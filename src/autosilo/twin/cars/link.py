"""The cars' line to the world: MQTT with a session that the broker keeps, so that no command is lost."""

import asyncio
import time
from urllib.parse import unquote, urlsplit

import aiomqtt
import structlog
from pydantic import ValidationError

from autosilo.twin.cars.driver import Drivers
from autosilo.twin.cars.garage import Garage, state_of
from autosilo.wire.cars import CarCommand
from autosilo.wire.subjects import car_command, car_state

CLIENT_ID = "autosilo-cars"
QOS = 1
RECONNECT_S = 1.0
LOOK_S = 0.2
# Seconds between two states of a car that has no other news.
PERIOD_S = {"road": 3.0, "parked": 15.0, "tower": 60.0}

log = structlog.get_logger()


class Link:
    """Tells states, hears commands, connects again when the broker was away."""

    def __init__(self, url: str, garage: Garage) -> None:
        where = urlsplit(url)
        self._host, self._port = where.hostname or "127.0.0.1", where.port or 1883
        self._user = unquote(where.username) if where.username else None
        self._password = unquote(where.password) if where.password else None
        self._garage = garage
        self._due: dict[str, float] = {}

    def tell(self, vin: str) -> None:
        """This car has news."""
        self._due[vin] = 0.0

    async def run(self, drivers: Drivers) -> None:
        """Until cancelled."""
        while True:
            try:
                async with self._client() as client:
                    await client.subscribe(car_command("+", "+"), qos=QOS)
                    log.info("connected", host=self._host, port=self._port)
                    self._due.clear()
                    async with asyncio.TaskGroup() as both:
                        both.create_task(self._listen(client, drivers))
                        both.create_task(self._speak(client))
            except* aiomqtt.MqttError as error:
                log.warning("disconnected", reason=str(error.exceptions[0]))
            await asyncio.sleep(RECONNECT_S)

    def _client(self) -> aiomqtt.Client:
        return aiomqtt.Client(
            self._host,
            self._port,
            username=self._user,
            password=self._password,
            identifier=CLIENT_ID,
            clean_session=False,
            protocol=aiomqtt.ProtocolVersion.V311,
        )

    async def _listen(self, client: aiomqtt.Client, drivers: Drivers) -> None:
        async for message in client.messages:
            _, site, vin, _ = str(message.topic).split("/")
            try:
                command = CarCommand.model_validate_json(bytes(message.payload))
            except (ValidationError, TypeError) as error:
                log.warning("command_unreadable", topic=str(message.topic), reason=str(error))
                continue
            drivers.hear(site, vin, command)

    async def _speak(self, client: aiomqtt.Client) -> None:
        """The car whose word is most overdue first, so that news never waits behind the minute's round."""
        while True:
            vin = min(self._garage.cars, key=self._when, default=None)
            if vin is None or self._when(vin) > time.monotonic():
                await asyncio.sleep(LOOK_S)
                continue
            await self._publish(client, vin)

    def _when(self, vin: str) -> float:
        return self._due.get(vin, 0.0)

    async def _publish(self, client: aiomqtt.Client, vin: str) -> None:
        found = self._garage.find(vin)
        if found is None:
            return
        record, car = found
        self._due[vin] = time.monotonic() + PERIOD_S[record.where]
        payload = state_of(record, car).model_dump_json()
        await client.publish(car_state(car.site, vin), payload, qos=QOS, retain=True)
