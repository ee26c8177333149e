"""From "may I?" to a booked car: decision, choice of paint, place and time, confirmation."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from autosilo.platform.journey.booking import actions as booking
from autosilo.platform.journey.booking import queries as booking_queries
from autosilo.platform.journey.booking.calendar import SLOT, times_of
from autosilo.platform.journey.eligibility import actions as eligibility
from autosilo.platform.journey.eligibility import consent_text
from autosilo.platform.journey.eligibility.models import EligibilityDecision
from autosilo.platform.journey.eligibility.queries import review_of
from autosilo.platform.kit import clock
from autosilo.platform.kit.limits import rate_limited
from autosilo.platform.policies.registry import policy_for
from autosilo.platform.resources.catalogue import queries as cars
from autosilo.platform.resources.catalogue.queries import ModelCard
from autosilo.platform.resources.people.models import Person
from autosilo.platform.resources.sites.queries import zone_of
from autosilo.platform.surfaces.shopper import picking, ruling
from autosilo.platform.surfaces.shopper.limits import OFTEN
from autosilo.platform.surfaces.shopper.views.asking import person_of

CONFLICT = 409


@never_cache
@login_required
@require_safe
def book(request: HttpRequest, slug: str) -> HttpResponse:
    """The decision with its reasons and, where it is yes, what there is to choose from."""
    card = _card(slug)
    return _book_page(request, card, _first_choice(request, card))


@never_cache
@login_required
@require_safe
def times(request: HttpRequest, slug: str) -> HttpResponse:
    """The picker alone, for htmx: the same choices with fresh times."""
    card = _card(slug)
    return render(request, "shopper/_picker.html", _picker(card, picking.Choice.of(request.GET, card)))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@rate_limited("book", **OFTEN)
def confirm(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything once more, with the terms; then book."""
    card = _card(slug)
    query = request.POST if request.method == "POST" else request.GET
    choice = picking.Choice.of(query, card)
    if choice.slot is None:
        return _book_page(request, card, choice, problem=_("Please choose a time."), status=422)
    if request.method == "POST" and request.POST.get("agree"):
        try:
            trial = booking.book(
                person=person_of(request),
                car_model=card.model,
                paint=choice.paint,
                site=choice.site,
                slot_start=choice.slot,
                now=clock.now(),
            )
        except booking.CannotBook as refusal:
            return _book_page(request, card, choice, problem=str(refusal), status=CONFLICT)
        messages.success(request, _("Your car is booked."))
        return HttpResponseRedirect(f"/trials/{trial.pk}")
    not_agreed = request.method == "POST"
    context = _summary(card, choice) | {"not_agreed": not_agreed}
    return render(request, "shopper/confirm.html", context, status=422 if not_agreed else 200)


def _first_choice(request: HttpRequest, card: ModelCard) -> picking.Choice:
    """Who has not chosen a paint is shown one that can be had, as soon as possible."""
    choice = picking.Choice.of(request.GET, card)
    if "paint" in request.GET:
        return choice
    soonest = booking_queries.soonest_paint(car_model=card.model, site=choice.site, now=clock.now())
    return replace(choice, paint=soonest) if soonest else choice


def _card(slug: str) -> ModelCard:
    card = cars.card(slug=slug)
    if card is None or not card.paints or not card.sites:
        raise Http404
    return card


def _book_page(
    request: HttpRequest, card: ModelCard, choice: picking.Choice, *, problem: str = "", status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {"problem": problem, "query": choice.query(), "model": card.model}
    try:
        decision = eligibility.decide(
            person=person_of(request), car_model=card.model, site=choice.site, now=clock.now()
        )
    except eligibility.CannotDecide as refusal:
        context |= _undecided(refusal)
    else:
        context |= _decided(decision, choice, person_of(request))
    return render(request, "shopper/book.html", context | _picker(card, choice), status=status)


def _undecided(refusal: eligibility.CannotDecide) -> dict[str, Any]:
    return {
        "undecided": refusal.reason,
        "undecided_text": str(refusal),
        "credit_text": consent_text.text(get_language() or "en"),
        "credit_version": consent_text.VERSION,
    }


def _decided(decision: EligibilityDecision, choice: picking.Choice, person: Person) -> dict[str, Any]:
    policy = policy_for(choice.site.market, clock.now())
    helps = policy.credit_threshold is not None and not policy.credit_required
    return {
        "decision": decision,
        "rules": ruling.in_words(decision.rules, zone=zone_of(choice.site)),
        "terms": ruling.terms_in_words(decision.terms, bureau_helps=helps),
        "review": None if decision.allowed else review_of(person=person, car_model=decision.car_model),
        "credit_text": consent_text.text(get_language() or "en"),
        "credit_version": consent_text.VERSION,
    }


def _picker(card: ModelCard, choice: picking.Choice) -> dict[str, Any]:
    slots = booking_queries.slots(car_model=card.model, paint=choice.paint, site=choice.site, now=clock.now())
    days = picking.days_of(slots, choice.site)
    return {
        "card": card,
        "model": card.model,
        "choice": choice,
        "days": days,
        "day": picking.chosen_day(days, choice),
        "slot_key": picking.slot_key(choice.slot),
    }


def _summary(card: ModelCard, choice: picking.Choice) -> dict[str, Any]:
    assert choice.slot is not None  # noqa: S101  the caller has looked
    length = policy_for(choice.site.market, clock.now()).trial_length
    return {
        "card": card,
        "model": card.model,
        "choice": choice,
        "slot_key": picking.slot_key(choice.slot),
        "slot_end": choice.slot + SLOT,
        "times": times_of(choice.slot, trial_length=length),
        "hours": int(length.total_seconds() // 3600),
        "query": choice.query(),
    }
