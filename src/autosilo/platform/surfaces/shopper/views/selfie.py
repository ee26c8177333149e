"""A selfie for the kiosk: only with a separate consent, never the only way in."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from autosilo.platform.journey.identity import actions as identity
from autosilo.platform.journey.identity import consent_text, consents
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
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.journey.trial.states import ACTIVE
from autosilo.platform.kit import clock
from autosilo.platform.kit.limits import rate_limited
from autosilo.platform.surfaces.shopper.limits import OFTEN, PHOTOS
from autosilo.platform.surfaces.shopper.views.asking import is_htmx, trial_of
from autosilo.platform.surfaces.shopper.views.language import safe_next
from autosilo.platform.surfaces.shopper.views.trials import qr
from autosilo.platform.surfaces.uploads import NoPhoto, photo_of
from autosilo.wire.identity import IdentityMode


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@rate_limited("selfie", **PHOTOS)
def selfie(request: HttpRequest, trial_id: UUID) -> HttpResponse:
    trial = trial_of(request, trial_id)
    if trial.state not in ACTIVE:
        messages.warning(request, str(identity.CannotEnrol("trial_over")))
        return HttpResponseRedirect(f"/trials/{trial.pk}")
    if not offers_face(trial) and not has_face(trial):
        messages.warning(request, str(identity.CannotEnrol("mode_not_offered")))
        return HttpResponseRedirect(f"/trials/{trial.pk}/pass")
    if request.method == "POST":
        return _take(request, trial)
    return _page(request, trial)


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


def _take(request: HttpRequest, trial: Trial) -> HttpResponse:
    version = request.POST.get("consent", "")
    if not version:
        return _refuse(request, trial, [_("Please read the consent and tick it first.")])
    with_pass = consent_text.MODE_OF.get(version) is IdentityMode.PASS_FACE
    enrol = identity.enrol_pass_face if with_pass else identity.enrol_face
    try:
        kept = enrol(
            trial=trial,
            photo=photo_of(request),
            consent_version=version,
            language=get_language() or "en",
            now=clock.now(),
        )
    except identity.CannotEnrol as refusal:
        return _refuse(request, trial, refusal.hints or [str(refusal)])
    except NoPhoto as problem:
        return _refuse(request, trial, [str(problem)])
    if isinstance(kept, str):
        context = {"trial": trial, "qr": qr(kept), "token": pass_token(issue_pass(trial=trial, now=clock.now()))}
        return render(request, "shopper/face_pass.html", context)
    messages.success(request, _("The kiosk will know you. Your photo itself was not kept."))
    there = f"/trials/{trial.pk}"
    return HttpResponseClientRedirect(there) if is_htmx(request) else HttpResponseRedirect(there)


def _version(request: HttpRequest, trial: Trial) -> str:
    """The consent of the way that was ticked, else asked for, else is in use already, else is offered first."""
    offered = {mode: version for version, mode in consent_text.MODE_OF.items() if mode in modes_of(trial)}
    ticked = request.POST.get("consent", "")
    if ticked in offered.values():
        return ticked
    asked = request.GET.get("way") or face_mode(trial)
    first = next((offered[mode] for mode in modes_of(trial) if mode in offered), consent_text.VERSION)
    return next((version for mode, version in offered.items() if mode == asked), first)


def _refuse(request: HttpRequest, trial: Trial, hints: list[str]) -> HttpResponse:
    if is_htmx(request):
        return render(request, "shopper/_selfie_said.html", {"hints": hints}, status=422)
    return _page(request, trial, hints=hints, status=422)


def _page(request: HttpRequest, trial: Trial, *, hints: list[str] | None = None, status: int = 200) -> HttpResponse:
    version = _version(request, trial)
    context = {
        "trial": trial,
        "hints": hints or [],
        "consent_text": consent_text.text(get_language() or "en", version),
        "consent_version": version,
        "with_pass": consent_text.MODE_OF[version] is IdentityMode.PASS_FACE,
        "both_offered": {IdentityMode.FACE_EXPECTED, IdentityMode.PASS_FACE} <= set(modes_of(trial)),
        "face_mode": face_mode(trial),
        "consented": bool(request.POST.get("consent")),
        "has_face": has_face(trial),
        "consent": consent_of(trial),
        "consent_record": has_consent_record(trial),
    }
    return render(request, "shopper/selfie.html", context, status=status)
