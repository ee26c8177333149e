"""``/demo``."""

from ipaddress import ip_address
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from autosilo.platform.kit import clock
from autosilo.platform.resources.sites.queries import all_sites
from autosilo.platform.surfaces.demo.logins import logins
from autosilo.platform.surfaces.demo.outbox import mails
from autosilo.platform.surfaces.demo.texts import texts


@never_cache
@require_GET
def panel(request: HttpRequest) -> HttpResponse:
    """For somebody at this very machine only: it shows passwords."""
    if not settings.DEMO or not _at_this_machine(request):
        raise Http404
    context = {
        "logins": logins(Path(settings.HOME) / "run" / "demo.json"),
        "sites": all_sites(),
        "texts": texts(),
        "mails": mails(Path(settings.HOME) / "outbox"),
        "shop_now": clock.now(),
        "ahead": clock.offset(),
    }
    return render(request, "console/demo.html", context)


def _at_this_machine(request: HttpRequest) -> bool:
    """A reverse proxy on this machine would speak for others, so a forwarded request is refused, too."""
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
