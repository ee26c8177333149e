"""``/console/waiting``: what waits for a person."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from autosilo.platform.kit import clock
from autosilo.platform.surfaces.console import changes
from autosilo.platform.surfaces.console.access import Right, StaffRequest, needs
from autosilo.platform.surfaces.console.forms import NoteForm
from autosilo.platform.surfaces.console.pages import changes_limited, page
from autosilo.platform.surfaces.console.queries import waiting as queries
from autosilo.platform.surfaces.console.queries.trials import open_offers
from autosilo.platform.surfaces.telling import telling


@never_cache
@require_GET
@needs(Right.SEE)
def listing(request: StaffRequest) -> HttpResponse:
    context = {
        "waiting": queries.waiting(),
        "offers": open_offers(),
        "closed": queries.lately_closed(),
        "form": NoteForm(),
    }
    return page(request, "console/waiting.html", context, section="waiting")


@require_POST
@needs(Right.ACT)
@changes_limited
def close(request: StaffRequest, incident_id: int) -> HttpResponse:
    """With a note of what was found and done."""
    incident = queries.find(incident_id)
    if incident is None:
        raise Http404
    form = NoteForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write down what was found and done, in at least three letters."))
        return redirect("console:waiting")
    with telling(request, _("Closed.")):
        changes.close_incident(
            incident=incident,
            by=request.user,
            note=form.cleaned_data["note"],
            now=clock.now(),
        )
    return redirect("console:waiting")
