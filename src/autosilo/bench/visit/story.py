"""Two visits that are told again and again: one by face that ends with a purchase, one by pass that ends with a return.

Only what a visitor waits for is timed, without what takes place in the physical world or in a human being: typing,
walking, getting in. What the twins do in their place is outside every step, or subtracted as pure motion.
"""

import asyncio
import contextlib
import itertools
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from autosilo.bench.visit import motion
from autosilo.bench.visit.kiosk import Kiosk, Message
from autosilo.bench.visit.page import Form, Unexpected
from autosilo.bench.visit.people import NotTaken, Operator, Shopper
from autosilo.bench.visit.pictures import Pictures, perform
from autosilo.bench.visit.spending import Step, Stopwatch
from autosilo.tower.config import SiteConfig

LOOK_S = 0.005
TOLD_WITHIN_S = 60.0
MOST_TRIES = 4
"""Of a capture: as drawn from fixed frames, some people move too little for a movement to count."""

SERVED_NOW = (
    "julianday(collect_from) <= julianday('now',"
    " coalesce((SELECT value FROM setting WHERE name = 'clock.offset_s'), '0') || ' seconds')"
)
"""By the site's own clock, which follows the platform's a moment later."""

SCAN = "scan a photo"
JOIN = "join"
DETAILS = "details and membership"
CREDIT = "eligibility with credit"
BOOK = "book"
TOLD = "booking shown until the site expects the visitor"
CAPTURE = "face captured"
SEALED = "face accepted until the site knows it"
PASS = "pass"  # noqa: S105  the name of a page
FACE = "kiosk knows a face"
CODE = "kiosk knows pass and code"
FETCH = "fetch the car, over pure motion"
SHUT = "car gone until the gate is shut, over pure motion"
DRIVING = "handed over until the page shows it"
CONTRACT = "contract"
PAY = "pay"
PURCHASED = "paid until the page shows it"
OPEN_INTAKE = "open the intake, over pure motion"
STORE = "take the car in, over pure motion"
RETURNED = "taken in until the page shows it"

_COLLECT = (FETCH, SHUT, DRIVING)
BUYER = (
    *(SCAN, JOIN, DETAILS, CREDIT, BOOK, TOLD, CAPTURE, SEALED, PASS, FACE),
    *(*_COLLECT, CONTRACT, PAY, PURCHASED),
)
RETURNER = (JOIN, DETAILS, CREDIT, BOOK, TOLD, PASS, CODE, *_COLLECT, CODE, OPEN_INTAKE, STORE, RETURNED)
"""The steps of each visit, in order."""


def shopper_numbers() -> Callable[[], int]:
    """Counts from somewhere else in each run, so that one shop can be visited by several."""
    return itertools.count(time.time_ns() // 1000 % 10**6).__next__


@dataclass
class Stage:
    """Everything that visits take place on."""

    web: str
    kiosk_url: str
    site: SiteConfig
    site_db: Path
    authority: Path
    """Where the one that issues the shoppers' licences is kept."""
    models: tuple[str, ...]
    watch: Stopwatch
    pictures: Pictures
    operator: Operator
    next_number: Callable[[], int] = field(default_factory=shopper_numbers)

    @asynccontextmanager
    async def shopper(self) -> AsyncIterator[Shopper]:
        one = Shopper(self.web, self.next_number())
        try:
            yield one
        finally:
            await one.browser.close()

    @asynccontextmanager
    async def kiosk(self) -> AsyncIterator[Kiosk]:
        kiosk = await Kiosk.open(self.kiosk_url)
        try:
            yield kiosk
        finally:
            await kiosk.close()

    @asynccontextmanager
    async def page(self, name: str, who: Shopper, *waits_for: str) -> AsyncIterator[Step]:
        """A step that happens in the browser."""
        asked = who.browser.requests
        async with self.watch.step(name, *(waits_for or ("web",))) as step:
            yield step
            step.requests = who.browser.requests - asked


async def buy(stage: Stage) -> None:
    """From a photo on the street to a car of one's own, by face."""
    async with stage.shopper() as who:
        async with stage.page(SCAN, who):
            await who.scan(stage.pictures.street)
        await _book(stage, who)
        async with stage.watch.step(SEALED, "worker", "site") as sealed:
            known = await _be_captured(stage, who)
            sealed.wall_s = await known
        async with stage.page(PASS, who):
            await who.pass_and_code()
        await stage.operator.reach_next_pick_up()
        await _until_site_says(stage, who, SERVED_NOW)
        async with stage.kiosk() as kiosk:
            shown = perform(stage.pictures.at_the_gate, Random(who.name))  # noqa: S311  how somebody moves
            async with stage.watch.step(FACE, "site") as known_by_face:
                hello, known_by_face.wall_s = await kiosk.show_face(shown)
            await _collect(stage, who, kiosk, hello)
        async with stage.page(CONTRACT, who):
            payment = await who.accept_contract()
        async with stage.page(PAY, who):
            await who.pay(payment)
        async with stage.page(PURCHASED, who):
            await who.until_state("purchased")
        await _until_site_says(stage, who, "forgotten IS NOT NULL OR state = 'done'")


async def _be_captured(stage: Stage, who: Shopper) -> Awaitable[float]:
    """As often as it takes; the try that is taken counts. Returns what waits until the site knows the face."""
    for attempt in range(MOST_TRIES):
        how = Random(f"{who.name} at home {attempt}")  # noqa: S311  how somebody moves
        shown = perform(stage.pictures.at_home, how)
        with contextlib.suppress(NotTaken):
            async with stage.page(CAPTURE, who) as captured:
                captured.wall_s = await who.show_face(shown)
                return _from_now(_until_site_says(stage, who, "sealed IS NOT NULL"))
    raise Unexpected(f"{who.name}'s face was not taken in {MOST_TRIES} tries")


async def give_back(stage: Stage) -> None:
    """By pass and code, there and back."""
    async with stage.shopper() as who:
        await _book(stage, who)
        async with stage.page(PASS, who):
            token, code = await who.pass_and_code()
        await stage.operator.reach_next_pick_up()
        await _until_site_says(stage, who, SERVED_NOW)
        async with stage.kiosk() as kiosk:
            async with stage.watch.step(CODE, "site"):
                hello = await kiosk.show_pass(token, code)
            await _collect(stage, who, kiosk, hello)
        async with stage.kiosk() as kiosk:
            async with stage.watch.step(CODE, "site"):
                await kiosk.show_pass(token, code)
            await _return(stage, who, kiosk)


async def _book(stage: Stage, who: Shopper) -> None:
    async with stage.page(JOIN, who):
        await who.join()
    async with stage.page(DETAILS, who):
        await who.give_details()
    await who.prove_licence(stage.authority)  # by a phone, which is no step of ours
    picker = await _choose(stage, who)
    async with stage.watch.step(TOLD, "worker", "site") as told:
        async with stage.page(BOOK, who):
            await who.book(picker)
            expected = _from_now(_until_site_says(stage, who, "TRUE"))
        told.wall_s = await expected


async def _choose(stage: Stage, who: Shopper) -> Form:
    """The first car that is free here: model by model, paint by paint. The bureau is asked once, with the first one."""
    async with stage.page(CREDIT, who):
        page = await who.be_judged(stage.models[0], stage.site.slug)
    for model in stage.models:
        paints = dict.fromkeys(value for name, value in page.form("picker").choices if name == "paint")
        for paint in paints:
            page = await who.browser.get(f"/book/{model}", site=stage.site.slug, paint=paint)
            form = page.form("picker")
            if form.fields.get("site") == stage.site.slug and "to-confirm" not in form.disabled:
                return form
        following = stage.models[(stage.models.index(model) + 1) % len(stage.models)]
        page = await who.browser.get(f"/book/{following}", site=stage.site.slug)
    raise Unexpected("no car is free at this site")


async def _collect(stage: Stage, who: Shopper, kiosk: Kiosk, hello: Message) -> None:
    if who.name not in hello["greeting"]:
        raise Unexpected(f"the kiosk took {who.name} for somebody else")
    vin = str(hello["car"]["vin"])
    seen = await kiosk.tower()
    async with stage.watch.step(FETCH, "site") as fetch:
        begun = time.perf_counter()
        await kiosk.say("confirm")
        at, gate = await kiosk.until_screen("gate", phase="gate_open")
        fetch.wall_s = at - begun
        source = motion.place_of(seen, vin)
        fetch.motion_s = motion.fetch_s(stage.site, seen, source=source, station=gate["station"])
    left, _ = await kiosk.until_screen("gate", phase="leaving")
    async with stage.page(DRIVING, who, "feeds", "web") as driving:
        async with stage.watch.step(SHUT, "site") as shut:
            handed_over, _ = await kiosk.until_screen("done")
            shown = _from_now(who.until_state("driving"), since=handed_over)
            shut.wall_s = handed_over - left
            shut.motion_s = motion.shut_s(stage.site)
        driving.wall_s = await shown
    await kiosk.say("home")


async def _return(stage: Stage, who: Shopper, kiosk: Kiosk) -> None:
    async with stage.watch.step(OPEN_INTAKE, "site") as opening:
        begun = time.perf_counter()
        await kiosk.say("confirm")
        at, intake = await kiosk.until_screen("intake", phase="intake_open")
        opening.wall_s = at - begun
        opening.motion_s = stage.site.tower.gate.travel_s
    seen = await kiosk.tower()
    arrived, _ = await kiosk.until_screen("checks", phase="checking")
    async with stage.page(RETURNED, who, "feeds", "web") as returned:
        async with stage.watch.step(STORE, "site") as store:
            stored, thanks = await kiosk.until_screen("thanks")
            shown = _from_now(who.until_state("returned"), since=stored)
            store.wall_s = stored - arrived
            store.motion_s = motion.store_s(stage.site, seen, station=intake["station"], bay=thanks["station"])
        returned.wall_s = await shown
    await kiosk.say("home")


async def _until_site_says(stage: Stage, who: Shopper, condition: str) -> None:
    """Until the site's own store has this visit, and the condition holds. Read from beside, without asking the site."""
    end = time.monotonic() + TOLD_WITHIN_S
    sql = f"SELECT 1 FROM visit WHERE trial = ? AND ({condition})"  # noqa: S608  conditions are our own constants
    link = sqlite3.connect(f"file:{stage.site_db}?mode=ro", uri=True)
    try:
        while link.execute(sql, (str(who.trial),)).fetchone() is None:
            if time.monotonic() > end:
                raise Unexpected(f"the site was not told within {TOLD_WITHIN_S:g} s: {condition}")
            await asyncio.sleep(LOOK_S)
    finally:
        link.close()


def _from_now(event: Coroutine[None, None, None], *, since: float | None = None) -> "asyncio.Task[float]":
    """Begin to wait for something; the task's result is how many seconds after ``since`` it happened.

    So an event is timed from the moment that causes it, while the counters of the step before are still being read.
    """
    begun = time.perf_counter() if since is None else since

    async def wait() -> float:
        await event
        return time.perf_counter() - begun

    return asyncio.create_task(wait())
