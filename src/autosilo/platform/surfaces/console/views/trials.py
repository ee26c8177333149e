"""``/console/trials``: the list, one trial, and what an operator may do with it."""

from decimal import Decimal
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from autosilo.platform.journey.dues import queries as dues_queries
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.journey.trial.states import TrialState
from autosilo.platform.kit import clock
from autosilo.platform.kit.money import MINOR_UNITS, Money
from autosilo.platform.resources.sites.models import Site
from autosilo.platform.surfaces.console import changes
from autosilo.platform.surfaces.console.access import Right, StaffRequest, needs
from autosilo.platform.surfaces.console.forms import DepositForm, ReasonForm
from autosilo.platform.surfaces.console.pages import changes_limited, page, paged, query_without_page
from autosilo.platform.surfaces.console.queries import trials as queries
from autosilo.platform.surfaces.telling import telling

MAX_SEARCH = 100


@never_cache
@require_GET
@needs(Right.SEE)
def listing(request: StaffRequest) -> HttpResponse:
    state, site = request.GET.get("state", ""), request.GET.get("site", "")
    text = request.GET.get("q", "").strip()[:MAX_SEARCH]
    context = {
        "trials": paged(request, queries.trials(state=state, site=site, text=text)),
        "query": query_without_page(request),
        "states": TrialState.choices,
        "sites": list(Site.objects.all()),
        "chosen": {"state": state, "site": site, "q": text},
    }
    return page(request, "console/trials.html", context, section="trials")


@never_cache
@require_GET
@needs(Right.SEE)
def one(request: StaffRequest, trial_id: UUID) -> HttpResponse:
    file = queries.file_of(_trial(trial_id))
    return page(request, "console/trial.html", {"file": file, "trial": file.trial}, section="trials")


@never_cache
@require_http_methods(["GET", "POST"])
@needs(Right.ACT)
@changes_limited
def cancel(request: StaffRequest, trial_id: UUID) -> HttpResponse:
    """Ask for the reason, then call the trial off."""
    trial = _trial(trial_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with telling(request, _("The trial was cancelled and the shopper was told.")):
            changes.cancel_trial(trial=trial, by=request.user, reason=form.cleaned_data["reason"], now=clock.now())
        return redirect("console:trial", trial_id=trial_id)
    return page(request, "console/trial_cancel.html", {"trial": trial, "form": form}, section="trials")


@never_cache
@require_http_methods(["GET", "POST"])
@needs(Right.ACT)
@changes_limited
def deposit(request: StaffRequest, trial_id: UUID) -> HttpResponse:
    """Ask how much of the deposit is kept and why, then keep or release it."""
    trial = _trial(trial_id)
    proposed = dues_queries.proposed_minor(trial)
    form = DepositForm(request.POST or None, initial={"keep": Decimal(proposed) / MINOR_UNITS})
    if request.method == "POST" and form.is_valid():
        keep_minor = int(form.cleaned_data["keep"] * MINOR_UNITS)
        reason = form.cleaned_data["reason"]
        with telling(request, _("Decided. The shopper is told when the money has moved.")):
            changes.decide_deposit(trial=trial, keep_minor=keep_minor, reason=reason, by=request.user, now=clock.now())
        return redirect("console:trial", trial_id=trial_id)
    context = {"trial": trial, "form": form, "proposed": Money(proposed, trial.cost_currency) if proposed else None}
    return page(request, "console/trial_deposit.html", context, section="trials")


@never_cache
@require_http_methods(["GET", "POST"])
@needs(Right.ACT)
@changes_limited
def fee(request: StaffRequest, trial_id: UUID) -> HttpResponse:
    """Ask for the reason, then give the fee back."""
    trial = _trial(trial_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with telling(request, _("Decided. The shopper is told when the money has moved.")):
            changes.refund_fee(trial=trial, by=request.user, reason=form.cleaned_data["reason"], now=clock.now())
        return redirect("console:trial", trial_id=trial_id)
    return page(request, "console/trial_fee.html", {"trial": trial, "form": form}, section="trials")


@never_cache
@require_POST
@needs(Right.ACT)
@changes_limited
def contact(request: StaffRequest, trial_id: UUID) -> HttpResponse:
    """A fragment: how to reach the shopper. That somebody looked is written down."""
    trial = _trial(trial_id)
    changes.show_contact(trial=trial, by=request.user, now=clock.now())
    return render(request, "console/parts/contact.html", {"person": trial.person})


def _trial(trial_id: UUID) -> Trial:
    trial = queries.find(trial_id)
    if trial is None:
        raise Http404
    return trial
