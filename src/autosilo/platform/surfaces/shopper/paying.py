"""What the two payment pages share: the provider's script in the page, and what is said of a card in JSON.

The card's number never comes here: the provider's script makes a token of it.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from urllib.parse import urlsplit

from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from autosilo.platform.kit.refusals import Refusal

View = Callable[..., HttpResponse]
STRIPE_FRAMES = ["https://js.stripe.com", "https://hooks.stripe.com"]


def with_provider(view: View) -> View:
    """For the pages that may load the provider's script and speak to the provider."""

    @wraps(view)
    def allowed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return cast(HttpResponse, csp_update(_provider_sources())(view)(request, *args, **kwargs))

    return allowed


def script() -> dict[str, str]:
    """What the page's template needs of the provider."""
    return {"stripe_js": settings.STRIPE_JS_URL, "key": settings.STRIPE_PUBLISHABLE_KEY}


def paid(*, done: bool) -> JsonResponse:
    """``succeeded``, or ``processing`` while the provider has not said so."""
    if done:
        return JsonResponse({"status": "succeeded"})
    return JsonResponse({"status": "processing", "message": _("The payment is being processed. Please wait a moment.")})


def not_paid(refusal: Refusal) -> JsonResponse:
    """``{status, message}``; for a card whose holder's bank wants to ask them, what the script needs for that."""
    if refusal.reason == "action_needed":
        return JsonResponse({"status": "requires_action", "client_secret": refusal.detail["client_secret"]})
    return JsonResponse({"status": refusal.reason, "message": str(refusal)})


def _provider_sources() -> dict[str, list[str]]:
    sources = {"script-src": [settings.STRIPE_JS_URL], "connect-src": [settings.STRIPE_API_BASE]}
    if urlsplit(settings.STRIPE_JS_URL).hostname == "js.stripe.com":
        sources["frame-src"] = STRIPE_FRAMES
    return sources
