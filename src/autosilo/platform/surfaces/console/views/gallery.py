"""``/console/gallery``: what the scan has learnt, and a page per model on which it is taught."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from autosilo.platform.journey.scan import queries as scan
from autosilo.platform.journey.scan.learning import CannotLearn
from autosilo.platform.kit import clock
from autosilo.platform.kit.refusals import Refusal
from autosilo.platform.resources.catalogue.models import CarModel, ReferenceLook
from autosilo.platform.surfaces.console import gallery_changes
from autosilo.platform.surfaces.console.access import Right, StaffRequest, needs
from autosilo.platform.surfaces.console.forms import TeachForm, TrainForm
from autosilo.platform.surfaces.console.pages import changes_limited, page, paged, photos_limited
from autosilo.platform.surfaces.console.queries import gallery

SECTION = "gallery"
PHOTOS_A_FORM = 20
"""Without script all photos of a form come at once; with it one by one, and as many as one likes."""
FEWEST = 3
"""Photos from which on a model may be called by name (``vision.thresholds.MIN_REFERENCES``)."""


@never_cache
@require_GET
@needs(Right.SEE)
def overview(request: StaffRequest) -> HttpResponse:
    active = gallery.active()
    assessment = gallery.assessment_of(active)
    context = {
        "models": paged(request, gallery.models_with_counts()),
        "fewest": FEWEST,
        "active": active,
        "judged": gallery.judged(assessment) if assessment else None,
        "versions": gallery.versions(),
        "training": gallery.under_way(),
        "untrained": gallery.untrained(active),
        "foreign": scan.foreign_looks(),
        "corrections": gallery.waiting_corrections().count(),
        "form": TrainForm(),
    }
    return page(request, "console/gallery.html", context, section=SECTION)


@never_cache
@require_GET
@needs(Right.SEE)
def model(request: StaffRequest, slug: str) -> HttpResponse:
    return _model_page(request, find_model(slug), answers=[])


@require_POST
@needs(Right.TEACH)
@photos_limited
def add(request: StaffRequest, slug: str) -> HttpResponse:
    """One photo or several; each is answered for. With script they come one by one, and a part of the page is sent."""
    taught = find_model(slug)
    form = TeachForm(request.POST)
    options = form.cleaned_data if form.is_valid() else {"sure": False, "keep_picture": False}
    photos = request.FILES.getlist("photo")
    answers = [_learnt(request, taught, photo, options) for photo in photos[:PHOTOS_A_FORM]]
    if request.headers.get("HX-Request") == "true":
        return render(request, "console/parts/photo_answers.html", {"answers": answers})
    if not photos:
        messages.error(request, _("Choose photos first."))
    for left in photos[PHOTOS_A_FORM:]:
        answers.append({"name": left.name, "problem": _("Too many at once: add this one again."), "reason": "too_many"})
    return _model_page(request, taught, answers=answers)


def _learnt(request: StaffRequest, taught: CarModel, photo: Any, options: dict[str, Any]) -> dict[str, Any]:
    try:
        look = gallery_changes.add_photo(
            model=taught, photo=photo.read(), name=photo.name or "", by=request.user, now=clock.now(), **options
        )
    except CannotLearn as doubt:
        other = CarModel.objects.filter(pk=doubt.detail.get("other") or "").first()
        return {"name": photo.name, "problem": str(doubt), "reason": doubt.reason, "other": other}
    except Refusal as refusal:
        return {"name": photo.name, "problem": str(refusal), "reason": refusal.reason}
    return {"name": photo.name, "look": look}


@require_POST
@needs(Right.TEACH)
@changes_limited
def remove(request: StaffRequest, look_id: int) -> HttpResponse:
    look = ReferenceLook.objects.filter(pk=look_id).first()
    if look is None:
        raise Http404
    gallery_changes.remove_look(look=look, by=request.user, now=clock.now())
    messages.success(request, _("The photo is taken out. Scans forget it with the next training."))
    return redirect("console:gallery-model", slug=look.model_id)


@never_cache
@require_GET
@needs(Right.SEE)
def picture(request: StaffRequest, look_id: int) -> HttpResponse:
    """The crop of a reference photo whose picture was to be kept."""
    look = ReferenceLook.objects.filter(pk=look_id, picture__isnull=False).select_related("picture").first()
    if look is None:
        raise Http404
    return jpeg(look.picture.jpeg)


def jpeg(data: bytes | memoryview) -> HttpResponse:
    headers = {"Content-Disposition": "inline", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(bytes(data), content_type="image/jpeg", headers=headers)


def find_model(slug: str) -> CarModel:
    """Raises ``Http404``."""
    found: CarModel | None = gallery.models_with_counts().filter(pk=slug).first()
    if found is None:
        raise Http404
    return found


def _model_page(request: StaffRequest, taught: CarModel, *, answers: list[dict[str, Any]]) -> HttpResponse:
    active = gallery.active()
    assessment = gallery.assessment_of(active)
    taken_for = gallery.suspects(assessment)
    names = {one.pk: str(one) for one in CarModel.objects.all()}
    looks = paged(request, gallery.looks_of(taught))
    context = {
        "model": find_model(taught.pk),
        "looks": looks,
        "rows": [(look, names.get(taken_for.get(str(look.pk), ""), "")) for look in looks],
        "advice": [
            (one, names.get(one.taken_for or "", ""))
            for one in (assessment.advice if assessment else ())
            if one.slug == taught.pk
        ],
        "answers": answers,
        "untrained": gallery.untrained(active),
        "form": TeachForm(),
        "fewest": FEWEST,
    }
    return page(request, "console/gallery_model.html", context, section=SECTION)
