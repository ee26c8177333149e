"""What is held about me: to take home, or to be forgotten."""

from django.contrib import auth, messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from autosilo.platform.journey.flow import erasure
from autosilo.platform.journey.flow.holdings import held_about
from autosilo.platform.kit import clock
from autosilo.platform.kit.limits import rate_limited
from autosilo.platform.resources.people import audit
from autosilo.platform.surfaces.shopper.entering import is_fresh
from autosilo.platform.surfaces.shopper.limits import MY_DATA
from autosilo.platform.surfaces.shopper.views.asking import person_of


@never_cache
@login_required
@require_POST
@rate_limited("my-data", **MY_DATA)
def export(request: HttpRequest) -> HttpResponse:
    """One file with everything that is held about the person who asks."""
    person, now = person_of(request), clock.now()
    audit.record(actor=None, action="data_exported", target=audit.target_of(person), now=now)
    answer = JsonResponse(
        {"made_at": now.isoformat(), **held_about(person)}, json_dumps_params={"ensure_ascii": False, "indent": 1}
    )
    answer["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return answer


@never_cache
@sensitive_post_parameters("password")
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@rate_limited("forget-me", **MY_DATA)
def forget(request: HttpRequest) -> HttpResponse:
    """Say what happens, ask for the password, and do it."""
    if request.method != "POST":
        return render(request, "shopper/forget.html")
    try:
        erasure.erase(
            person=person_of(request),
            password=request.POST.get("password", ""),
            fresh=is_fresh(request),
            now=clock.now(),
        )
    except erasure.CannotErase as refusal:
        return render(request, "shopper/forget.html", {"said": str(refusal)}, status=422)
    auth.logout(request)
    messages.success(request, _("You are forgotten. What the books must keep stands under a number."))
    return HttpResponseRedirect("/")
