"""Keep the car: contract, payment, receipt."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from autosilo.platform.journey.purchase import actions as purchases
from autosilo.platform.journey.purchase import contract
from autosilo.platform.journey.purchase import queries as purchase_queries
from autosilo.platform.journey.purchase.models import Purchase
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.kit import clock
from autosilo.platform.kit.limits import rate_limited
from autosilo.platform.surfaces.shopper.limits import MONEY
from autosilo.platform.surfaces.shopper.paying import not_paid, paid, script, with_provider
from autosilo.platform.surfaces.shopper.views.asking import trial_of


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@rate_limited("buy", **MONEY)
def buy(request: HttpRequest, trial_id: UUID) -> HttpResponse:
    """The contract in full; accepting it leads to the payment."""
    trial = trial_of(request, trial_id)
    purchase = purchase_queries.purchase_of(trial)
    if purchase is not None and purchase.completed_at is not None:
        return HttpResponseRedirect(f"/trials/{trial.pk}/receipt")
    if not purchase_queries.can_buy(trial):
        messages.error(request, str(purchases.CannotBuy("not_with_you")))
        return HttpResponseRedirect(f"/trials/{trial.pk}")
    problem = ""
    if request.method == "POST":
        if not request.POST.get("agree"):
            problem = _("Please tick that you accept the contract.")
        else:
            return _accept(request, trial)
    return _contract_page(request, trial, problem=problem)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@rate_limited("pay", **MONEY)
@with_provider
def pay(request: HttpRequest, trial_id: UUID) -> HttpResponse:
    """The payment page; its script posts the card's token here and is answered in JSON."""
    trial = trial_of(request, trial_id)
    purchase = purchase_queries.purchase_of(trial)
    if purchase is None:
        return HttpResponseRedirect(f"/trials/{trial.pk}/buy")
    if request.method == "POST":
        return _answer(request, purchase)
    if purchase.payment.paid_at is not None:
        return HttpResponseRedirect(f"/trials/{trial.pk}/receipt")
    return render(request, "shopper/pay.html", {"trial": trial, "purchase": purchase, **script()})


@never_cache
@login_required
@require_safe
def receipt(request: HttpRequest, trial_id: UUID) -> HttpResponse:
    trial = trial_of(request, trial_id)
    found = purchase_queries.receipt_of(trial)
    if found is None:
        raise Http404
    purchase = purchase_queries.purchase_of(trial)
    return render(request, "shopper/receipt.html", {"trial": trial, "receipt": found, "purchase": purchase})


def _contract_page(request: HttpRequest, trial: Trial, *, problem: str = "") -> HttpResponse:
    words = contract.render(trial=trial, language=get_language() or "en", now=clock.now())
    context = {"trial": trial, "contract": words, "version": contract.VERSION, "problem": problem}
    return render(request, "shopper/buy.html", context, status=422 if problem else 200)


def _accept(request: HttpRequest, trial: Trial) -> HttpResponse:
    try:
        purchases.accept(
            trial=trial,
            contract_version=request.POST.get("version", ""),
            language=get_language() or "en",
            now=clock.now(),
        )
    except purchases.CannotBuy as refusal:
        return _contract_page(request, trial, problem=str(refusal))
    except purchases.CannotPay as refusal:
        messages.warning(request, str(refusal))
    return HttpResponseRedirect(f"/trials/{trial.pk}/pay")


def _answer(request: HttpRequest, purchase: Purchase) -> JsonResponse:
    """``{status, message, client_secret}`` for the script; ``succeeded`` once the money is here."""
    try:
        if request.POST.get("token"):
            purchases.pay(purchase=purchase, card_token=request.POST["token"], now=clock.now())
        else:
            purchases.check(purchase=purchase, now=clock.now())
    except (purchases.CannotPay, purchases.CannotBuy) as refusal:
        return not_paid(refusal)
    purchase.payment.refresh_from_db()
    return paid(done=purchase.payment.paid_at is not None)
