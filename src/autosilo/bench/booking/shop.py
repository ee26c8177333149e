"""One shopper after another through the pages, from signing in to the confirmed booking."""

import asyncio
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from urllib.parse import urlencode

from autosilo.bench.booking.http import Answer, Wire, request
from autosilo.bench.booking.spending import spending
from autosilo.bench.booking.stage import Stage
from autosilo.bench.booking.stock import MODELS, PAINTS, slots_utc
from autosilo.bench.booking.visitors import PASSWORD
from autosilo.bench.report import Figure
from autosilo.up.home import checkout

WARM_UP = 5
FORM = ("Content-Type", "application/x-www-form-urlencoded")


class Lost(Exception):
    """A page answered otherwise than the path expects."""


def figures(stage: Stage, *, first: int, count: int, sites: int) -> Iterator[Figure]:
    """The first shoppers warm the process up and are not counted."""
    _passwords(stage, first, count + WARM_UP)
    asyncio.run(_each(stage, range(first, first + WARM_UP), sites))
    before_s = _digests_s(stage)
    with spending(postgres=stage.server.pid, web=stage.serving.pid) as spent:
        requests = asyncio.run(_each(stage, range(first + WARM_UP, first + WARM_UP + count), sites))
    digest_ms = 1000 * (_digests_s(stage) - before_s) / count
    name = "(c) shop in HTML, sign-in to confirmation: CPU"
    yield Figure(
        name=f"{name} without the password's digest",
        value=round(spent.ms_each(count) - digest_ms, 1),
        unit="ms",
        target="<= 35",
        parts={**spent.parts_ms(count), "the digest, within web": round(digest_ms, 1)},
        baselines={"requests each": requests / count},
    )
    yield Figure(name=f"{name}, all of it", value=round(spent.ms_each(count), 1), unit="ms")


def _passwords(stage: Stage, first: int, count: int) -> None:
    subprocess.run(  # noqa: S603  our own command
        [sys.executable, "-m", "autosilo.bench.booking.visitors", str(first), str(count), "password"],
        env=dict(stage.environment),
        cwd=checkout(),
        capture_output=True,
        check=True,
    )


def _digests_s(stage: Stage) -> float:
    """CPU seconds that the web process has spent in passwords' digests, as it tells at its /metrics."""
    with urllib.request.urlopen(f"{stage.web}/metrics", timeout=10) as answer:  # noqa: S310  loopback, ours
        text = answer.read().decode()
    found = re.search(r"^autosilo_digest_cpu_seconds_total (\S+)$", text, re.MULTILINE)
    if found is None:
        raise Lost("the web process does not tell what digests cost")
    return float(found[1])


async def _each(stage: Stage, numbers: range, sites: int) -> int:
    return sum([await _Shopper(stage).book(number, sites) for number in numbers])


class _Shopper:
    """A browser that keeps cookies and follows redirects."""

    def __init__(self, stage: Stage) -> None:
        self._web, self._wire, self._cookies = stage.web, Wire(stage.web), dict[str, str]()
        self._requests = 0

    async def book(self, number: int, sites: int) -> int:
        model = f"model-{1 + number % MODELS}"
        page = await self._ask("GET", f"/login?next=/book/{model}")
        login = {"email": f"p{number}@example.org", "password": PASSWORD, "next": f"/book/{model}"}
        page = await self._ask("POST", f"/login?next=/book/{model}", {**_csrf(page), **login})
        wish = {
            "paint": f"paint-{1 + number // MODELS % PAINTS}",
            "site": f"site-{1 + number % sites}",
            "slot": slots_utc()[0].strftime("%Y-%m-%dT%H:%MZ"),
        }
        _expect(page, b'data-testid="picker"')
        held = await self._ask("POST", f"/book/{model}/hold", {**_csrf(page), **wish})
        _expect(held, b'data-testid="book-submit"')
        action = re.search(rb'action="(/trials/[0-9a-f-]+/confirm)"', held.body)
        if action is None:
            raise Lost("no form to confirm")
        booked = await self._ask("POST", action[1].decode(), {**_csrf(held), "agree": "yes"})
        _expect(booked, b'data-state="booked"')
        await self._wire.close()
        return self._requests

    async def _ask(self, method: str, path: str, form: dict[str, str] | None = None) -> Answer:
        headers = [("Cookie", "; ".join(f"{name}={value}" for name, value in self._cookies.items()))]
        body = b""
        if form is not None:
            headers += [FORM, ("Origin", self._web)]
            body = urlencode(form).encode()
        host = self._web.removeprefix("http://")
        self._requests += 1
        answer = await self._wire.ask(request(method, path, body=body, headers=headers, host=host))
        for name, value in re.findall(rb"(?i)set-cookie: ([^=]+)=([^;\r]*)", answer.headers):
            self._cookies[name.decode()] = value.decode()
        where = re.search(rb"(?i)\r\nlocation: ([^\r]+)", answer.headers)
        if answer.status in (302, 303) and where:
            return await self._ask("GET", where[1].decode())
        return answer


def _csrf(page: Answer) -> dict[str, str]:
    found = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', page.body)
    if found is None:
        raise Lost(f"{page.status}: no form")
    return {"csrfmiddlewaretoken": found[1].decode()}


def _expect(page: Answer, mark: bytes) -> None:
    if mark not in page.body:
        raise Lost(f"{page.status}: no {mark.decode()} in {re.sub(rb'<[^>]+>', b' ', page.body)[-600:]!r}")
