"""Prove the driving licence, by a wallet or by an operator's eye: the page, and the address that wallets answer to."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from autosilo.platform.kit import clock
from autosilo.platform.kit.limits import rate_limited
from autosilo.platform.resources.licences import actions as licences
from autosilo.platform.resources.licences import consent_text, queries, reviewing
from autosilo.platform.resources.licences.demo import count_as_verified
from autosilo.platform.resources.licences.models import WalletAsk
from autosilo.platform.resources.licences.states import AskState
from autosilo.platform.resources.people.queries import missing_details
from autosilo.platform.surfaces.shopper.limits import OFTEN, PHOTOS, WALLET
from autosilo.platform.surfaces.shopper.presenting import presentation
from autosilo.platform.surfaces.shopper.views.asking import is_htmx, person_of
from autosilo.platform.surfaces.shopper.views.language import safe_next
from autosilo.platform.surfaces.shopper.views.trials import qr
from autosilo.platform.surfaces.telling import telling
from autosilo.platform.surfaces.uploads import NoPhoto, photo_of


@never_cache
@login_required
@require_safe
def licence(request: HttpRequest) -> HttpResponse:
    """How the licence stands, and what can be done. Its moving part asks again by itself."""
    template = "shopper/_licence_now.html" if is_htmx(request) else "shopper/licence.html"
    return render(request, template, _context(request))


@login_required
@require_POST
@rate_limited("licence-ask", **OFTEN)
def ask(request: HttpRequest) -> HttpResponse:
    try:
        licences.ask(person=person_of(request), now=clock.now())
    except licences.CannotProve as refusal:
        messages.error(request, str(refusal))
    after = safe_next(request, "")
    return HttpResponseRedirect("/me/licence" + (f"?{urlencode({'next': after})}" if after else ""))


@login_required
@require_POST
@rate_limited("licence-demo", **OFTEN)
def demo(request: HttpRequest) -> HttpResponse:
    """Where there is no wallet at hand to try the shop with."""
    if not settings.DEMO:
        raise Http404
    count_as_verified(person=person_of(request), now=clock.now())
    return HttpResponseRedirect(safe_next(request, "/me/licence"))


@login_required
@require_POST
@rate_limited("licence-photo", **PHOTOS)
def photo(request: HttpRequest) -> HttpResponse:
    """For an operator to look at, where no wallet shows the licence."""
    try:
        reviewing.ask(
            person=person_of(request),
            photo=photo_of(request),
            consent=request.POST.get("consent", ""),
            now=clock.now(),
        )
    except (reviewing.CannotAskToLook, NoPhoto) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("A person will look at your photo and write to you. Then it is deleted."))
    return HttpResponseRedirect("/me/licence")


@login_required
@require_POST
@rate_limited("licence-photo-withdraw", **OFTEN)
def withdraw_photo(request: HttpRequest) -> HttpResponse:
    with telling(request, _("Your photo is deleted.")):
        reviewing.withdraw(person=person_of(request), now=clock.now())
    return HttpResponseRedirect("/me/licence")


@csrf_exempt
@require_POST
@rate_limited("wallet", **WALLET)
def wallet(request: HttpRequest, ask_id: UUID) -> HttpResponse:
    """OpenID for Verifiable Presentations 1.0, 8.2: ``direct_post``. A wallet has no session: the nonce is the proof.

    Whoever posts learns only whether it was good; why not stands on the shopper's own page.
    """
    try:
        response = presentation(request)
        licences.answer(ask_id=ask_id, response=response, now=clock.now())
    except (licences.CannotProve, ValueError):
        return JsonResponse({"error": "invalid_request"}, status=400)
    return JsonResponse({})


def _context(request: HttpRequest) -> dict[str, Any]:
    person, now = person_of(request), clock.now()
    proof = queries.proof_of(queries.licence_with_proof(person=person))
    latest = queries.latest_ask(person=person)
    waiting = latest is not None and latest.state == AskState.OPEN and latest.ends_at > now
    link = licences.question_of(latest).link() if latest is not None and waiting else ""
    return {
        "proof": proof,
        "good": proof is not None and proof.expires_on >= now.date(),
        "complete": not missing_details(person=person),
        "by_wallet": licences.reader().ready(),
        "link": link,
        "next": safe_next(request, ""),
        "qr": qr(link) if link else "",
        "review": queries.latest_review(person=person),
        "consent_text": consent_text.text(get_language() or "en"),
        "consent_version": consent_text.VERSION,
        "refused": _why_not(latest) if latest is not None and not waiting else "",
    }


def _why_not(latest: WalletAsk) -> str:
    """Of the last question; empty when it was answered well."""
    if latest.state == AskState.PROVEN:
        return ""
    return str(licences.CannotProve(latest.reason if latest.state == AskState.REFUSED else "over"))
