"""``autosilo bench visit``: the wall time of a whole visit, without motion and human beings, and who spent it."""

import asyncio
import random
import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import httpx

from autosilo.bench.command import Conditions
from autosilo.bench.report import Figure
from autosilo.bench.visit import bare, figures, pictures, story
from autosilo.bench.visit.people import Operator
from autosilo.bench.visit.spending import Meters, Stopwatch
from autosilo.meter import Part
from autosilo.tower.site_file import load_site
from autosilo.twin.wallet.authority import FOLDER
from autosilo.up import postgres
from autosilo.up.home import Home, checkout
from autosilo.up.keys import Keys
from autosilo.up.rehearsal import Shop, private_home, running

REPETITIONS = 8
"""Of both visits; an address may open twenty accounts an hour."""
QUICK_REPETITIONS = 2
PACE = 100.0
SITE = "shanghai"
SAMPLES = "samples"


def measure(conditions: Conditions) -> Sequence[Figure]:
    """Start a shop of its own at a high pace, live through visits one after another, each with fresh shoppers.

    One more of each visit comes first and is not counted: it opens models, connections and caches.
    """
    repetitions = QUICK_REPETITIONS if conditions.quick else REPETITIONS
    with private_home() as home, running(home, pace=PACE) as shop:
        shop.wait_ready()
        return of_shop(shop, repetitions=repetitions, seed=conditions.seed)


def of_shop(shop: Shop, *, repetitions: int, seed: int, pace: float = PACE) -> list[Figure]:
    """The figures of a demo shop that runs at ``pace``."""
    weights = shop.home / "weights"
    seen = pictures.take(_samples(shop), weights)
    database = postgres.url(shop.status()["ports"]["postgres"], Keys(Home(shop.home).secrets).get("postgres"))
    alone = bare.Alone(web=shop.web, database=database, pictures=seen, weights=weights)
    visits = _visits(shop, seen, alone, repetitions=repetitions, seed=seed, pace=pace)
    watch, polling = asyncio.run(visits)
    return [*figures.figures(watch.steps, alone.result()), polling]


async def _visits(
    shop: Shop, seen: pictures.Pictures, alone: bare.Alone, *, repetitions: int, seed: int, pace: float
) -> tuple[Stopwatch, Figure]:
    meters = Meters(
        {"web": shop.web, "site": shop.kiosk(SITE), **{name: shop.address(name) for name in ("worker", "feeds")}}
    )
    operator = Operator(shop.web, shop.demo["operator"])
    await operator.sign_in()
    stage = story.Stage(
        web=shop.web,
        kiosk_url=shop.kiosk(SITE),
        site=load_site(SITE, pace=pace),
        site_db=shop.home / "sites" / SITE / "site.db",
        authority=shop.home / FOLDER,
        models=_models(shop, seed),
        watch=Stopwatch(meters),
        pictures=seen,
        operator=operator,
    )
    begun, polled = time.perf_counter(), await meters.read(["site"])
    try:
        for number in range(repetitions + 1):
            _say(f"visit {number} of {repetitions}" if number else "warming up")
            if number == 1:
                stage.watch.steps.clear()
            await story.buy(stage)
            await story.give_back(stage)
            alone.look()  # holds up nobody: nothing else is under way now
        seconds = (await meters.read(["site"]))[Part.POLLING] - polled[Part.POLLING]
    finally:
        await operator.close()
        await meters.close()
    share = seconds / (time.perf_counter() - begun)
    return stage.watch, Figure(name="site: polling the PLC, of the whole time", value=round(100 * share, 1), unit="%")


def _models(shop: Shop, seed: int) -> tuple[str, ...]:
    """Every model on the first page, shuffled by the seed."""
    page = httpx.get(shop.web, timeout=30).text
    found = sorted(set(re.findall(r'href="/cars/([a-z0-9-]+)[?"]', page)))
    random.Random(seed).shuffle(found)  # noqa: S311  which cars are tried, not a secret
    return tuple(found)


def _samples(shop: Shop) -> Path:
    """Those of the usual home, if they are there; else they are fetched into the shop's own."""
    usual = checkout() / "var" / SAMPLES
    return usual if usual.is_dir() else shop.home / SAMPLES


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
