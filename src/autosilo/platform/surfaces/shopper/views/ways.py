"""My ways in."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from autosilo.platform.resources.signin import passkeys
from autosilo.platform.surfaces.shopper.entering import is_fresh
from autosilo.platform.surfaces.shopper.views.asking import person_of


@never_cache
@login_required
@require_safe
def ways(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    context = {
        "passkeys": passkeys.passkeys_of(person),
        "passkeys_offered": passkeys.offered_at(request.get_host()),
        "fresh": is_fresh(request),
    }
    return render(request, "shopper/ways.html", context)
