"""My details, my membership, my credit answer."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from autosilo.platform.journey.eligibility import actions as eligibility
from autosilo.platform.journey.eligibility import consent_text
from autosilo.platform.journey.eligibility.models import CreditCheck, CreditConsent
from autosilo.platform.journey.identity.queries import faces_of
from autosilo.platform.kit import clock
from autosilo.platform.kit.limits import rate_limited
from autosilo.platform.resources.licences.queries import licence_with_proof, proof_of
from autosilo.platform.resources.people import actions as people
from autosilo.platform.resources.people import queries as people_queries
from autosilo.platform.resources.sites import queries as sites
from autosilo.platform.surfaces.shopper.forms import DetailsForm
from autosilo.platform.surfaces.shopper.limits import CREDIT, OFTEN
from autosilo.platform.surfaces.shopper.views.asking import person_of
from autosilo.platform.surfaces.shopper.views.language import safe_next


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@rate_limited("me", **OFTEN)
def me(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    if request.method == "POST":
        form = DetailsForm(request.POST)
        if form.is_valid():
            try:
                people.save_details(person=person, **form.cleaned_data, now=clock.now())
            except people.CannotSaveDetails as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, _("Your details are saved."))
                return HttpResponseRedirect(safe_next(request, "/me"))
    else:
        form = DetailsForm.showing(person)
    return _page(request, form, status=422 if form.errors else 200)


@login_required
@require_POST
@rate_limited("premium", **OFTEN)
def premium(request: HttpRequest) -> HttpResponse:
    people.become_premium(person=person_of(request), now=clock.now())
    messages.success(request, _("You are a premium member now."))
    return HttpResponseRedirect(safe_next(request, "/me"))


@login_required
@require_POST
@rate_limited("credit", **CREDIT)
def credit(request: HttpRequest) -> HttpResponse:
    """Ask the bureau, with the consent that stands on the page."""
    if request.POST.get("consent") != consent_text.VERSION:
        messages.error(request, _("Please read the consent and tick it first."))
        return HttpResponseRedirect(safe_next(request, "/me#credit"))
    every = sites.all_sites()
    site = next((one for one in every if one.slug == request.POST.get("site")), every[0])
    try:
        check = eligibility.ask_credit(person=person_of(request), site=site, now=clock.now())
    except eligibility.CannotDecide as refusal:
        messages.error(request, str(refusal))
    else:
        _say_answer(request, check)
    return HttpResponseRedirect(safe_next(request, "/me#credit"))


@login_required
@require_POST
@rate_limited("credit-withdraw", **OFTEN)
def withdraw_credit(request: HttpRequest) -> HttpResponse:
    """The bureau is not asked any more, and its answer is forgotten."""
    eligibility.withdraw_consent(person=person_of(request), now=clock.now())
    messages.success(request, _("Your consent is withdrawn, and the bureau's answer is deleted here."))
    return HttpResponseRedirect("/me#credit")


def _say_answer(request: HttpRequest, check: CreditCheck | None) -> None:
    if check is None or check.meets:
        messages.success(request, _("The credit bureau has answered: this rule is met."))
    else:
        messages.warning(request, _("The credit bureau has answered: this rule is not met at the moment."))


def _page(request: HttpRequest, form: DetailsForm, *, status: int) -> HttpResponse:
    person, now = person_of(request), clock.now()
    membership = people_queries.membership_of(person=person)
    context = {
        "form": form,
        "next": safe_next(request, ""),
        "complete": people_queries.details_complete(person=person),
        "tier": people_queries.tier_by(membership, now=now),
        "membership": membership,
        "check": CreditCheck.objects.filter(person=person).first(),
        "credit_stands": CreditConsent.objects.filter(person=person, withdrawn_at=None).exists(),
        "credit_text": consent_text.text(get_language() or "en"),
        "credit_version": consent_text.VERSION,
        "faces": faces_of(person),
        "proof": proof_of(licence_with_proof(person=person)),
        "now": now,
    }
    return render(request, "shopper/me.html", context, status=status)
