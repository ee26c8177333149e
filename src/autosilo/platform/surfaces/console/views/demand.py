"""``/console/demand``: what shoppers photographed that we do not sell."""

from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from autosilo.platform.kit import clock
from autosilo.platform.surfaces.console.access import Right, StaffRequest, needs
from autosilo.platform.surfaces.console.pages import page
from autosilo.platform.surfaces.console.queries.demand import DAYS, demand


@never_cache
@require_GET
@needs(Right.SEE)
def page_of(request: StaffRequest) -> HttpResponse:
    asked = request.GET.get("days", "")
    days = int(asked) if asked.isdecimal() and int(asked) in DAYS else DAYS[1]
    context = {"demand": demand(days=days, today=clock.now().date()), "days": days, "choices": DAYS}
    return page(request, "console/demand.html", context, section="demand")
