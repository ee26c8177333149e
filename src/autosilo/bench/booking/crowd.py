"""A sale: thousands come at the same moment for a few cars, each by the shop's own button."""

import asyncio
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import quantiles
from urllib.parse import urlencode

from autosilo.bench.booking.http import Wire, request
from autosilo.bench.booking.spending import Spent, spending
from autosilo.bench.booking.stage import Stage
from autosilo.bench.booking.stock import CARS_PER_WISH, slots_utc
from autosilo.bench.report import Figure
from autosilo.up.home import checkout

MODEL, PAINT, SITE = "model-2", "paint-1", "site-2"
CSRF = "a" * 32
ASK_AGAIN_S = 5.0
GIVE_UP_S = 120.0


@dataclass
class Rush:
    """What became of everybody. Seconds since all were let go; ``first_s``: until each one's first answer."""

    shoppers: int
    spent: Spent
    first_s: list[float] = field(default_factory=list)
    held_s: list[float] = field(default_factory=list)
    ends: Counter[str] = field(default_factory=Counter)
    waited: int = 0
    last_s: float = 0.0


def sessions(stage: Stage, *, first: int, count: int) -> list[str]:
    """Of signed-in shoppers."""
    done = subprocess.run(  # noqa: S603  our own command
        [sys.executable, "-m", "autosilo.bench.booking.visitors", str(first), str(count)],
        env=dict(stage.environment),
        cwd=checkout(),
        capture_output=True,
        text=True,
        check=True,
    )
    return [line for line in done.stdout.splitlines() if len(line) == 32]


def rush(stage: Stage, keys: Sequence[str]) -> Rush:
    """Everybody presses the button; who gets a place in the line presses again every five seconds."""
    start = slots_utc()[0]
    with spending(postgres=stage.server.pid, web=stage.serving.pid) as spent:
        result = Rush(len(keys), spent)
        asyncio.run(_all(stage, keys, start, result))
    return result


def figures(stage: Stage, result: Rush) -> Iterator[Figure]:
    """Against the database's own word."""
    with stage.connect() as link:
        where = "car_model_id = %s AND site_id = %s AND state IN ('held', 'booked')"
        row = link.execute(f"SELECT count(*), count(DISTINCT car_id) FROM trial_trial WHERE {where}", [MODEL, SITE])  # noqa: S608
        kept, cars = row.fetchone() or (0, 0)
    held = len(result.held_s)
    name = f"(a) {result.shoppers} at once, {CARS_PER_WISH} cars"
    yield Figure(name=f"{name}: oversold", value=int(str(kept)) - int(str(cars)), unit="", target="== 0")
    yield Figure(name=f"{name}: holds lost", value=abs(held - int(str(kept))), unit="", target="== 0")
    yield Figure(name=f"{name}: holds", value=held, unit="", target=f"== {CARS_PER_WISH}")
    yield Figure(name=f"{name}: last hold after", value=round(max(result.held_s), 2), unit="s", target="<= 2")
    cut = quantiles(result.first_s, n=100)
    yield Figure(
        name=f"{name}: an answer, p99",
        value=round(cut[98], 2),
        unit="s",
        target="<= 6",
        baselines={"median": round(cut[49], 2), "slowest": round(max(result.first_s), 2)},
    )
    yield Figure(name=f"{name}: without a clear answer", value=result.ends["unclear"], unit="", target="== 0")
    yield Figure(name=f"{name}: had to wait in the line", value=result.waited, unit="")
    yield Figure(name=f"{name}: everybody knows after", value=round(result.last_s, 2), unit="s")
    yield Figure(
        name=f"{name}: CPU of all processes for each shopper",
        value=round(result.spent.ms_each(result.shoppers), 2),
        unit="ms",
        parts=result.spent.parts_ms(result.shoppers),
    )


async def _all(stage: Stage, keys: Sequence[str], start: datetime, result: Rush) -> None:
    form = {"csrfmiddlewaretoken": CSRF, "paint": PAINT, "site": SITE, "slot": start.strftime("%Y-%m-%dT%H:%MZ")}
    body = urlencode(form).encode()
    begun = time.perf_counter()
    await asyncio.gather(*(_shopper(stage, key, body, begun, result) for key in keys))
    result.last_s = time.perf_counter() - begun


async def _shopper(stage: Stage, key: str, body: bytes, begun: float, result: Rush) -> None:
    host = stage.web.removeprefix("http://")
    headers = [
        ("Cookie", f"sessionid={key}; csrftoken={CSRF}"),
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("Origin", stage.web),
    ]
    wire, asked = Wire(stage.web), request("POST", f"/book/{MODEL}/hold", body=body, headers=headers, host=host)
    waited = False
    try:
        while time.perf_counter() - begun < GIVE_UP_S:
            answer = await wire.ask(asked)
            now = time.perf_counter() - begun
            if not waited:
                result.first_s.append(now)
            if answer.status == 202:
                result.waited += not waited
                waited = True
                await asyncio.sleep(ASK_AGAIN_S)
                continue
            result.ends[_end(answer.status, answer.headers, answer.body)] += 1
            if answer.status == 303:
                result.held_s.append(now)
            return
        result.ends["unclear"] += 1
    except (OSError, asyncio.IncompleteReadError):
        result.ends["unclear"] += 1
    finally:
        await wire.close()


def _end(status: int, head: bytes, body: bytes) -> str:
    if status == 303 and b"/trials/" in head:
        return "held"
    if status == 409 and b"counter-sold_out" in body:
        return "sold out"
    return "unclear"
