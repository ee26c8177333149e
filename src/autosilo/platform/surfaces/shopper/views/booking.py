"""From "may I?" to a booked car: decision, choice of paint, place and time, confirmation."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from autosilo.platform.journey.booking import actions as booking
from autosilo.platform.journey.booking import offers, waiting
from autosilo.platform.journey.booking import queries as booking_queries
from autosilo.platform.journey.booking.calendar import BOOKABLE_DAYS, times_of
from autosilo.platform.journey.booking.claim import Wish
from autosilo.platform.journey.booking.queries import Ahead
from autosilo.platform.journey.dues import actions as dues
from autosilo.platform.journey.eligibility import actions as eligibility
from autosilo.platform.journey.eligibility import consent_text
from autosilo.platform.journey.eligibility.models import EligibilityDecision
from autosilo.platform.journey.eligibility.queries import review_of
from autosilo.platform.journey.returns import moving
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.journey.trial.queries import held_by, length_of
from autosilo.platform.journey.trial.states import TrialState
from autosilo.platform.kit import clock
from autosilo.platform.kit.limits import rate_limited
from autosilo.platform.policies.registry import policy_for
from autosilo.platform.resources.catalogue.queries import ModelCard
from autosilo.platform.resources.catalogue.shelf import shelf
from autosilo.platform.resources.people.models import Person
from autosilo.platform.resources.sites.queries import zone_of
from autosilo.platform.surfaces.shopper import owing, picking, ruling
from autosilo.platform.surfaces.shopper.limits import OFTEN
from autosilo.platform.surfaces.shopper.views.asking import person_of, trial_of

CONFLICT = 409


@never_cache
@login_required
@require_safe
def book(request: HttpRequest, slug: str) -> HttpResponse:
    """The decision with its reasons and, where it is yes, what there is to choose from."""
    card = _card(slug)
    held = held_by(person_of(request))
    if held is not None:
        messages.info(request, _("This car is held for you. Confirm it, or let it go to choose another."))
        return HttpResponseRedirect(f"/trials/{held}/confirm")
    choice = picking.Choice.of(request.GET, card)
    if "paint" in request.GET:
        return _book_page(request, card, choice)
    found = booking_queries.ahead(car_model=card.model, paint=None, site=choice.site, now=clock.now())
    return _book_page(request, card, _first_choice(card, choice, found), found=found)


@never_cache
@login_required
@require_safe
def times(request: HttpRequest, slug: str) -> HttpResponse:
    """The picker alone, for htmx: the same choices with fresh times."""
    card = _card(slug)
    return render(request, "shopper/_picker.html", _picker(card, picking.Choice.of(request.GET, card)))


@login_required
@require_POST
@rate_limited("book", **OFTEN)
def hold(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep the car for ten minutes; behind the quick door ``counter.at_counter`` does the same for crowds."""
    card = _card(slug)
    choice = picking.Choice.of(request.POST, card)
    if choice.slot is None:
        return _book_page(request, card, choice, problem=_("Please choose a time."), status=422)
    wish = Wish(car_model=card.model, paints=(choice.paint,), site=choice.site, slot_start=choice.slot)
    try:
        held = booking.hold(person=person_of(request), wish=wish, now=clock.now())
    except booking.CannotBook as refusal:
        return _book_page(request, card, choice, problem=str(refusal), status=CONFLICT)
    return HttpResponseRedirect(f"/trials/{held.trial}/confirm")


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@rate_limited("confirm", **OFTEN)
def confirm(request: HttpRequest, trial_id: UUID) -> HttpResponse:
    """Everything once more, with the terms, while the car is held; then it is booked."""
    trial = trial_of(request, trial_id)
    if trial.state != TrialState.HELD:
        return HttpResponseRedirect(f"/trials/{trial.pk}")
    agreed = bool(request.POST.get("agree"))
    if request.method == "POST" and agreed and trial.costs:
        return _to_payment(request, trial)
    if request.method == "POST" and agreed:
        try:
            booking.confirm(trial=trial, now=clock.now())
        except booking.CannotConfirm as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(_picker_of(trial))
        messages.success(request, _("Your car is booked."))
        return HttpResponseRedirect(f"/trials/{trial.pk}")
    not_agreed = request.method == "POST"
    context = _summary(trial) | {"not_agreed": not_agreed}
    return render(request, "shopper/confirm.html", context, status=422 if not_agreed else 200)


def _to_payment(request: HttpRequest, trial: Trial) -> HttpResponse:
    """A trial that costs something is booked by its payment."""
    try:
        dues.agree(trial=trial, now=clock.now())
    except dues.CannotSettle as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(_picker_of(trial))
    return HttpResponseRedirect(f"/trials/{trial.pk}/dues")


@login_required
@require_POST
@rate_limited("confirm", **OFTEN)
def let_go(request: HttpRequest, trial_id: UUID) -> HttpResponse:
    """The car is free for others at once; back to the choice."""
    trial = trial_of(request, trial_id)
    try:
        booking.cancel(trial=trial, by=person_of(request), now=clock.now())
    except booking.CannotCancel as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(f"/trials/{trial.pk}")
    return HttpResponseRedirect(_picker_of(trial))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@rate_limited("move", **OFTEN)
def move(request: HttpRequest, trial_id: UUID) -> HttpResponse:
    """Another pick-up time for a booking that has not begun."""
    trial = trial_of(request, trial_id)
    if trial.state not in booking.BEFORE_PICK_UP:
        return HttpResponseRedirect(f"/trials/{trial.pk}")
    problem = ""
    if request.method == "POST":
        start = picking.moment(request.POST.get("slot", ""))
        if start is None:
            problem = _("Please choose a time.")
        else:
            try:
                moving.move(trial=trial, slot_start=start, now=clock.now())
            except booking.CannotMoveSlot as refusal:
                problem = str(refusal)
            else:
                messages.success(request, _("Your booking has a new time."))
                return HttpResponseRedirect(f"/trials/{trial.pk}")
    context = _moving(request, trial) | {"problem": problem}
    return render(request, "shopper/move.html", context, status=CONFLICT if problem else 200)


@login_required
@require_POST
@rate_limited("wait", **OFTEN)
def wait(request: HttpRequest, slug: str) -> HttpResponse:
    """A place on the wait-list for this model, from now on and for the days that can be booked."""
    card = _card(slug)
    choice = picking.Choice.of(request.POST, card)
    now = clock.now()
    try:
        waiting.wait(
            person=person_of(request),
            car_model=card.model,
            paint=None if request.POST.get("any_paint") else choice.paint,
            site=choice.site,
            not_before=now,
            not_after=now + timedelta(days=BOOKABLE_DAYS),
            now=now,
        )
    except waiting.CannotWait as refusal:
        return _book_page(request, card, choice, problem=str(refusal), status=CONFLICT)
    messages.success(request, _("You are on the wait-list. We write to you when it is your turn."))
    return HttpResponseRedirect("/trials")


@login_required
@require_POST
@rate_limited("wait", **OFTEN)
def leave(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Give a place on the wait-list up."""
    entry = booking_queries.waits_of(person_of(request), entry_id)
    if entry is None:
        raise Http404
    waiting.leave(entry=entry)
    messages.success(request, _("You are no longer on this wait-list."))
    return HttpResponseRedirect("/trials")


def _picker_of(trial: Trial) -> str:
    query = urlencode({"paint": trial.paint.code, "site": trial.site_id})
    return f"/book/{trial.car_model_id}?{query}"


def _moving(request: HttpRequest, trial: Trial) -> dict[str, Any]:
    offer = offers.open_of(trial)
    paint = offer.paint if offer else trial.paint
    slots = booking_queries.slots(
        car_model=trial.car_model, paint=paint, site=trial.site, now=clock.now(), besides=trial
    )
    days = picking.days_of(slots, trial.site)
    choice = picking.Choice(paint=paint, site=trial.site, day=request.GET.get("day", ""), slot=trial.slot_start)
    day = picking.chosen_day(days, choice)
    return {
        "trial": trial,
        "days": days,
        "day": day,
        "options": picking.options_of(day, trial.site),
        "slot_key": picking.slot_key(trial.slot_start),
    }


def _first_choice(card: ModelCard, choice: picking.Choice, found: Ahead) -> picking.Choice:
    """Who has not chosen a paint is shown one that can be had, as soon as possible."""
    car = found.soonest()
    soonest = next((paint for paint in card.paints if car and paint.pk == car.paint_id), None)
    return replace(choice, paint=soonest) if soonest else choice


def _card(slug: str) -> ModelCard:
    card = shelf.card(slug)
    if card is None or not card.paints or not card.sites:
        raise Http404
    return card


def _book_page(
    request: HttpRequest,
    card: ModelCard,
    choice: picking.Choice,
    *,
    problem: str = "",
    status: int = 200,
    found: Ahead | None = None,
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
    return render(request, "shopper/book.html", context | _picker(card, choice, found), status=status)


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


def _picker(card: ModelCard, choice: picking.Choice, found: Ahead | None = None) -> dict[str, Any]:
    """``found``: what this request has read already."""
    if found is None:
        found = booking_queries.ahead(car_model=card.model, paint=choice.paint, site=choice.site, now=clock.now())
    slots = found.slots(paint=choice.paint)
    days = picking.days_of(slots, choice.site)
    day = picking.chosen_day(days, choice)
    return {
        "card": card,
        "model": card.model,
        "choice": choice,
        "days": days,
        "day": day,
        "options": picking.options_of(day, choice.site),
        "slot_key": picking.slot_key(choice.slot),
    }


def _summary(trial: Trial) -> dict[str, Any]:
    length = length_of(trial)
    return {
        "trial": trial,
        "model": trial.car_model,
        "times": times_of(trial.slot_start, trial_length=length),
        "hours": int(length.total_seconds() // 3600),
        "now": clock.now(),
        "conditions": owing.conditions(trial) if trial.costs else [],
    }
