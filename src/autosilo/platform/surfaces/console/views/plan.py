"""``/console/plan``: what a site would be like with other numbers. Sliders, and the answer in seconds."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from autosilo.platform.kit.limits import rate_limited
from autosilo.platform.resources.sites.models import Site
from autosilo.platform.resources.sites.queries import all_sites
from autosilo.platform.surfaces.console.access import Right, StaffRequest, View, needs
from autosilo.platform.surfaces.console.forms import WishForm
from autosilo.platform.surfaces.console.pages import page
from autosilo.platform.surfaces.console.planning import CannotPlan, Wish, compare, plan, wish_as_it_is

PLANS, PLANS_WINDOW = 120, timedelta(minutes=5)


def plans_limited(view: View) -> View:
    """Each answer costs a second of a core: 429 beyond ``PLANS`` of one person in a window."""
    return rate_limited("console-plan", limit=PLANS, per=PLANS_WINDOW, methods=("GET",))(view)


@never_cache
@require_GET
@needs(Right.PLAN)
def planner(request: StaffRequest) -> HttpResponse:
    """The sliders, where the address says or where the site is now; the answer is asked for by the page itself."""
    sites = all_sites()
    slug = request.GET.get("site") or (sites[0].slug if sites else "")
    context: dict[str, Any] = {"sites": sites, "slug": slug}
    if sites:
        here = get_object_or_404(Site, slug=slug)
        try:
            context |= {"site": here, "form": WishForm(initial=asdict(wish_as_it_is(here)))}
        except CannotPlan as refused:
            context["refused"] = str(refused)
    return page(request, "console/plan.html", context, section="plan")


@never_cache
@require_GET
@needs(Right.PLAN)
@plans_limited
def answer(request: StaffRequest, slug: str) -> HttpResponse:
    """A fragment: one design, simulated."""
    here = get_object_or_404(Site, slug=slug)
    form = WishForm(request.GET)
    if not form.is_valid():
        return render(request, "console/parts/plan_answer.html", {"errors": form.errors.values()}, status=422)
    try:
        found = plan(site=here, wish=Wish(**form.cleaned_data), language=get_language() or "en")
    except CannotPlan as refused:
        return render(request, "console/parts/plan_answer.html", {"refused": str(refused)}, status=422)
    # drawn by our own process, which escapes every text in them
    plots = {name: mark_safe(svg) for name, svg in found.plots.items()}  # noqa: S308
    heat = [(name.removeprefix("heat-"), svg) for name, svg in plots.items() if name.startswith("heat-")]
    context = {"outcome": found.outcome, "plots": plots, "heat": heat, "site": here}
    return render(request, "console/parts/plan_answer.html", context)


@never_cache
@require_GET
@needs(Right.PLAN)
@plans_limited
def neighbours(request: StaffRequest, slug: str) -> HttpResponse:
    """A fragment: this design and those around it, simulated side by side; cost against service."""
    here = get_object_or_404(Site, slug=slug)
    form = WishForm(request.GET)
    if not form.is_valid():
        return render(request, "console/parts/plan_compare.html", {"errors": form.errors.values()}, status=422)
    try:
        found = compare(site=here, wish=Wish(**form.cleaned_data), language=get_language() or "en")
    except CannotPlan as refused:
        return render(request, "console/parts/plan_compare.html", {"refused": str(refused)}, status=422)
    context = {"found": found, "service": mark_safe(found.service)}  # noqa: S308  as above
    return render(request, "console/parts/plan_compare.html", context)
