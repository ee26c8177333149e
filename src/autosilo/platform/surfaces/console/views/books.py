"""``/console/towers`` and a tower's books: modes, lifts out of service, blocked bays, what was ordered."""

from typing import Any
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from autosilo.platform.kit import clock
from autosilo.platform.resources.sites.models import Site
from autosilo.platform.resources.sites.queries import all_sites
from autosilo.platform.resources.towers import queries as towers
from autosilo.platform.surfaces.console import tower_changes
from autosilo.platform.surfaces.console.access import Right, StaffRequest, needs
from autosilo.platform.surfaces.console.forms import BayForm, LiftForm
from autosilo.platform.surfaces.console.live.last_known import last_known
from autosilo.platform.surfaces.console.pages import changes_limited, page
from autosilo.platform.surfaces.console.queries.books import TowerPage, tower_page
from autosilo.platform.surfaces.console.queries.overview import link_of
from autosilo.platform.surfaces.console.queries.tower import car_of, paints
from autosilo.platform.surfaces.console.views.sites import find_site
from autosilo.platform.surfaces.telling import telling

SECTION = "towers"


@never_cache
@require_GET
@needs(Right.SEE_TOWER)
def listing(request: StaffRequest) -> HttpResponse:
    books, now = towers.all_books(), clock.now()
    rows = [{"site": site, "books": books.get(site.slug), "link": link_of(site, now=now)} for site in all_sites()]
    return page(request, "console/towers.html", {"rows": rows}, section=SECTION)


@never_cache
@require_GET
@needs(Right.SEE_TOWER)
def books(request: StaffRequest, slug: str) -> HttpResponse:
    here = find_site(slug)
    tower = tower_page(here)
    blocked = [bay.place for bay in tower.blocked]
    bays = [bay["name"] for lift in here.geometry.get("lifts", []) for bay in lift["bays"]]
    context = {
        "site": here,
        "tower": tower,
        "link": link_of(here, now=clock.now()),
        "ended": towers.ended_walks(here, most=8),
        "bays": bays,
        "frame": last_known(here).model_dump(mode="json") | {"blocked": blocked},
        "blocked_places": blocked,
        "paints": paints(),
    }
    return page(request, "console/books.html", context, section=SECTION)


@never_cache
@require_http_methods(["GET", "POST"])
@needs(Right.TEND_TOWER)
@changes_limited
def service(request: StaffRequest, slug: str, lift: str) -> HttpResponse:
    """The second step before a lift is taken out of service, or returned to it."""
    here = find_site(slug)
    row = next((one for one in tower_page(here).lifts if one.book.lift == lift), None)
    if row is None:
        raise Http404
    form = LiftForm(request.POST or None, initial={"order": uuid4()})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        with telling(request, _("The tower was told. Its answer appears here.")):
            tower_changes.lift_service(site=here, lift=lift, by=request.user, now=clock.now(), **given)
        return redirect("console:books", slug=slug)
    context = {"site": here, "row": row, "form": form, "returning": not row.book.in_service}
    return page(request, "console/lift_service.html", context, section=SECTION, status=400 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "POST"])
@needs(Right.SEE_TOWER)
@changes_limited
def bay(request: StaffRequest, slug: str, place: str) -> HttpResponse:
    """One bay: its car, and blocking it. A part of the page for htmx, a page of its own without."""
    here = find_site(slug)
    if not _is_bay(here, place):
        raise Http404
    form = BayForm(request.POST or None, initial={"order": uuid4()})
    if request.method == "POST":
        if Right.TEND_TOWER not in request.rights:
            raise PermissionDenied
        if form.is_valid():
            return _ordered(request, here, place, form)
    return _bay_page(request, here, place, form)


@never_cache
@require_GET
@needs(Right.SEE_TOWER)
def choose_bay(request: StaffRequest, slug: str) -> HttpResponse:
    """The select, where there is no script: leads to the bay's page."""
    return redirect("console:bay", slug=slug, place=request.GET.get("place", "")[:20] or "-")


def _is_bay(site: Site, place: str) -> bool:
    return any(bay["name"] == place for lift in site.geometry.get("lifts", []) for bay in lift["bays"])


def _ordered(request: StaffRequest, here: Site, place: str, form: BayForm) -> HttpResponse:
    given = dict(form.cleaned_data)
    order = tower_changes.block_bay if given.pop("blocked") else tower_changes.unblock_bay
    with telling(request, _("The tower was told. Its answer appears here.")):
        order(site=here, place=place, by=request.user, now=clock.now(), **given)
    return redirect("console:books", slug=here.slug)


def _bay_page(request: StaffRequest, here: Site, place: str, form: BayForm) -> HttpResponse:
    tower: TowerPage = tower_page(here)
    vin = here.inventory.get(place)
    context: dict[str, Any] = {
        "site": here,
        "place": place,
        "tower": tower,
        "blocking": tower.block_of(place),
        "order": tower.open_questions.get(place),
        "row": car_of(here, vin) if vin else None,
        "vin": vin,
        "form": form,
        "rights": request.rights,
    }
    if request.headers.get("HX-Request") == "true":
        return render(request, "console/parts/bay.html", context, status=422 if form.errors else 200)
    return page(request, "console/bay.html", context, section=SECTION, status=400 if form.errors else 200)
