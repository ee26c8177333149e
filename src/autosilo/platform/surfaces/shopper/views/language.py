"""The language of the pages: kept in a cookie, and with the person who is signed in."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.views.decorators.http import require_POST

from autosilo.platform.kit.limits import rate_limited
from autosilo.platform.resources.people import actions as people
from autosilo.platform.surfaces.shopper.limits import OFTEN

COOKIE_DAYS = 365


@require_POST
@rate_limited("language", **OFTEN)
def language(request: HttpRequest) -> HttpResponse:
    response = HttpResponseRedirect(safe_next(request, "/"))
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES) and check_for_language(chosen):
        remember(response, chosen)
        if request.user.is_authenticated:
            people.speak(person=request.user, language=chosen)
    return response


def remember(response: HttpResponse, language: str) -> None:
    """Set the cookie that Django's locale middleware reads."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=COOKIE_DAYS * 86400,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )


def safe_next(request: HttpRequest, default: str) -> str:
    """Where the visitor wanted to go, if that is on this site."""
    return on_this_site(request, request.POST.get("next") or request.GET.get("next") or "", default)


def on_this_site(request: HttpRequest, target: str, default: str) -> str:
    """``target`` if it is an address of this site."""
    here = {request.get_host()}
    return target if url_has_allowed_host_and_scheme(target, here, require_https=request.is_secure()) else default
