"""Pay the fee and leave the deposit of a trial that is held."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from autosilo.platform.journey.dues import actions as dues
from autosilo.platform.journey.dues.queries import dues_of
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.journey.trial.states import TrialState
from autosilo.platform.kit import clock
from autosilo.platform.kit.limits import rate_limited
from autosilo.platform.surfaces.shopper import owing
from autosilo.platform.surfaces.shopper.limits import MONEY
from autosilo.platform.surfaces.shopper.paying import not_paid, paid, script, with_provider
from autosilo.platform.surfaces.shopper.views.asking import trial_of


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@rate_limited("pay", **MONEY)
@with_provider
def pay_dues(request: HttpRequest, trial_id: UUID) -> HttpResponse:
    """The payment page of a held trial; its script posts the card's token here and is answered in JSON."""
    trial = trial_of(request, trial_id)
    if request.method == "POST":
        return _answer(request, trial)
    if trial.state != TrialState.HELD:
        return HttpResponseRedirect(f"/trials/{trial.pk}")
    if not trial.costs or not dues_of(trial):
        return HttpResponseRedirect(f"/trials/{trial.pk}/confirm")
    return render(request, "shopper/dues.html", {"trial": trial, "owing": owing.standing(trial), **script()})


def _answer(request: HttpRequest, trial: Trial) -> JsonResponse:
    """``{status, message, client_secret}`` for the script; ``succeeded`` once the trial is booked."""
    try:
        booked = dues.secure(trial=trial, card_token=request.POST.get("token", ""), now=clock.now())
    except (dues.CannotPay, dues.CannotSettle) as refusal:
        return not_paid(refusal)
    if booked:
        messages.success(request, _("Your car is booked."))
    return paid(done=booked)
