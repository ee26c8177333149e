"""How often something may be done: fixed windows, counted in one SQL statement so that concurrency cannot cheat."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from autosilo.platform.kit import hot
from autosilo.platform.kit.models import RateBucket

P = ParamSpec("P")

KEPT = timedelta(days=1)
"""Much longer than any window: a count says who tried what from where, and is of no use after it."""

_COUNT_UP = """
    INSERT INTO kit_ratebucket AS bucket (key, window_start, count) VALUES (%(key)s, %(now)s, 1)
    ON CONFLICT (key) DO UPDATE SET
        count = CASE WHEN bucket.window_start <= %(over)s THEN 1 ELSE bucket.count + 1 END,
        window_start = CASE WHEN bucket.window_start <= %(over)s THEN excluded.window_start ELSE bucket.window_start END
    RETURNING count
"""


def allow(*, key: str, limit: int, per: timedelta) -> bool:
    """Count one use of ``key``; False when it is beyond ``limit`` in the present window of length ``per``.

    ``AUTOSILO_LIMITS_FACTOR`` multiplies every limit, for many people behind one address and for tests.
    Windows run in real time, whatever the demo clock says.
    """
    now = timezone.now()
    with connection.wrap_database_errors:
        ((count,),) = hot.plain(_COUNT_UP, {"key": key[:200], "now": now, "over": now - per})
    return bool(count <= limit * settings.LIMITS_FACTOR)


def forget_old() -> int:
    """Delete the counts whose windows are long over; returns how many."""
    gone, _each = RateBucket.objects.filter(window_start__lt=timezone.now() - KEPT).delete()
    return gone


def client_of(request: HttpRequest) -> str:
    """Who asks: the signed-in person, else the address."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return f"person:{user.pk}"
    return f"address:{address_of(request)}"


def address_of(request: HttpRequest) -> str:
    """The peer's address; behind a proxy of ours (``BEHIND_PROXY``) the one that this proxy saw, which is the last."""
    peer = str(request.META.get("REMOTE_ADDR", "unknown"))
    if not settings.BEHIND_PROXY:
        return peer
    return request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip() or peer


def rate_limited(
    name: str, *, limit: int, per: timedelta, methods: tuple[str, ...] = ("POST",)
) -> Callable[
    [Callable[Concatenate[HttpRequest, P], HttpResponse]], Callable[Concatenate[HttpRequest, P], HttpResponse]
]:
    """Decorate a view: beyond ``limit`` requests of ``methods`` ``per`` window and client it answers 429."""

    def decorate(
        view: Callable[Concatenate[HttpRequest, P], HttpResponse],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        @wraps(view)
        def limited(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if request.method in methods and not allow(key=f"{name}:{client_of(request)}", limit=limit, per=per):
                return too_many(request, per)
            return view(request, *args, **kwargs)

        return limited

    return decorate


def too_many(request: HttpRequest, per: timedelta) -> HttpResponse:
    """429 as a page (template ``429.html``), or as problem+json for those who accept that."""
    seconds = str(int(per.total_seconds()))
    text = _("That was too often in a short time. Please wait a little and try again.")
    accept = request.headers.get("Accept", "")
    if "json" in accept or request.path.startswith("/api/"):
        body = {"type": "about:blank", "title": text, "status": 429}
        return JsonResponse(body, status=429, content_type="application/problem+json", headers={"Retry-After": seconds})
    response = render(request, "429.html", {"message": text}, status=429)
    response["Retry-After"] = seconds
    return response
