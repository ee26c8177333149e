"""A photo of a car on the street -> a model of the catalogue; and what the shopper says to the answer."""

from typing import Any

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from autosilo.platform.journey.scan import actions as scan
from autosilo.platform.journey.scan import consent_text, corrections, demand
from autosilo.platform.journey.scan.makes import MAKES
from autosilo.platform.journey.scan.models import Demand
from autosilo.platform.kit import clock
from autosilo.platform.kit.limits import rate_limited
from autosilo.platform.kit.refusals import Refusal
from autosilo.platform.resources.catalogue.models import CarModel
from autosilo.platform.surfaces.shopper import scan_memory, scan_words
from autosilo.platform.surfaces.shopper.limits import OFTEN, PHOTOS
from autosilo.platform.surfaces.shopper.views.asking import is_htmx
from autosilo.platform.surfaces.uploads import NoPhoto, photo_of

WITHDRAW_SALT = "scan-correction"
NOT_SOLD = "-"
"""Instead of a model's slug: the shopper says that the car is none of ours."""


@require_http_methods(["GET", "HEAD", "POST"])
@rate_limited("scan", **PHOTOS)
def look(request: HttpRequest) -> HttpResponse:
    """Show the viewfinder; look at a photo that was sent."""
    if request.method != "POST":
        return _page(request, {})
    try:
        result = scan.look(photo=photo_of(request), at=_place(request), now=clock.now())
    except (scan.CannotRead, NoPhoto) as refusal:
        return _page(request, {"problem": str(refusal)}, status=422)
    return _page(request, _answer(result))


@never_cache
@require_GET
@rate_limited("scan-colour", **OFTEN)
def recolour(request: HttpRequest) -> HttpResponse:
    """The same answer in the colour that the shopper has tapped."""
    try:
        before = scan_memory.recalled(request.GET.get("seen", ""))
        after = scan.recoloured(before=before, colour=request.GET.get("colour", ""))
    except scan_memory.Forgotten:
        return _page(request, {"problem": _too_old()}, status=422)
    except ValueError as unknown:
        raise Http404 from unknown
    return _page(request, _answer(after) | {"recoloured": True})


@require_POST
@rate_limited("scan-correct", **PHOTOS)
def correct(request: HttpRequest) -> HttpResponse:
    """ "It is this one", with the photo where the shopper agrees; or "you do not have it", which is counted."""
    try:
        before = scan_memory.read(request.POST.get("seen", ""))
    except scan_memory.Forgotten:
        return _said(request, {"problem": _too_old()}, status=422)
    slug = request.POST.get("model", "")
    if slug == NOT_SOLD:
        make = request.POST.get("make", "")
        demand.count_up(body=before["body"] or "", make=make, source=Demand.Source.TOLD, now=clock.now())
        return _said(request, {"counted": make if make in MAKES else ""})
    model = CarModel.objects.filter(pk=slug, on_sale=True).first()
    if model is None:
        return _said(request, {"problem": _("Choose a model first.")}, status=422)
    if not request.POST.get("consent"):
        return _said(request, {"model": model, "kept": None})
    return _keep(request, model, taken_for=next((one["slug"] for one in before["ranked"]), ""))


def _keep(request: HttpRequest, model: CarModel, *, taken_for: str) -> HttpResponse:
    try:
        kept = corrections.suggest(
            photo=photo_of(request),
            at=_place(request),
            slug=model.pk,
            taken_for=taken_for,
            consent=request.POST.get("consent", ""),
            language=get_language() or "en",
            now=clock.now(),
        )
    except (Refusal, NoPhoto) as refusal:
        return _said(request, {"problem": str(refusal), "model": model}, status=422)
    return _said(request, {"model": model, "kept": signing.dumps(str(kept.pk), salt=WITHDRAW_SALT)})


@require_POST
@rate_limited("scan-withdraw", **OFTEN)
def withdraw(request: HttpRequest) -> HttpResponse:
    """Delete what was sent with consent."""
    try:
        pk = signing.loads(request.POST.get("kept", ""), salt=WITHDRAW_SALT)
    except signing.BadSignature as bad:
        raise Http404 from bad
    corrections.withdraw(correction=pk, now=clock.now())
    return _said(request, {"withdrawn": True})


def _place(request: HttpRequest) -> tuple[float, float] | None:
    """``at``: the tapped spot as two shares 0..1, ``0.25,0.6``. What is no spot is none: then the main car is meant."""
    try:
        x, y = (float(part) for part in request.POST.get("at", "").split(","))
    except ValueError:
        return None
    return (x, y) if 0 <= x <= 1 and 0 <= y <= 1 else None


def _too_old() -> str:
    return _("This answer is too old. Please scan the car again.")


def _answer(result: scan.ScanResult) -> dict[str, Any]:
    context: dict[str, Any] = {"result": result, "seen": scan_words.seen(result)}
    if result.found:
        context |= {
            "note": scan_memory.written_down(result),
            "models": list(CarModel.objects.filter(on_sale=True)),
            "makes": MAKES,
            "consent_text": consent_text.text(get_language() or "en"),
            "consent_version": consent_text.VERSION,
        }
    return context


def _page(request: HttpRequest, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    template = "shopper/_scan_result.html" if is_htmx(request) else "shopper/scan.html"
    return render(request, template, context, status=status)


def _said(request: HttpRequest, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """The answer to a correction: a part of the page, or a page of its own without script."""
    template = "shopper/_scan_corrected.html" if is_htmx(request) else "shopper/scan_corrected.html"
    return render(request, template, context, status=status)
