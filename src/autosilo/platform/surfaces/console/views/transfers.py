"""Cars that go from site to site: send one off, or turn it back."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from autosilo.platform.journey.returns import transfers
from autosilo.platform.kit import clock
from autosilo.platform.resources.fleet.models import Transfer
from autosilo.platform.surfaces.console.access import Right, StaffRequest, needs
from autosilo.platform.surfaces.console.forms import ExpectedForm, TransferForm
from autosilo.platform.surfaces.console.pages import changes_limited, page
from autosilo.platform.surfaces.console.queries.tower import car_of
from autosilo.platform.surfaces.console.views.sites import find_site

SECTION = "sites"


@never_cache
@require_http_methods(["GET", "POST"])
@needs(Right.ACT)
@changes_limited
def send(request: StaffRequest, slug: str, vin: str) -> HttpResponse:
    """The second step before a car leaves for another site."""
    here = find_site(slug)
    row = car_of(here, vin)
    if row is None:
        raise Http404
    form = TransferForm(request.POST if request.method == "POST" else None, source=here)
    if request.method == "POST" and form.is_valid():
        target = form.cleaned_data["target"]
        try:
            transfers.send_off(
                vin=vin,
                source=here,
                target=target,
                expected_at=form.expected_at(target),
                by=request.user,
                now=clock.now(),
                despite=form.cleaned_data["despite"],
            )
        except transfers.CannotTransfer as refused:
            form.add_error("despite" if refused.reason == "no_bay" else None, str(refused))
        else:
            messages.success(request, _("The car is on its way. Who had booked it here gets another."))
            return redirect("console:site", slug=slug)
    context = {"site": here, "row": row, "form": form}
    return page(request, "console/transfer.html", context, section=SECTION, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "POST"])
@needs(Right.ACT)
@changes_limited
def turn_back(request: StaffRequest, transfer_id: int) -> HttpResponse:
    """The second step before a car on its way goes back to where it came from."""
    found = Transfer.objects.select_related("car__model", "source", "target").filter(pk=transfer_id).first()
    if found is None:
        raise Http404
    form = ExpectedForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            transfers.turn_back(
                transfer=found, expected_at=form.expected_at(found.source), by=request.user, now=clock.now()
            )
        except transfers.CannotTransfer as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The car goes back."))
            return redirect("console:site", slug=found.source_id)
    context = {"transfer": found, "form": form}
    return page(request, "console/turn_back.html", context, section=SECTION, status=422 if form.errors else 200)
