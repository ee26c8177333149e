"""``/console/flags``: accounts that share a licence, a device or a card, for a person to look at."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from autosilo.platform.kit import clock
from autosilo.platform.resources.people import marks, queries
from autosilo.platform.resources.people.models import Flag
from autosilo.platform.surfaces.console.access import Right, StaffRequest, needs
from autosilo.platform.surfaces.console.forms import FlagForm
from autosilo.platform.surfaces.console.pages import changes_limited, page, paged, query_without_page
from autosilo.platform.surfaces.telling import telling


@never_cache
@require_GET
@needs(Right.RULE)
def listing(request: StaffRequest) -> HttpResponse:
    closed = request.GET.get("show") == "closed"
    flags = paged(request, queries.closed_flags() if closed else queries.open_flags())
    accounts = queries.accounts_of(list(flags))
    context = {
        "flags": flags,
        "rows": [(flag, accounts.get(flag.pk, [])) for flag in flags],
        "closed": closed,
        "query": query_without_page(request),
    }
    return page(request, "console/flags.html", context, section="flags")


@require_POST
@needs(Right.RULE)
@changes_limited
def close(request: StaffRequest, flag_id: int) -> HttpResponse:
    flag = Flag.objects.filter(pk=flag_id).first()
    if flag is None:
        raise Http404
    form = FlagForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write down what was found, in at least three letters."))
        return redirect("console:flags")
    with telling(request, _("Closed. Nobody was refused anything by this.")):
        marks.close(flag=flag, **form.cleaned_data, by=request.user, now=clock.now())
    return redirect("console:flags")
