"""Passkeys: to sign in with, and to enrol. Their script speaks JSON; the rest are ordinary forms."""

from typing import Any

from allauth.core.context import request_context
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from autosilo.platform.kit import clock
from autosilo.platform.kit.limits import rate_limited
from autosilo.platform.resources.signin import credentials, passkeys
from autosilo.platform.resources.signin.passkeys import CannotUsePasskey
from autosilo.platform.surfaces.shopper.entering import enter, is_fresh
from autosilo.platform.surfaces.shopper.limits import OFTEN, SIGN_IN
from autosilo.platform.surfaces.shopper.views.asking import person_of
from autosilo.platform.surfaces.shopper.views.language import on_this_site
from autosilo.platform.surfaces.telling import telling

WAYS = "/me/ways"
SIGN_IN_AGAIN = f"/login?next={WAYS}"


@never_cache
@require_POST
@rate_limited("passkey-ask", **OFTEN)
def ask_to_enter(request: HttpRequest) -> HttpResponse:
    with request_context(request):
        return JsonResponse(passkeys.ask_to_enter())


@never_cache
@require_POST
@rate_limited("passkey-enter", **SIGN_IN)
def enter_with_one(request: HttpRequest) -> HttpResponse:
    """``{credential, next}`` in, ``{location}`` out."""
    try:
        given = credentials.entry(request.body)
        with request_context(request):
            person = passkeys.enter(credential=given.credential, now=clock.now())
    except (CannotUsePasskey, ValueError) as refusal:
        return _refused(refusal)
    answer = JsonResponse({"location": on_this_site(request, given.next, "/")})
    return enter(request, answer, person=person)


@never_cache
@login_required
@require_POST
@rate_limited("passkey-enrol-ask", **OFTEN)
def ask_to_enrol(request: HttpRequest) -> HttpResponse:
    if not is_fresh(request):
        return JsonResponse({"location": SIGN_IN_AGAIN}, status=403)
    try:
        with request_context(request):
            return JsonResponse(passkeys.ask_to_enrol(person=person_of(request)))
    except CannotUsePasskey as refusal:
        return _refused(refusal)


@never_cache
@login_required
@require_POST
@rate_limited("passkey-enrol", **SIGN_IN)
def enrol(request: HttpRequest) -> HttpResponse:
    """``{credential, name}`` in, ``{location}`` out."""
    if not is_fresh(request):
        return JsonResponse({"location": SIGN_IN_AGAIN}, status=403)
    try:
        given = credentials.enrolment(request.body)
        with request_context(request):
            passkeys.enrol(person=person_of(request), name=given.name, credential=given.credential, now=clock.now())
    except (CannotUsePasskey, ValueError) as refusal:
        return _refused(refusal)
    messages.success(request, _("Your passkey is enrolled. We have written to you about it."))
    return JsonResponse({"location": WAYS}, status=201)


@login_required
@require_POST
@rate_limited("passkey-remove", **OFTEN)
def remove(request: HttpRequest, passkey_id: int) -> HttpResponse:
    if not is_fresh(request):
        return HttpResponseRedirect(SIGN_IN_AGAIN)
    with telling(request, _("The passkey is removed.")):
        passkeys.remove(person=person_of(request), passkey_id=passkey_id, now=clock.now())
    return HttpResponseRedirect(WAYS)


def _refused(refusal: Exception) -> JsonResponse:
    said = refusal if isinstance(refusal, CannotUsePasskey) else CannotUsePasskey("refused")
    body: dict[str, Any] = {"type": "about:blank", "title": str(said), "status": 422}
    return JsonResponse(body, status=422, content_type="application/problem+json")
