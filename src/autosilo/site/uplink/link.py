"""The connection to NATS: outbox out, orders in, car states in, live frames and car commands out.

It connects and reconnects for ever. JetStream takes a fact once by its ``Nats-Msg-Id``; an order is acknowledged after
it was handled, and an order that cannot be understood is put aside and logged rather than blocking those behind it.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

import nats
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.errors import TimeoutError as NatsTimeout
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, RetentionPolicy, StreamConfig
from pydantic import ValidationError

from autosilo.meter import Part, spent
from autosilo.site.tasks import Retries, end, keep
from autosilo.site.uplink.outbox import Outbox
from autosilo.wire import subjects
from autosilo.wire.alike import AskCars, CarAlike, CarsAlike
from autosilo.wire.bus import Order, order_adapter
from autosilo.wire.cars import CarCommand, CarState
from autosilo.wire.movements import Movements
from autosilo.wire.video import Seen, Watch

log = structlog.get_logger(__name__)

CONNECT_TIMEOUT_S = 2
RETRY_S = 1.0
PUBLISH_TIMEOUT_S = 3.0
FETCH_WAIT_S = 5.0
CLOSE_S = 3.0
ASK_TIMEOUT_S = 1.0
"""Somebody stands at the kiosk: without an answer by then they get the car that was ordered."""
ACK_WAIT_S = 5.0
ORDER_TRIES = 8
"""An order that fails this often is a bug: put aside, so that those behind it are served."""
IDLE_S = 5.0
"""The outbox looks again after this long even when nobody woke it."""

OrderHandler = Callable[[Order], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Ears:
    """Who listens: orders are handled one after another; car states must be quick."""

    order: OrderHandler
    car: Callable[[CarState], None]
    movements: Callable[[Movements], Awaitable[None]]
    watch: Callable[[Watch], Awaitable[None]]


class Uplink:
    """One site's line to the bus."""

    def __init__(self, *, site: str, url: str, outbox: Outbox, ears: Ears) -> None:
        self._site = site
        self._user = subjects.site_user(site)
        self._url = url
        self._outbox = outbox
        self._ears = ears
        self._bus: Client | None = None
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def connected(self) -> bool:
        return self._bus is not None and self._bus.is_connected

    async def start(self) -> None:
        """Begin to connect; returns at once."""
        self._tasks = [asyncio.create_task(keep("uplink", self._run, site=self._site), name="uplink")]

    async def stop(self) -> None:
        while any(not task.done() for task in self._tasks):
            await end(tuple(self._tasks))
        if self._bus is not None:
            with contextlib.suppress(NatsError, OSError, asyncio.TimeoutError):
                await asyncio.wait_for(self._bus.close(), CLOSE_S)

    async def show(self, frame: bytes) -> None:
        """Publish a live frame; lost without harm when the line is down."""
        await self._tell(subjects.live(self._site), frame)

    async def share(self, movements: Movements) -> None:
        """Tell the other sites; lost without harm when the line is down."""
        await self._tell(subjects.movements(self._site), movements.model_dump_json().encode())

    async def seen(self, viewer: UUID, seen: Seen) -> None:
        """To the one who looks at a caller; lost without harm."""
        await self._tell(subjects.video(self._site, str(viewer)), seen.model_dump_json().encode())

    async def command(self, command: CarCommand) -> None:
        """Tell a car; the caller repeats it while it still holds."""
        topic = subjects.car_command(self._site, command.vin)
        await self._tell(subjects.as_subject(topic), command.model_dump_json().encode())

    async def cars_alike(self, trial: UUID) -> tuple[CarAlike, ...]:
        """Which cars would do as well for this visit; none when the platform cannot be asked just now."""
        if self._bus is None or not self.connected:
            return ()
        ask = AskCars(trial=trial).model_dump_json().encode()
        try:
            reply = await self._bus.request(subjects.ask_cars(self._site), ask, timeout=ASK_TIMEOUT_S)
            found = CarsAlike.model_validate_json(reply.data)
        except (TimeoutError, NatsError, OSError) as error:
            log.info("no other cars to choose from", trial=str(trial), error=type(error).__name__)
            return ()
        except ValidationError:
            log.warning("the platform said something that cannot be understood", subject="cars alike")
            return ()
        return found.cars if found.trial == trial else ()

    async def _tell(self, subject: str, body: bytes) -> None:
        if self._bus is None or not self.connected:
            return
        with contextlib.suppress(NatsError, OSError):
            await self._bus.publish(subject, body)

    # --- the line ---

    async def _run(self) -> None:
        if self._bus is None:
            self._bus = await self._connect()
        stream = self._bus.jetstream(timeout=PUBLISH_TIMEOUT_S)
        cars = subjects.as_subject(subjects.car_state(self._site, "+"))
        await self._bus.subscribe(cars, cb=self._hear_car)
        await self._bus.subscribe(subjects.movements("*"), cb=self._hear_movements)
        await self._bus.subscribe(subjects.watch(self._site), cb=self._hear_watch)
        # no TaskGroup: it asks its children to end once only, and the client may lose that (see tasks.end)
        self._tasks += [
            asyncio.create_task(self._for_ever("outbox", lambda: self._empty_outbox(stream))),
            asyncio.create_task(self._for_ever("orders", lambda: self._hear_orders(stream))),
        ]

    async def _connect(self) -> Client:
        while True:
            try:
                return await nats.connect(
                    self._url,
                    name=f"site {self._site}",
                    inbox_prefix=subjects.inbox(self._user),
                    connect_timeout=CONNECT_TIMEOUT_S,
                    reconnect_time_wait=RETRY_S,
                    max_reconnect_attempts=-1,
                    allow_reconnect=True,
                    error_cb=_quiet,
                    disconnected_cb=self._lost,
                    reconnected_cb=self._found,
                )
            except (TimeoutError, NatsError, OSError) as error:
                log.info("bus not there yet", error=type(error).__name__)
                await asyncio.sleep(RETRY_S)

    async def _for_ever(self, what: str, work: Callable[[], Awaitable[None]]) -> None:
        retries = Retries(what)
        while True:
            pause = RETRY_S
            try:
                await work()
            except (TimeoutError, NatsError, OSError) as error:
                log.info("bus is away", work=what, error=type(error).__name__)
            except Exception as error:
                pause = retries.failed(error, site=self._site)
            await asyncio.sleep(pause)

    async def _lost(self) -> None:
        log.warning("bus lost")

    async def _found(self) -> None:
        log.info("bus back")
        self._outbox.ready.set()

    # --- facts ---

    async def _empty_outbox(self, stream: JetStreamContext) -> None:
        await ensure_streams(stream)
        while True:
            self._outbox.ready.clear()
            while letters := self._outbox.oldest():
                for letter in letters:
                    with spent(Part.BUS):
                        await stream.publish(
                            subjects.facts(self._site), letter.body, headers={"Nats-Msg-Id": str(letter.id)}
                        )
                    self._outbox.sent(letter)
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._outbox.ready.wait(), IDLE_S)

    # --- orders ---

    async def _hear_orders(self, stream: JetStreamContext) -> None:
        await ensure_streams(stream)
        inbox = await stream.pull_subscribe(
            subjects.orders(self._site),
            durable=self._user,
            stream=subjects.ORDERS_STREAM,
            config=ConsumerConfig(ack_policy=AckPolicy.EXPLICIT, ack_wait=ACK_WAIT_S, max_ack_pending=1),
        )
        try:
            while True:
                with contextlib.suppress(NatsTimeout, asyncio.TimeoutError):
                    for msg in await inbox.fetch(1, timeout=FETCH_WAIT_S):
                        await self._handle(msg)
        finally:
            with contextlib.suppress(NatsError, OSError):
                await inbox.unsubscribe()

    async def _handle(self, msg: Msg) -> None:
        try:
            order = order_adapter.validate_json(msg.data)
        except ValidationError as error:
            fields = [".".join(map(str, problem["loc"])) for problem in error.errors(include_input=False)]
            log.error("an order that cannot be understood was put aside", fields=fields)
            await msg.term()
            return
        try:
            await self._ears.order(order)
        except Exception:
            tries = msg.metadata.num_delivered
            log.exception("an order failed", kind=order.kind, msg=str(order.id), tries=tries)
            await (msg.term() if tries >= ORDER_TRIES else msg.nak(delay=RETRY_S * tries))
            return
        await msg.ack()

    async def _hear_car(self, msg: Msg) -> None:
        try:
            self._ears.car(CarState.model_validate_json(msg.data))
        except ValidationError:
            log.warning("a car said something that cannot be understood", subject=msg.subject)

    async def _hear_movements(self, msg: Msg) -> None:
        if msg.subject == subjects.movements(self._site):
            return
        try:
            await self._ears.movements(Movements.model_validate_json(msg.data))
        except ValidationError:
            log.warning("a site said something that cannot be understood", subject=msg.subject)

    async def _hear_watch(self, msg: Msg) -> None:
        try:
            await self._ears.watch(Watch.model_validate_json(msg.data))
        except ValidationError:
            log.warning("the platform said something that cannot be understood", subject=msg.subject)


async def ensure_streams(stream: JetStreamContext) -> None:
    """Create what is missing; an existing stream is left as it is."""
    for wanted in subjects.STREAMS:
        try:
            await stream.stream_info(wanted.name)
        except nats.js.errors.NotFoundError:
            await stream.add_stream(
                StreamConfig(
                    name=wanted.name,
                    subjects=list(wanted.subjects),
                    max_age=wanted.max_age_s,
                    max_bytes=wanted.max_bytes,
                    duplicate_window=wanted.duplicate_window_s,
                    retention=RetentionPolicy.WORK_QUEUE if wanted.until_acknowledged else RetentionPolicy.LIMITS,
                )
            )


async def _quiet(error: Exception) -> None:
    log.info("bus trouble", error=type(error).__name__)
