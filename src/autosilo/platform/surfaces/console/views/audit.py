"""``/console/audit``: who did what, and why. Read-only."""

from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from autosilo.platform.journey.flow.retention import FILING_FROM
from autosilo.platform.journey.identity.queries import faces_held
from autosilo.platform.resources.people import chained
from autosilo.platform.resources.people.models import AuditEntry
from autosilo.platform.surfaces.console.access import Right, StaffRequest, needs
from autosilo.platform.surfaces.console.pages import page, paged, query_without_page

MAX_SEARCH = 100


@never_cache
@require_GET
@needs(Right.AUDIT)
def listing(request: StaffRequest) -> HttpResponse:
    action = request.GET.get("action", "")[:MAX_SEARCH]
    entries = AuditEntry.objects.select_related("actor").order_by("-at", "-id")
    context = {
        "entries": paged(request, entries.filter(action=action) if action else entries),
        "actions": list(AuditEntry.objects.order_by("action").values_list("action", flat=True).distinct()),
        "chosen": action,
        "head": chained.head(),
        "faces": faces_held(),
        "filing_from": FILING_FROM,
        "query": query_without_page(request),
    }
    return page(request, "console/audit.html", context, section="audit")
