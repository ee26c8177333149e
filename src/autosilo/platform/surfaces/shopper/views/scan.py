"""A photo of a car on the street -> a model of the catalogue."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from autosilo.platform.journey.scan import actions as scan
from autosilo.platform.kit.limits import rate_limited
from autosilo.platform.surfaces.shopper import words
from autosilo.platform.surfaces.shopper.limits import PHOTOS
from autosilo.platform.surfaces.shopper.views.asking import is_htmx
from autosilo.platform.surfaces.uploads import NoPhoto, photo_of


@require_http_methods(["GET", "HEAD", "POST"])
@rate_limited("scan", **PHOTOS)
def look(request: HttpRequest) -> HttpResponse:
    """Show the viewfinder; look at a photo that was sent."""
    context: dict[str, object] = {}
    status = 200
    if request.method == "POST":
        try:
            result = scan.look(photo=photo_of(request))
            context = {"result": result, "seen": words.seen(result)}
        except (scan.CannotRead, NoPhoto) as refusal:
            context, status = {"problem": str(refusal)}, 422
    template = "shopper/_scan_result.html" if is_htmx(request) else "shopper/scan.html"
    return render(request, template, context, status=status)
