"""The API under load: bookings with ample stock, and answers about what is free."""

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

import httpx

from autosilo.bench.booking import http
from autosilo.bench.booking.domain import WARM_UP
from autosilo.bench.booking.spending import Spent, spending
from autosilo.bench.booking.stage import Stage
from autosilo.bench.booking.stock import CARS_PER_WISH, MODELS, PAINTS, PROGRAM, SECRET, slots_utc
from autosilo.up.home import checkout

WIRES = 16
PROCESSES = 2
DOMAIN = (sys.executable, "-m", "autosilo.bench.booking.domain")


@dataclass(frozen=True)
class Load:
    """``count`` of them were done; what they cost."""

    count: int
    spent: Spent

    @property
    def rate(self) -> float:
        return self.count / self.spent.wall_s

    @property
    def cpu_ms(self) -> float:
        return self.spent.ms_each(self.count)


class Wrong(Exception):
    """An answer that a measurement must not count."""


def token(stage: Stage) -> str:
    form = {"grant_type": "client_credentials", "client_id": PROGRAM, "client_secret": SECRET}
    answer = httpx.post(f"{stage.web}/api/v1/oauth/token", data=form, timeout=30)
    answer.raise_for_status()
    return str(answer.json()["access_token"])


def bookings(stage: Stage, *, first: int, count: int, sites: int, warm_up: int = 50) -> Load:
    """So many accepted bookings, each by another shopper, spread over all that can be wished for."""
    bearer = token(stage)
    requests = [_booking(number, sites, bearer, slots_utc()) for number in range(first, first + warm_up + count)]
    _check(asyncio.run(http.everything(stage.web, requests[:warm_up], wires=WIRES)), 201)
    with _watched(stage) as spent:
        answers = asyncio.run(http.everything(stage.web, requests[warm_up:], wires=WIRES))
    _check(answers, 201)
    return Load(count, spent)


def domain(stage: Stage, *, first: int, count: int, sites: int) -> Load:
    """The domain's action without HTTP, in two processes with two connections each."""
    share = count // PROCESSES
    starts = [one.isoformat() for one in slots_utc()]
    workers = [
        subprocess.Popen(  # noqa: S603  our own command
            [*DOMAIN, str(first + n * share), str(share), str(first + count + n * WARM_UP), str(sites), *starts],
            env=dict(stage.environment),
            cwd=checkout(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        for n in range(PROCESSES)
    ]
    lines = [worker.stdout for worker in workers]
    assert all(lines)  # noqa: S101  they were asked for
    for line in lines:
        _until(line, "ready")
    pids = {f"domain-{n}": worker.pid for n, worker in enumerate(workers)}
    with spending(postgres=stage.server.pid, **pids) as spent:
        for worker in workers:
            assert worker.stdin is not None  # noqa: S101
            worker.stdin.write("go\n")
            worker.stdin.flush()
        made = sum(int(_until(line, r"\d+")) for line in lines)
    for worker in workers:
        worker.communicate()
    return Load(made, spent)


def availability(stage: Stage, *, count: int, sites: int, cached: bool, paint: str = "") -> Load:
    """So many answers; each looks at the database unless ``cached``."""
    headers = [] if cached else [("Cache-Control", "no-cache")]
    requests = []
    for number in range(count):
        query = {"model": f"model-{1 + number % MODELS}", "site": f"site-{1 + number // MODELS % sites}"}
        if cached:
            query = {"model": "model-1", "site": "site-1"}
        if paint:
            query["paint"] = paint
        requests.append(http.request("GET", f"/api/v1/availability?{urlencode(query)}", headers=headers))
    _check(asyncio.run(http.everything(stage.web, requests[:50], wires=WIRES)), 200)
    with _watched(stage) as spent:
        answers = asyncio.run(http.everything(stage.web, requests, wires=WIRES))
    _check(answers, 200)
    return Load(count, spent)


def refusals(stage: Stage, *, first: int, count: int) -> Load:
    """Bookings of what is sold out: each is refused, and nothing else."""
    bearer = token(stage)
    start = slots_utc()[0]
    requests = [
        _request(number, "model-1", "paint-1", "site-1", start, bearer) for number in range(first, first + count + 50)
    ]
    _check(asyncio.run(http.everything(stage.web, requests[:50], wires=WIRES)), 409)
    with _watched(stage) as spent:
        answers = asyncio.run(http.everything(stage.web, requests[50:], wires=WIRES))
    _check(answers, 409)
    return Load(count, spent)


def _watched(stage: Stage):  # type: ignore[no-untyped-def]  # a context manager of spending's own type
    return spending(postgres=stage.server.pid, web=stage.serving.pid)


def _booking(number: int, sites: int, bearer: str, starts: Sequence[datetime]) -> bytes:
    wishes = sites * MODELS * PAINTS
    place = number % wishes
    rest = place // sites
    start = starts[number // (wishes * CARS_PER_WISH) % len(starts)]
    return _request(
        number, f"model-{1 + rest % MODELS}", f"paint-{1 + rest // MODELS}", f"site-{1 + place % sites}", start, bearer
    )


def _request(number: int, model: str, paint: str, site: str, start: datetime, bearer: str) -> bytes:
    wish = {"shopper": f"s{number}", "model": model, "paint": paint, "site": site, "slot_start": start.isoformat()}
    headers = [
        ("Authorization", f"Bearer {bearer}"),
        ("Content-Type", "application/json"),
        ("Idempotency-Key", f"bench-{number}"),
    ]
    body = json.dumps(wish | {"confirm": True}).encode()
    return http.request("POST", "/api/v1/bookings", body=body, headers=headers)


def _check(answers: Sequence[http.Answer], status: int) -> None:
    wrong = [one for one in answers if one.status != status]
    if wrong:
        raise Wrong(f"{len(wrong)} of {len(answers)} answers, such as {wrong[0].status} {wrong[0].body[:300]!r}")


def _until(lines: object, wanted: str) -> str:
    """Skip log lines."""
    for line in lines:  # type: ignore[attr-defined]  # a text stream
        if re.fullmatch(wanted, line.strip()):
            return str(line).strip()
    raise Wrong("a process of the domain's bench ended early")
