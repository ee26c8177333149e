"""A face for the kiosk: only with a separate consent, captured live, never the only way in."""

import json
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from autosilo.platform.journey.identity import actions as identity
from autosilo.platform.journey.identity import consent_text, consents, tickets
from autosilo.platform.journey.identity.actions import issue_pass
from autosilo.platform.journey.identity.passes import pass_token
from autosilo.platform.journey.identity.queries import (
    consent_of,
    face_mode,
    has_consent_record,
    has_face,
    modes_of,
    offers_face,
)
from autosilo.platform.journey.identity.tickets import Ticket
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.journey.trial.states import ACTIVE
from autosilo.platform.kit import clock
from autosilo.platform.kit.limits import rate_limited
from autosilo.platform.resources.licences import actions as licences
from autosilo.platform.surfaces.shopper.capturing.words import PAGE
from autosilo.platform.surfaces.shopper.limits import CAPTURES, OFTEN
from autosilo.platform.surfaces.shopper.views.asking import trial_of
from autosilo.platform.surfaces.shopper.views.language import safe_next
from autosilo.platform.surfaces.shopper.views.trials import qr
from autosilo.wire.capture import PATH
from autosilo.wire.identity import IdentityMode
from autosilo.wire.passes import NotAPass, normalise, read


@never_cache
@login_required
@require_safe
def selfie(request: HttpRequest, trial_id: UUID) -> HttpResponse:
    trial = trial_of(request, trial_id)
    if trial.state not in ACTIVE:
        messages.warning(request, str(identity.CannotEnrol("trial_over")))
        return HttpResponseRedirect(f"/trials/{trial.pk}")
    if not offers_face(trial) and not has_face(trial):
        messages.warning(request, str(identity.CannotEnrol("mode_not_offered")))
        return HttpResponseRedirect(f"/trials/{trial.pk}/pass")
    return _page(request, trial)


@never_cache
@login_required
@require_POST
@rate_limited("capture", **CAPTURES)
def begin(request: HttpRequest, trial_id: UUID) -> JsonResponse:
    """The consent is ticked and the camera about to be turned on: a ticket to ``capturing``."""
    trial = trial_of(request, trial_id)
    version, language = request.POST.get("consent", ""), get_language() or "en"
    if request.POST.get("portrait"):
        version = consent_text.WITH_PORTRAIT.get(version, "")
    if not version:
        return JsonResponse({"v": 1, "words": str(PAGE["consent"])}, status=422)
    try:
        identity.may_enrol(trial=trial, consent_version=version)
    except identity.CannotEnrol as refusal:
        return JsonResponse({"v": 1, "words": str(refusal)}, status=422)
    ticket = Ticket(trial=trial.pk, person=trial.person_id, version=version, language=language)
    return JsonResponse({"v": 1, "ticket": tickets.issue(ticket)})


@never_cache
@login_required
@require_POST
@rate_limited("face-pass", **OFTEN)
def face_pass(request: HttpRequest, trial_id: UUID) -> HttpResponse:
    """Draw the pass whose key the capture told the page. It is in this one request and its answer, and kept nowhere."""
    trial = trial_of(request, trial_id)
    token = pass_token(issue_pass(trial=trial, now=clock.now()))
    held = request.POST.get("held", "")
    try:
        shown = read(held)
    except NotAPass:
        shown = None
    if shown is None or shown.key is None or shown.token != normalise(token):
        return HttpResponseRedirect(f"/trials/{trial.pk}/pass")
    return render(request, "shopper/face_pass.html", {"trial": trial, "qr": qr(held), "token": token})


@login_required
@require_POST
@rate_limited("withdraw", **OFTEN)
def withdraw(request: HttpRequest, trial_id: UUID) -> HttpResponse:
    """Take the consent back; the template is destroyed here and at the site."""
    trial = trial_of(request, trial_id)
    try:
        identity.withdraw_face(trial=trial, now=clock.now())
    except identity.CannotWithdraw as refusal:
        messages.warning(request, str(refusal))
    else:
        said = _("Your consent is withdrawn and the template is destroyed. Your pass works as before.")
        messages.success(request, said)
    return HttpResponseRedirect(safe_next(request, f"/trials/{trial.pk}"))


@require_safe
def consent_key(request: HttpRequest) -> HttpResponse:
    """For anybody: the public key of the statements."""
    return JsonResponse(consents.published_key(), json_dumps_params={"indent": 1})


@login_required
@require_GET
@never_cache
def consent_record(request: HttpRequest, trial_id: UUID) -> HttpResponse:
    """Every signed statement about this visit, to keep."""
    trial = trial_of(request, trial_id)
    answer = JsonResponse(consents.record(trial), json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = f'attachment; filename="consent-{trial.pk}.json"'
    return answer


def _version(request: HttpRequest, trial: Trial) -> str:
    """The consent of the way that was asked for, else is in use already, else is offered first."""
    offered = {mode: version for mode, version in consent_text.VERSION_OF.items() if mode in modes_of(trial)}
    asked = request.GET.get("way") or face_mode(trial)
    first = next((offered[mode] for mode in modes_of(trial) if mode in offered), consent_text.VERSION)
    return next((version for mode, version in offered.items() if mode == asked), first)


def _page(request: HttpRequest, trial: Trial) -> HttpResponse:
    version = _version(request, trial)
    context = {
        "trial": trial,
        "page_words": json.dumps({name: str(words) for name, words in PAGE.items()}, ensure_ascii=False),
        "live": PATH,
        "consent_text": consent_text.text(get_language() or "en", version),
        "consent_version": version,
        "portrait_clause": consent_text.portrait_clause(get_language() or "en") if licences.reader().ready() else "",
        "with_pass": consent_text.MODE_OF[version] is IdentityMode.PASS_FACE,
        "both_offered": {IdentityMode.FACE_EXPECTED, IdentityMode.PASS_FACE} <= set(modes_of(trial)),
        "face_mode": face_mode(trial),
        "has_face": has_face(trial),
        "consent": consent_of(trial),
        "consent_record": has_consent_record(trial),
    }
    return render(request, "shopper/selfie.html", context)
