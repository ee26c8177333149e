"""Training a gallery, how far it is, and which version is used."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from autosilo.platform.journey.scan.models import GalleryVersion
from autosilo.platform.journey.scan.states import VersionState
from autosilo.platform.kit import clock
from autosilo.platform.kit.refusals import Refusal
from autosilo.platform.surfaces.console import gallery_changes
from autosilo.platform.surfaces.console.access import Right, StaffRequest, needs
from autosilo.platform.surfaces.console.forms import TrainForm
from autosilo.platform.surfaces.console.pages import changes_limited, page
from autosilo.platform.surfaces.console.queries import gallery
from autosilo.platform.surfaces.console.views.gallery import SECTION
from autosilo.platform.surfaces.telling import telling


@require_POST
@needs(Right.TEACH)
@changes_limited
def train(request: StaffRequest) -> HttpResponse:
    form = TrainForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose how to train."))
        return redirect("console:gallery")
    try:
        gallery_changes.train(by=request.user, now=clock.now(), **form.cleaned_data)
    except Refusal as refused:
        messages.error(request, str(refused))
    return redirect(f"{reverse('console:gallery')}#training")


@never_cache
@require_GET
@needs(Right.SEE)
def progress(request: StaffRequest) -> HttpResponse:
    """Asked for again and again while a training runs; at its end the whole page is shown anew."""
    training = gallery.under_way()
    if training is None:
        return HttpResponse(status=204, headers={"HX-Redirect": f"{reverse('console:gallery')}"})
    return render(request, "console/parts/training.html", {"training": training})


@never_cache
@require_http_methods(["GET", "POST"])
@needs(Right.TEACH)
@changes_limited
def use(request: StaffRequest, version_id: int) -> HttpResponse:
    """The second step before scans use another version, older or newer."""
    version = GalleryVersion.objects.filter(pk=version_id).defer("data", "assessment").first()
    if version is None:
        raise Http404
    if request.method == "POST":
        with telling(request, _("Scans use version %(number)s now.") % {"number": version.pk}):
            gallery_changes.activate(version=version, by=request.user, now=clock.now())
        return redirect("console:gallery")
    context = {"version": version, "active": gallery.active(), "usable": version.state == VersionState.READY}
    return page(request, "console/gallery_use.html", context, section=SECTION)
