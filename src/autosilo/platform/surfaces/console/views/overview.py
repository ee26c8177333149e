"""``/console/``: both sites side by side."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from autosilo.platform.kit import clock
from autosilo.platform.surfaces.console.access import Right, StaffRequest, needs
from autosilo.platform.surfaces.console.pages import page
from autosilo.platform.surfaces.console.queries.overview import site_cards
from autosilo.platform.surfaces.console.queries.tower import paints


@never_cache
@require_GET
@needs(Right.AUDIT)
def overview(request: StaffRequest) -> HttpResponse:
    """An auditor has no business with sites and is led to the audit. htmx asks for the figures alone."""
    if Right.SEE not in request.rights:
        return redirect("console:audit")
    cards = site_cards(now=clock.now())
    if request.headers.get("HX-Request") == "true":
        return render(request, "console/parts/figures.html", {"cards": cards, "oob": True})
    return page(request, "console/overview.html", {"cards": cards, "paints": paints()}, section="overview")
