"""``/console/plan``: what a site would be like with other numbers. Sliders, and the answer in seconds."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from typing import Any, TypeVar

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from autosilo.platform.kit.limits import rate_limited
from autosilo.platform.resources.sites.models import Site
from autosilo.platform.resources.sites.queries import all_sites
from autosilo.platform.surfaces.console.access import Right, StaffRequest, View, needs
from autosilo.platform.surfaces.console.forms import WishForm
from autosilo.platform.surfaces.console.pages import page
from autosilo.platform.surfaces.console.planning import (
    Answer,
    CannotPlan,
    Comparison,
    Wish,
    compare,
    plan,
    wish_as_it_is,
)

T = TypeVar("T")

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
    return _simulated(request, slug, plan, _answer, "console/parts/plan_answer.html")


@never_cache
@require_GET
@needs(Right.PLAN)
@plans_limited
def neighbours(request: StaffRequest, slug: str) -> HttpResponse:
    """A fragment: this design and those around it, simulated side by side; cost against service."""
    return _simulated(request, slug, compare, _comparison, "console/parts/plan_compare.html")


def _simulated(
    request: StaffRequest,
    slug: str,
    simulate: Callable[..., T],
    shown: Callable[[T, Site], dict[str, object]],
    template: str,
) -> HttpResponse:
    """The wish of the form, simulated and shown; or why not."""
    here = get_object_or_404(Site, slug=slug)
    form = WishForm(request.GET)
    if not form.is_valid():
        return render(request, template, {"errors": form.errors.values()}, status=422)
    try:
        found = simulate(site=here, wish=Wish(**form.cleaned_data), language=get_language() or "en")
    except CannotPlan as refused:
        return render(request, template, {"refused": str(refused)}, status=422)
    return render(request, template, shown(found, here))


def _answer(found: Answer, site: Site) -> dict[str, object]:
    plots = {name: _drawn(svg) for name, svg in found.plots.items()}
    heat = [(name.removeprefix("heat-"), svg) for name, svg in plots.items() if name.startswith("heat-")]
    return {"outcome": found.outcome, "plots": plots, "heat": heat, "site": site}


def _comparison(found: Comparison, site: Site) -> dict[str, object]:
    return {"found": found, "service": _drawn(found.service)}


def _drawn(svg: str) -> SafeString:
    """By our own process, which escapes every text in it."""
    return mark_safe(svg)  # noqa: S308
