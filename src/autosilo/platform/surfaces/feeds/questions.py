"""What sites ask while somebody stands at a kiosk, answered at once or not at all: nothing is kept on the bus."""

import asyncio

import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from prometheus_client import Counter
from pydantic import ValidationError

from autosilo.platform.journey.booking.alike import cars_alike
from autosilo.platform.kit import clock
from autosilo.platform.surfaces.feeds.line import BusFeed
from autosilo.platform.surfaces.feeds.orm import DATABASE_AWAY, in_database
from autosilo.wire import subjects
from autosilo.wire.alike import MOST, AskCars, CarAlike, CarsAlike

log = structlog.get_logger(__name__)

LOOK_S = 5.0

_asked = Counter("autosilo_questions", "Questions of sites", ["outcome"])


class QuestionsFeed(BusFeed):
    """Each question when it comes."""

    name = "platform answers"

    async def _hear(self, bus: Client) -> None:
        await bus.subscribe(subjects.ask_cars("*"), queue="platform", cb=self._answer)
        while not bus.is_closed:
            await asyncio.sleep(LOOK_S)

    async def _answer(self, message: Msg) -> None:
        """A reply goes to the inbox of the site that asks, and nowhere else: a site must not write elsewhere by us."""
        site = message.subject.split(".")[1]
        if not message.reply.startswith(f"{subjects.inbox(subjects.site_user(site))}."):
            _asked.labels("no_inbox").inc()
            return
        try:
            ask = AskCars.model_validate_json(message.data)
            found = await in_database(_cars, site, ask)
        except ValidationError:
            log.warning("a question that cannot be understood", site=site)
            _asked.labels("unreadable").inc()
            return
        except DATABASE_AWAY as error:
            log.warning("the database is away, a question is not answered", error=type(error).__name__)
            _asked.labels("database_away").inc()
            return
        except Exception:
            log.exception("a question failed", site=site)
            _asked.labels("failed").inc()
            return
        await message.respond(found.model_dump_json().encode())
        _asked.labels("answered").inc()


def _cars(site: str, ask: AskCars) -> CarsAlike:
    cars = cars_alike(site=site, trial=ask.trial, now=clock.now())[:MOST]
    return CarsAlike(trial=ask.trial, cars=tuple(CarAlike(vin=car.vin, plate=car.plate) for car in cars))
