"""The stream of facts, one after another, acknowledged after the commit.

Order matters to what follows ("nothing earlier can come any more"), so only one fact is under way at a time: one that
fails is tried again before the next. A fault of ours that stays is put before a person and let go after some tries; a
database that is away is waited for.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import datetime

import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.errors import TimeoutError as NatsTimeout
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from prometheus_client import Counter, Gauge

from autosilo.platform.journey.flow import site_facts
from autosilo.platform.kit import clock
from autosilo.platform.resources.incidents.actions import open_incident
from autosilo.platform.resources.sites.bus import ensure_streams
from autosilo.platform.surfaces.feeds.line import RETRY_S, BusFeed
from autosilo.platform.surfaces.feeds.orm import DATABASE_AWAY, in_database
from autosilo.wire import subjects

log = structlog.get_logger(__name__)

DURABLE = "platform"
ALL_SITES = subjects.facts("*")
FETCH_WAIT_S = 5.0
ACK_WAIT_S = 5.0
"""How soon a fact comes again that a killed feeds process had in hand; longer work says that it is under way."""
TRIES = 6
"""A fact on which we fail so often shows a bug: a person gets it, and those behind it are served."""

_received = Counter("autosilo_facts_received", "Facts from sites", ["outcome"])
_waiting = Gauge("autosilo_facts_waiting", "Facts in the stream that are not acted on yet")
_last = Gauge("autosilo_facts_last_seconds", "When the last fact was acted on, seconds since the epoch")


class FactsFeed(BusFeed):
    """One fact after another."""

    name = "platform feeds"

    async def _hear(self, bus: Client) -> None:
        await ensure_streams(bus)
        inbox = await bus.jetstream().pull_subscribe(
            ALL_SITES,
            durable=DURABLE,
            stream=subjects.FACTS_STREAM,
            config=ConsumerConfig(
                ack_policy=AckPolicy.EXPLICIT,
                ack_wait=ACK_WAIT_S,
                deliver_policy=DeliverPolicy.ALL,
                max_ack_pending=1,
            ),
        )
        log.info("listening to facts")
        while True:
            with contextlib.suppress(NatsTimeout, asyncio.TimeoutError):
                for message in await inbox.fetch(1, timeout=FETCH_WAIT_S):
                    await self._handle(message)

    async def _handle(self, message: Msg) -> None:
        site = message.subject.split(".")[1]
        try:
            async with _under_way(message):
                outcome = await in_database(_receive, site, message.data)
        except DATABASE_AWAY as error:
            log.warning("the database is away, the fact waits", error=type(error).__name__)
            _received.labels("database_away").inc()
            await message.nak(delay=RETRY_S)
            return
        except Exception as error:
            await self._failed(message, site, error)
            return
        await message.ack()
        _received.labels(outcome.value).inc()
        _waiting.set(message.metadata.num_pending or 0)
        _last.set_to_current_time()

    async def _failed(self, message: Msg, site: str, error: Exception) -> None:
        tries = message.metadata.num_delivered
        log.exception("a fact failed", site=site, tries=tries)
        _received.labels("failed").inc()
        if tries < TRIES:
            await message.nak(delay=RETRY_S)
            return
        await in_database(_give_to_a_person, site, message.metadata.sequence.stream, type(error).__name__)
        await message.term()


def _receive(site: str, body: bytes) -> site_facts.Outcome:
    return site_facts.receive(site_slug=site, body=body, now=clock.now())


def _give_to_a_person(site: str, sequence: int, error: str) -> None:
    now: datetime = clock.now()
    detail = {"site": site, "sequence": sequence, "error": error}
    open_incident(key=f"fact-failed:{sequence}", kind="fact_failed", site=None, trial=None, detail=detail, now=now)


@contextlib.asynccontextmanager
async def _under_way(message: Msg) -> AsyncIterator[None]:
    """While the block runs the server does not give the message out again."""

    async def say() -> None:
        while True:
            await asyncio.sleep(ACK_WAIT_S / 3)
            with contextlib.suppress(NatsError):
                await message.in_progress()

    saying = asyncio.create_task(say())
    try:
        yield
    finally:
        saying.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await saying
