"""``/console/sites/<slug>``: one tower live, its cars, and letting a held tower go on."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from autosilo.platform.journey.booking.overbooking import over_booked
from autosilo.platform.journey.booking.reliance import past_delays, reliance
from autosilo.platform.journey.returns.room import rooms_for_returns
from autosilo.platform.journey.returns.transfers import on_their_way
from autosilo.platform.kit import clock
from autosilo.platform.policies.registry import policy_for
from autosilo.platform.resources.sites.models import Site
from autosilo.platform.resources.towers.queries import open_walks
from autosilo.platform.resources.towers.waits import measured_at
from autosilo.platform.surfaces.console import changes
from autosilo.platform.surfaces.console.access import Right, StaffRequest, needs
from autosilo.platform.surfaces.console.forms import NoteForm
from autosilo.platform.surfaces.console.pages import changes_limited, page
from autosilo.platform.surfaces.console.queries.books import refused_hold
from autosilo.platform.surfaces.console.queries.overview import link_of
from autosilo.platform.surfaces.console.queries.tower import car_of, cars_of
from autosilo.platform.surfaces.telling import telling


@never_cache
@require_GET
@needs(Right.SEE)
def site(request: StaffRequest, slug: str) -> HttpResponse:
    here = find_site(slug)
    cars, now, delays = cars_of(here), clock.now(), past_delays(here)
    limit = policy_for(here.market, now).over_booking
    context = {
        "site": here,
        "cars": cars,
        "paints": {row.car.vin: row.car.paint.hex for row in cars},
        "link": link_of(here, now=now),
        "room": rooms_for_returns([here], now=now)[here.pk],
        "relied": reliance(here, delays=delays),
        "on_their_way": on_their_way(here),
        "tight": over_booked(here, limit=limit, delays=delays) if limit else None,
        "note_form": NoteForm(),
        "refused": refused_hold(here) if here.held_reason else None,
        "walks": open_walks(here),
        "told": measured_at(here),
    }
    return page(request, "console/site.html", context, section="sites")


@never_cache
@require_GET
@needs(Right.SEE_CALLER)
def callers(request: StaffRequest, slug: str) -> HttpResponse:
    """Who called for help there and lets themselves be seen; the pictures come from ``live.caller``."""
    return page(request, "console/caller.html", {"site": find_site(slug)}, section="waiting")


@never_cache
@require_GET
@needs(Right.SEE)
def car(request: StaffRequest, slug: str, vin: str) -> HttpResponse:
    """A fragment: the car that was chosen in the drawing."""
    here = find_site(slug)
    found = car_of(here, vin)
    if found is None:
        return render(request, "console/parts/no_car.html", {"vin": vin}, status=404)
    return render(request, "console/parts/car.html", {"row": found, "site": here, "rights": request.rights})


@require_POST
@needs(Right.RESOLVE)
@changes_limited
def resolve(request: StaffRequest, slug: str) -> HttpResponse:
    """Let the held tower go on; what was found is written down first."""
    here = find_site(slug)
    form = NoteForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write down what you found before the tower goes on."))
        return redirect("console:site", slug=slug)
    with telling(request, _("The tower was told to go on. It checks its places first.")):
        changes.resolve_hold(site=here, by=request.user, note=form.cleaned_data["note"], now=clock.now())
    return redirect("console:site", slug=slug)


def find_site(slug: str) -> Site:
    """Raises ``Http404``."""
    found = Site.objects.filter(slug=slug).first()
    if found is None:
        raise Http404
    return found
