"""``/console/live``, ``/console/live/<slug>``: the towers as server-sent events; ``…/callers``: who called there."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, ParamSpec, TypeVar

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.models import Device

from autosilo.platform.kit import clock
from autosilo.platform.resources.people import audit
from autosilo.platform.resources.sites.models import Site
from autosilo.platform.surfaces.console.access import RIGHT_OF_VIEW, Right, may, rights_of, worker_of, works_here
from autosilo.platform.surfaces.console.live.caller import callers
from autosilo.platform.surfaces.console.live.hub import hub
from autosilo.platform.surfaces.console.live.last_known import last_known
from autosilo.platform.surfaces.console.live.stream import pictures

P = ParamSpec("P")
T = TypeVar("T")


async def live(request: HttpRequest, slug: str | None = None) -> HttpResponseBase:
    """Needs ``Right.SEE``; 403 without a word otherwise, because a stream cannot show a login page."""
    if not await _aside(may)(request, Right.SEE):
        return HttpResponse(status=403)
    sites = await _aside(_slugs)(slug)
    if not sites:
        return HttpResponse(status=404)
    stream = pictures(
        hub=hub(), sites=sites, last_known=_aside(_last_known), still_allowed=lambda: _aside(_still_allowed)(request)
    )
    return _events(stream)


async def caller(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Needs ``Right.SEE_CALLER``; each looking stands in the audit trail before the first picture."""
    if not await _aside(may)(request, Right.SEE_CALLER):
        return HttpResponse(status=403)
    if not await _aside(_slugs)(slug):
        return HttpResponse(status=404)
    await _aside(_note_looking)(request, slug)
    allowed = lambda: _aside(_still_allowed)(request, Right.SEE_CALLER)  # noqa: E731  bound to this request
    return _events(callers(url=settings.NATS_URL, site=slug, still_allowed=allowed))


def _events(stream: AsyncIterator[bytes]) -> StreamingHttpResponse:
    return StreamingHttpResponse(
        stream,
        content_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


setattr(live, RIGHT_OF_VIEW, Right.SEE)
setattr(caller, RIGHT_OF_VIEW, Right.SEE_CALLER)


def _note_looking(request: HttpRequest, slug: str) -> None:
    audit.record(actor=worker_of(request), action="caller_watched", target=f"site {slug}", detail={}, now=clock.now())


def _slugs(slug: str | None) -> list[str]:
    sites = Site.objects.all() if slug is None else Site.objects.filter(slug=slug)
    return list(sites.values_list("slug", flat=True))


def _last_known(slug: str) -> str:
    return last_known(Site.objects.get(slug=slug)).model_dump_json()


def _still_allowed(request: HttpRequest, right: Right = Right.SEE) -> bool:
    """Look again at the database, not at what the request remembers: signed out, switched off, device forgotten?"""
    session = request.session
    if not session.session_key or not session.exists(session.session_key):
        return False
    fresh = type(session)(session.session_key)
    request.session = fresh
    person = get_user(request)
    device = Device.from_persistent_id(fresh.get(DEVICE_ID_SESSION_KEY, ""))
    return works_here(person) and device is not None and device.user_id == person.pk and right in rights_of(person)


def _aside(work: Callable[P, T]) -> Callable[P, Awaitable[T]]:
    """Run ``work`` in the request's thread and give its database connection back: a stream must not keep one."""

    def then_free(*args: Any, **kwargs: Any) -> T:
        try:
            return work(*args, **kwargs)
        finally:
            close_old_connections()

    return sync_to_async(then_free, thread_sensitive=True)
