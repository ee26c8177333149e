"""A walk from bay to bay while the lift waits: ``/console/sites/<slug>/walks/<lift>``."""

import zlib
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from autosilo.platform.kit import clock
from autosilo.platform.kit.refusals import Refusal
from autosilo.platform.resources.sites.models import Site
from autosilo.platform.resources.towers import queries as towers
from autosilo.platform.surfaces.console import tower_changes
from autosilo.platform.surfaces.console.access import Right, StaffRequest, needs
from autosilo.platform.surfaces.console.forms import OrderForm
from autosilo.platform.surfaces.console.pages import answers_limited, changes_limited, page
from autosilo.platform.surfaces.console.queries.overview import link_of
from autosilo.platform.surfaces.console.queries.walk import WalkPage, WalkRow, walk_page
from autosilo.platform.surfaces.console.views.books import SECTION
from autosilo.platform.surfaces.console.views.sites import find_site
from autosilo.platform.surfaces.console.walk_form import FoundForm
from autosilo.platform.surfaces.telling import telling
from autosilo.platform.surfaces.uploads import NoPhoto, photo_of


@never_cache
@require_GET
@needs(Right.SEE_TOWER)
def walk(request: StaffRequest, slug: str, lift: str) -> HttpResponse:
    here = find_site(slug)
    found = walk_page(here, lift)
    if found is None:
        return _over(request, here, lift)
    at = found.row(request.GET.get("at", "")) or found.next_after("") or found.rows[0]
    return _show(request, here, found, at)


@never_cache
@require_GET
@needs(Right.SEE_TOWER)
def progress(request: StaffRequest, slug: str, lift: str) -> HttpResponse:
    """What changes by itself, asked for again and again: progress, the list, and the answer of the shown place."""
    here = find_site(slug)
    found = walk_page(here, lift)
    if found is None:
        messages.info(request, _("The walk is over."))
        return HttpResponse(status=204, headers={"HX-Redirect": reverse("console:books", args=[slug])})
    at = found.row(request.GET.get("at", ""))
    if request.GET.get("seen") == _version(here, found):
        return HttpResponse(status=204)
    context = _context(request, here, found, at) | {"oob": True}
    return render(request, "console/parts/walk_progress.html", context)


@require_POST
@needs(Right.TEND_TOWER)
@answers_limited
def confirm(request: StaffRequest, slug: str, lift: str) -> HttpResponse:
    """What was found in one place; then the next place is shown."""
    here = find_site(slug)
    found = walk_page(here, lift)
    if found is None:
        return _over(request, here, lift)
    row = found.row(request.POST.get("place", ""))
    if row is None:
        raise Http404
    form = FoundForm(request.POST, row=row, cars=found.cars)
    if not form.is_valid():
        return _show(request, here, found, row, form=form, status=422)
    given = form.cleaned_data
    try:
        tower_changes.confirm_bay(
            order=given["order"],
            walk=found.walk,
            place=row.place,
            before=row.vin,
            vin=given["vin"],
            by=request.user,
            now=clock.now(),
        )
    except Refusal as refused:
        messages.error(request, str(refused))
    return _onwards(request, here, lift, row)


def _onwards(request: StaffRequest, here: Site, lift: str, row: WalkRow) -> HttpResponse:
    """To the next open place; for htmx as a part of the page, with its address."""
    found = walk_page(here, lift)
    if found is None:
        return _over(request, here, lift)
    at = found.next_after(row.place) or found.row(row.place) or found.rows[0]
    address = f"{reverse('console:walk', args=[here.slug, lift])}?{urlencode({'at': at.place})}"
    if request.headers.get("HX-Request") != "true":
        return redirect(address)
    response = _show(request, here, found, at)
    response["HX-Push-Url"] = address
    return response


@never_cache
@require_http_methods(["GET", "POST"])
@needs(Right.TEND_TOWER)
@changes_limited
def finish(request: StaffRequest, slug: str, lift: str) -> HttpResponse:
    """The last step: what changed, and the order to go on."""
    here = find_site(slug)
    found = walk_page(here, lift)
    if found is None:
        return _over(request, here, lift)
    form = OrderForm(request.POST or None, initial={"order": uuid4()})
    if request.method == "POST" and form.is_valid():
        with telling(request, _("The tower was told that the walk is done.")):
            tower_changes.finish_walk(order=form.cleaned_data["order"], page=found, by=request.user, now=clock.now())
            return redirect("console:walk", slug=slug, lift=lift)
    return page(
        request, "console/walk_finish.html", _context(request, here, found, None) | {"form": form}, section=SECTION
    )


@require_POST
@needs(Right.TEND_TOWER)
@changes_limited
def attach(request: StaffRequest, slug: str, lift: str) -> HttpResponse:
    """A photo of the paper bay list."""
    here = find_site(slug)
    open_walk = towers.open_walk(here, lift)
    if open_walk is None:
        return _over(request, here, lift)
    try:
        tower_changes.attach_photo(walk=open_walk, data=photo_of(request), by=request.user, now=clock.now())
    except (NoPhoto, Refusal) as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The photo is kept with this walk."))
    return redirect(f"{reverse('console:walk', args=[slug, lift])}#photos")


@never_cache
@require_GET
@needs(Right.SEE_TOWER)
def photo(request: StaffRequest, slug: str, photo_id: UUID) -> HttpResponse:
    """A photo of a walk; the middleware adds ``nosniff``."""
    kept = towers.photo(find_site(slug), photo_id)
    if kept is None:
        raise Http404
    name = f"{slug}-{kept.at:%Y%m%d-%H%M%S}.jpg"
    headers = {"Content-Disposition": f'inline; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(bytes(kept.jpeg), content_type="image/jpeg", headers=headers)


def _over(request: StaffRequest, here: Site, lift: str) -> HttpResponse:
    """There is no walk (any more): to the books, which say so."""
    if not any(one["name"] == lift for one in here.geometry.get("lifts", [])):
        raise Http404
    messages.info(request, _("No walk is open on lift %(lift)s.") % {"lift": lift})
    address = reverse("console:books", args=[here.slug])
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)


def _show(
    request: StaffRequest, here: Site, found: WalkPage, at: WalkRow, *, form: FoundForm | None = None, status: int = 200
) -> HttpResponse:
    form = form or FoundForm(row=at, cars=found.cars, initial={"order": uuid4(), "place": at.place})
    context = _context(request, here, found, at) | {"form": form}
    if request.headers.get("HX-Request") == "true":
        return render(request, "console/parts/walk.html", context, status=status)
    return page(request, "console/walk.html", context, section=SECTION, status=status)


def _context(request: StaffRequest, here: Site, found: WalkPage, at: WalkRow | None) -> dict[str, Any]:
    return {
        "site": here,
        "walk": found,
        "lift": found.walk.lift,
        "at": at,
        "next": found.next_after(at.place) if at else None,
        "version": _version(here, found),
        "base": reverse("console:walk", args=[here.slug, found.walk.lift]),
        "link": link_of(here, now=clock.now()),
        "rights": request.rights,
    }


def _version(here: Site, found: WalkPage) -> str:
    """Changes when anything does that a shown page would show otherwise."""
    rows = [(row.place, row.vin, row.occupied, row.answer, row.by) for row in found.rows]
    finish = found.finish and (found.finish.pk, found.finish.state)
    told = repr((rows, finish, found.mode, link_of(here, now=clock.now())))
    return f"{zlib.crc32(told.encode()):08x}"
