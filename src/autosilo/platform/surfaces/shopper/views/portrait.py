"""The portrait of a mobile licence for a live capture: asked for by the page, answered by a wallet, never shown."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from autosilo.platform.journey.identity import portraits
from autosilo.platform.kit import clock
from autosilo.platform.kit.limits import rate_limited
from autosilo.platform.resources.licences.actions import CannotProve
from autosilo.platform.surfaces.shopper.limits import CAPTURES, WALLET
from autosilo.platform.surfaces.shopper.presenting import presentation
from autosilo.platform.surfaces.shopper.views.asking import trial_of
from autosilo.platform.surfaces.shopper.views.trials import qr


@never_cache
@login_required
@require_POST
@rate_limited("portrait-ask", **CAPTURES)
def ask(request: HttpRequest, trial_id: UUID) -> JsonResponse:
    """A link for the wallet, and the key to what it will show, which the page keeps in its memory."""
    try:
        made, key = portraits.ask(trial=trial_of(request, trial_id), now=clock.now())
    except CannotProve as refusal:
        return JsonResponse({"v": 1, "words": str(refusal)}, status=422)
    link = portraits.question_of(made).link()
    return JsonResponse({"v": 1, "ask": str(made.pk), "key": key, "link": link, "qr": qr(link)})


@never_cache
@login_required
@require_safe
def state(request: HttpRequest, trial_id: UUID, ask_id: UUID) -> JsonResponse:
    """The page asks again and again until the wallet has answered."""
    how, reason = portraits.state_of(trial=trial_of(request, trial_id), ask_id=ask_id, now=clock.now())
    return JsonResponse({"v": 1, "state": how.value, "words": str(CannotProve(reason)) if reason else ""})


@csrf_exempt
@require_POST
@rate_limited("wallet", **WALLET)
def wallet(request: HttpRequest, ask_id: UUID) -> JsonResponse:
    """As for a licence alone: whoever posts learns only whether it was good."""
    try:
        portraits.answer(ask_id=ask_id, response=presentation(request), now=clock.now())
    except (CannotProve, ValueError):
        return JsonResponse({"error": "invalid_request"}, status=400)
    return JsonResponse({})
