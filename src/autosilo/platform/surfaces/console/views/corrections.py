"""``/console/gallery/corrections``: what a scan should have answered, with the picture that shoppers let us keep."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from autosilo.platform.journey.scan.models import Correction
from autosilo.platform.kit import clock
from autosilo.platform.resources.catalogue.models import CarModel
from autosilo.platform.surfaces.console import gallery_changes
from autosilo.platform.surfaces.console.access import Right, StaffRequest, needs
from autosilo.platform.surfaces.console.pages import changes_limited, page, paged
from autosilo.platform.surfaces.console.queries import gallery
from autosilo.platform.surfaces.console.views.gallery import SECTION, jpeg
from autosilo.platform.surfaces.telling import telling


@never_cache
@require_GET
@needs(Right.TEACH)
def listing(request: StaffRequest) -> HttpResponse:
    rows = paged(request, gallery.waiting_corrections())
    names = {model.pk: str(model) for model in CarModel.objects.all()}
    context = {"page": rows, "rows": [(one, names.get(one.taken_for, "")) for one in rows]}
    return page(request, "console/corrections.html", context, section=SECTION)


@never_cache
@require_GET
@needs(Right.TEACH)
def picture(request: StaffRequest, correction_id: UUID) -> HttpResponse:
    kept = Correction.objects.filter(pk=correction_id).values_list("jpeg", flat=True).first()
    if kept is None:
        raise Http404
    return jpeg(kept)


@require_POST
@needs(Right.TEACH)
@changes_limited
def accept(request: StaffRequest, correction_id: UUID) -> HttpResponse:
    """It becomes a reference photo of its model."""
    correction = _find(correction_id)
    with telling(request, _("%(model)s has one more photo.") % {"model": correction.model}):
        gallery_changes.accept(correction=correction, by=request.user, now=clock.now())
    return redirect("console:gallery-corrections")


@require_POST
@needs(Right.TEACH)
@changes_limited
def decline(request: StaffRequest, correction_id: UUID) -> HttpResponse:
    with telling(request, _("Declined; picture and numbers are deleted.")):
        gallery_changes.decline(correction=_find(correction_id), by=request.user, now=clock.now())
    return redirect("console:gallery-corrections")


def _find(pk: UUID) -> Correction:
    """Raises ``Http404``."""
    found = Correction.objects.filter(pk=pk).select_related("model").first()
    if found is None:
        raise Http404
    return found
