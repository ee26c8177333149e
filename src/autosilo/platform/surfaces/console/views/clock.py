"""``/console/clock``, demo mode only: what time it is in the shop, and moving it forward."""

from datetime import datetime, timedelta

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.journey.trial.states import TrialState
from autosilo.platform.kit import clock
from autosilo.platform.resources.sites.queries import all_sites
from autosilo.platform.surfaces.console import changes
from autosilo.platform.surfaces.console.access import Right, StaffRequest, needs
from autosilo.platform.surfaces.console.forms import ShiftForm
from autosilo.platform.surfaces.console.pages import changes_limited, page
from autosilo.platform.surfaces.telling import telling

STEPS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "three_days": timedelta(days=3)}
NEXT_PICK_UP = "next_pick_up"


@never_cache
@require_http_methods(["GET", "POST"])
@needs(Right.MOVE_CLOCK)
@changes_limited
def clock_page(request: StaffRequest) -> HttpResponse:
    if not settings.DEMO:
        raise Http404
    now = clock.now()
    coming = _next_pick_up(now=now)
    form = ShiftForm(request.POST if request.POST.get("step") == "custom" else None)
    if request.method == "POST":
        forward = _wanted(request, form, now=now, coming=coming)
        if forward is not None:
            _move(request, forward, now=now)
            return redirect("console:clock")
    context = {"shop_now": now, "real_now": timezone.now(), "ahead": clock.offset(), "coming": coming, "form": form}
    context["sites"] = all_sites()
    return page(request, "console/clock.html", context, section="clock", status=200 if request.method == "GET" else 400)


def _wanted(request: StaffRequest, form: ShiftForm, *, now: datetime, coming: datetime | None) -> timedelta | None:
    """How far forward the pressed button asks, None when that cannot be read."""
    step = request.POST.get("step", "")
    if step == NEXT_PICK_UP:
        return coming - now if coming else None
    if step == "custom":
        return timedelta(hours=form.cleaned_data["hours"]) if form.is_valid() else None
    return STEPS.get(step)


def _move(request: StaffRequest, forward: timedelta, *, now: datetime) -> None:
    with telling(request, _("The shop's clock was moved forward.")):
        changes.move_clock(by=request.user, forward=forward, now=now)


def _next_pick_up(*, now: datetime) -> datetime | None:
    """The next moment at which a kiosk begins to serve a booking."""
    booked = Trial.objects.filter(state=TrialState.BOOKED, collect_from__gt=now)
    return booked.order_by("collect_from").values_list("collect_from", flat=True).first()
