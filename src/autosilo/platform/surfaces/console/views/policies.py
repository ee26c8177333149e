"""``/console/policies``: which rules hold where and since when; try another policy on the past, schedule it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from autosilo.platform.journey.eligibility import queries, scheduling
from autosilo.platform.journey.eligibility.models import ScheduledPolicy
from autosilo.platform.journey.eligibility.scheduled import LEAST_NOTICE
from autosilo.platform.kit import clock
from autosilo.platform.policies import registry
from autosilo.platform.policies.policy import Policy
from autosilo.platform.surfaces.console.access import Right, StaffRequest, needs
from autosilo.platform.surfaces.console.forms import PolicyForm, ReasonForm
from autosilo.platform.surfaces.console.pages import changes_limited, page, paged, query_without_page
from autosilo.platform.surfaces.telling import telling

UNPROCESSABLE = 422
MOST_TRIED = 5000
"""Decisions that one press of the button judges again; the command line takes more."""
KINDS = ("newly_allowed", "newly_refused", "other_reasons", "other_terms")


@dataclass(frozen=True, kw_only=True)
class Row:
    """A policy of the list. ``stored`` is None for those that come with the release."""

    name: str
    market: str
    valid_from: datetime
    state: str
    stored: ScheduledPolicy | None = None
    can_withdraw: bool = False


@never_cache
@require_GET
@needs(Right.RULE)
def listing(request: StaffRequest) -> HttpResponse:
    now = clock.now()
    in_force = {registry_name(market, now) for market in registry.markets()}
    stored = paged(request, queries.scheduled_rows())
    context = {
        "shipped": [_shipped(policy, in_force, now) for policy in registry.POLICIES],
        "stored": stored,
        "rows": [_stored(row, in_force, now) for row in stored],
        "query": query_without_page(request),
    }
    return page(request, "console/policies.html", context, section="policies")


@never_cache
@require_http_methods(["GET", "POST"])
@needs(Right.RULE)
@changes_limited
def write(request: StaffRequest) -> HttpResponse:
    """Check a text, see what would have changed, and, with a reason, schedule it."""
    given = request.POST if request.method == "POST" else None
    form = PolicyForm(given, initial={"days": PolicyForm.DAYS, "text": _example(request)})
    context: dict[str, Any] = {"form": form, "most": MOST_TRIED}
    if request.method == "POST" and form.is_valid():
        try:
            if "schedule" in request.POST:
                return _schedule(request, form)
            context |= _tried(form)
        except scheduling.CannotSchedule as refused:
            form.add_error("reason" if refused.reason == "reason_missing" else "text", str(refused))
            context["mistakes"] = refused.detail.get("mistakes", [])
    return page(
        request, "console/policy.html", context, section="policies", status=UNPROCESSABLE if form.errors else 200
    )


@require_POST
@needs(Right.RULE)
@changes_limited
def withdraw(request: StaffRequest, policy_id: int) -> HttpResponse:
    row = ScheduledPolicy.objects.filter(pk=policy_id).first()
    if row is None:
        raise Http404
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Give a reason."))
        return redirect("console:policies")
    with telling(request, _("Withdrawn. The policy before it goes on.")):
        scheduling.withdraw(row=row, reason=form.cleaned_data["reason"], by=request.user, now=clock.now())
    return redirect("console:policies")


def registry_name(market: str, at: datetime) -> str:
    """The full name of what holds there then; empty where nothing does yet."""
    try:
        return registry.policy_for(market, at).full_name
    except registry.NoPolicy:
        return ""


def _schedule(request: StaffRequest, form: PolicyForm) -> HttpResponse:
    row = scheduling.schedule(
        text=form.cleaned_data["text"], reason=form.cleaned_data["reason"], by=request.user, now=clock.now()
    )
    messages.success(request, _("%(policy)s is scheduled.") % {"policy": row})
    return redirect("console:policies")


def _tried(form: PolicyForm) -> dict[str, Any]:
    policy = scheduling.parse(form.cleaned_data["text"])
    since = clock.now() - timedelta(days=form.cleaned_data["days"])
    market = policy.market if form.cleaned_data["own_market"] else None
    found = scheduling.try_on_the_past(policy=policy, since=since, market=market, most=MOST_TRIED)
    rules = sorted(found.by_rule.keys() | found.by_rule_before.keys())
    return {
        "tried": found,
        "policy": policy,
        "kinds": [(kind, getattr(found, kind), found.examples.get(kind, ())) for kind in KINDS],
        "by_rule": [(rule, found.by_rule_before.get(rule, 0), found.by_rule.get(rule, 0)) for rule in rules],
    }


def _example(request: StaffRequest) -> str:
    """Start from a policy that is stored, or from nothing."""
    row = ScheduledPolicy.objects.filter(pk=request.GET["from"]).first() if _is_number(request, "from") else None
    shipped = request.GET.get("shipped", "")
    return row.text if row else registry.shipped_text(shipped) or ""


def _is_number(request: StaffRequest, name: str) -> bool:
    return request.GET.get(name, "").isdecimal() and len(request.GET[name]) < 10


def _shipped(policy: Policy, in_force: set[str], now: datetime) -> Row:
    state = _state(policy.full_name, policy.valid_from, in_force, now)
    return Row(name=policy.full_name, market=policy.market, valid_from=policy.valid_from, state=state)


def _stored(row: ScheduledPolicy, in_force: set[str], now: datetime) -> Row:
    withdrawn = row.withdrawn_at is not None
    return Row(
        name=str(row),
        market=row.market,
        valid_from=row.valid_from,
        state="withdrawn" if withdrawn else _state(str(row), row.valid_from, in_force, now),
        stored=row,
        can_withdraw=not withdrawn and row.valid_from >= now + LEAST_NOTICE,
    )


def _state(name: str, valid_from: datetime, in_force: set[str], now: datetime) -> str:
    if name in in_force:
        return "in_force"
    return "scheduled" if valid_from > now else "past"
