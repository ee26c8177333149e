"""What a site would be like with other numbers: asks ``autosilo plan``, a process of its own (docs/decisions/0014)."""

import json
import subprocess
import sys
import threading
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from autosilo.platform.resources.fleet.models import Car, CarState
from autosilo.platform.resources.sites.models import Site
from autosilo.tower.config import SiteConfig
from autosilo.tower.site_file import SiteFileError, load_site, sites_folder

DAYS = 14
"""Enough for figures that hold still, and an answer in seconds."""
TIME_LIMIT_S = 30.0
PATIENCE_S = 10.0
"""So long an answer waits for the one before it."""
MOST_LIFTS, MOST_FLOORS, MOST_BAYS_A_LIFT = 6, 30, 6
MOST_CARS, MOST_CHARGERS, MOST_PICKUPS = 900, 300, 400
_ONE_AT_A_TIME = threading.BoundedSemaphore(1)


class CannotPlan(Exception):
    """Safe to show."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """Where the sliders stand. ``booked``: per cent of pick-ups."""

    lifts: int
    floors: int
    delivery_bays: int
    cars: int
    chargers: int
    pickups: int
    booked: int


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What ``autosilo plan --json`` says about one design. ``plots``: SVG texts by name."""

    outcome: dict[str, Any]
    plots: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """A design and its neighbours, the cheapest first. ``advice``: one sentence; ``service``: SVG text of cost against
    service."""

    outcomes: list[dict[str, Any]]
    advice: str
    service: str


def site_as_it_is(site: Site) -> SiteConfig:
    """Its file. Raises ``CannotPlan``."""
    try:
        return load_site(site.slug, pace=1)
    except SiteFileError as error:
        raise CannotPlan(_("The file of this site cannot be read.")) from error


def wish_as_it_is(site: Site) -> Wish:
    """Where the sliders stand first: the machine of the site file, the cars of the fleet. Raises ``CannotPlan``."""
    tower = site_as_it_is(site).tower
    cars = max(1, _cars(site).count())
    delivery_bays = sum(station.role == "delivery" for lift in tower.lifts for station in lift.stations)
    return Wish(
        lifts=min(len(tower.lifts), MOST_LIFTS),
        floors=min(tower.floors, MOST_FLOORS),
        delivery_bays=min(max(1, delivery_bays // len(tower.lifts)), MOST_BAYS_A_LIFT),
        cars=min(cars, MOST_CARS),
        chargers=0,
        pickups=min(max(1, cars // 5), MOST_PICKUPS),
        booked=60,
    )


def plan(*, site: Site, wish: Wish, language: str) -> Answer:
    """Simulate one design. Raises ``CannotPlan`` when it cannot be built, takes too long, or too many ask at once."""
    content = _ask(site, wish, language, "--processes", "1")
    return Answer(outcome=content["outcomes"][0], plots=content["plots"])


def compare(*, site: Site, wish: Wish, language: str) -> Comparison:
    """Simulate the design, and what lies around it: a lift, and a delivery bay a lift, more or less; in a process for
    each core. Raises as ``plan``."""
    content = _ask(site, wish, language, "--around")
    asked, advised = content["outcomes"][0], content["advised"]
    outcomes = [
        one | {"asked": one is asked, "advised": number == advised} for number, one in enumerate(content["outcomes"])
    ]
    outcomes.sort(key=lambda one: (one["cost"], one["wait_p95_s"]))
    return Comparison(outcomes=outcomes, advice=content["advice"], service=content["plots"]["service"])


def _ask(site: Site, wish: Wish, language: str, *options: str) -> dict[str, Any]:
    """What ``autosilo plan --json`` says. Raises ``CannotPlan``."""
    site_as_it_is(site)
    command = [
        *(sys.executable, "-m", "autosilo.cli", "plan", "--json", "--demand", "-"),
        *("--site", str(sites_folder() / f"{site.slug}.toml"), "--days", str(DAYS)),
        *("--lifts", str(wish.lifts), "--floors", str(wish.floors)),
        *("--delivery-bays", str(wish.delivery_bays * wish.lifts)),
        *("--cars", str(wish.cars), "--chargers", str(wish.chargers)),
        *("--language", "zh-hans" if language.startswith("zh") else "en"),
        *options,
    ]
    if not _ONE_AT_A_TIME.acquire(timeout=PATIENCE_S):
        raise CannotPlan(_("Somebody else is planning just now. Please try again."))
    try:
        done = subprocess.run(  # noqa: S603  our own command; numbers and a known slug
            command, input=json.dumps(_demand(site, wish)), capture_output=True, text=True, timeout=TIME_LIMIT_S
        )
    except subprocess.TimeoutExpired as error:
        raise CannotPlan(_("This takes too long here. Use the command line for designs of this size.")) from error
    finally:
        _ONE_AT_A_TIME.release()
    if done.returncode != 0:
        raise CannotPlan(_("This design cannot be built: %(why)s") % {"why": done.stderr.strip()[-300:]})
    content: dict[str, Any] = json.loads(done.stdout)
    return content


def _cars(site: Site) -> Any:
    return Car.objects.filter(site=site, state=CarState.IN_SERVICE)


def _demand(site: Site, wish: Wish) -> dict[str, Any]:
    """The site's own models, each wanted as often as it is there."""
    rows = _cars(site).values("model__slug").annotate(count=Count("vin")).order_by("model__slug")
    models = [{"name": row["model__slug"], "cars": row["count"], "share": row["count"]} for row in rows]
    return {
        "pickups": {"a_day": wish.pickups},
        "booking": {"share": wish.booked / 100.0},
        "models": models or [{"name": "car", "cars": 1, "share": 1}],
        "charging": {"power_kw": 22.0},
    }
