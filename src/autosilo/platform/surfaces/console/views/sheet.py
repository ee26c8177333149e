"""Sheets to print: how a car is brought down by hand when all is dead, and the bay list of the whole tower."""

from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from autosilo.platform.kit import clock
from autosilo.platform.resources.sites.models import Site
from autosilo.platform.resources.towers import queries as towers
from autosilo.platform.surfaces.console.access import Right, StaffRequest, needs
from autosilo.platform.surfaces.console.pages import page
from autosilo.platform.surfaces.console.queries.tower import CarInTower, cars_of
from autosilo.platform.surfaces.console.tower_words import step_words
from autosilo.platform.surfaces.console.views.books import SECTION
from autosilo.platform.surfaces.console.views.sites import find_site
from autosilo.tower import manual
from autosilo.tower.config import SiteConfig
from autosilo.tower.site_file import SiteFileError

PROBLEMS = {
    "no_file": _("The site's file cannot be read here, so there are no measures to print."),
    "not_in_the_tower": _("By the books this car is not in the tower."),
    "unknown_place": _("The books name a place that the site's file does not have."),
    "no_room_to_relocate": _("A car stands in the way, and no bay of its class is free. Bring that car down first."),
    "no_way_out": _("Every delivery station of this lift is blocked."),
}


@never_cache
@require_GET
@needs(Right.SEE_TOWER)
def whole_tower(request: StaffRequest, slug: str) -> HttpResponse:
    """The bay list, with the order in which no car stands in another's way."""
    here = find_site(slug)
    cars = cars_of(here)
    context: dict[str, Any] = {"site": here, "now": clock.now(), "names": _names(cars), "problem": "", "turns": {}}
    try:
        config = towers.config_of(here)
        blocked = _blocked(here)
        context["lifts"] = _by_lift(config, manual.bay_list(config, here.inventory, blocked=blocked))
        plans = manual.whole_tower(config, here.inventory, blocked=blocked)
        context["turns"] = {vin: number for number, (vin, _steps) in enumerate(plans, start=1)}
    except SiteFileError:
        context["problem"] = PROBLEMS["no_file"]
    except manual.CannotPlan as error:
        context["problem"] = PROBLEMS[error.reason]
    return page(request, "console/sheet_tower.html", context, section=SECTION)


@never_cache
@require_GET
@needs(Right.SEE_TOWER)
def one_car(request: StaffRequest, slug: str, vin: str) -> HttpResponse:
    here = find_site(slug)
    cars = cars_of(here)
    row = next((one for one in cars if one.car.vin == vin), None)
    if row is None and vin not in here.inventory.values():
        raise Http404
    names = _names(cars)
    context: dict[str, Any] = {"site": here, "now": clock.now(), "row": row, "vin": vin, "problem": ""}
    try:
        plan = manual.steps(towers.config_of(here), here.inventory, vin, blocked=_blocked(here))
        context["steps"] = [step_words(step, names) for step in plan]
    except SiteFileError:
        context["problem"] = PROBLEMS["no_file"]
    except manual.CannotPlan as error:
        context["problem"] = PROBLEMS[error.reason]
    return page(request, "console/sheet_car.html", context, section=SECTION)


def _blocked(site: Site) -> frozenset[str]:
    books = towers.books_of(site)
    return frozenset(bay.place for bay in books.blocked) if books else frozenset()


def _names(cars: list[CarInTower]) -> dict[str, str]:
    return {one.car.vin: f"{one.car.plate} ({one.car.model})" for one in cars}


def _by_lift(config: SiteConfig, rows: tuple[manual.BayRow, ...]) -> list[tuple[str, list[manual.BayRow]]]:
    return [(lift.name, [row for row in rows if row.lift == lift.name]) for lift in config.tower.lifts]
