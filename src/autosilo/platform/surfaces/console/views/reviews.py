"""``/console/reviews``: refusals that a person is to look at, each with its deadline."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from autosilo.platform.journey.eligibility import queries, reviewing
from autosilo.platform.journey.eligibility.models import Review
from autosilo.platform.kit import clock
from autosilo.platform.resources.sites.queries import zone_of
from autosilo.platform.surfaces.console.access import Right, StaffRequest, needs
from autosilo.platform.surfaces.console.forms import ReviewForm
from autosilo.platform.surfaces.console.pages import changes_limited, page, paged, query_without_page
from autosilo.platform.surfaces.shopper import ruling

UNPROCESSABLE = 422


@never_cache
@require_GET
@needs(Right.RULE)
def listing(request: StaffRequest) -> HttpResponse:
    """The soonest due first; those decided, on a page of their own."""
    decided = request.GET.get("show") == "decided"
    rows = queries.decided_reviews() if decided else queries.open_reviews()
    context = {
        "reviews": paged(request, rows),
        "decided": decided,
        "now": clock.now(),
        "query": query_without_page(request),
    }
    return page(request, "console/reviews.html", context, section="reviews")


@never_cache
@require_http_methods(["GET", "POST"])
@needs(Right.RULE)
@changes_limited
def one(request: StaffRequest, review_id: UUID) -> HttpResponse:
    """The decision, rule by rule, what the shopper says, and the operator's word on it."""
    review = queries.review(review_id)
    if review is None:
        raise Http404
    form = ReviewForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            reviewing.decide(review=review, **form.cleaned_data, by=request.user, now=clock.now())
        except reviewing.CannotDecideReview as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Decided. The shopper was written to."))
            return redirect("console:reviews")
    return _page(request, review, form)


def _page(request: StaffRequest, review: Review, form: ReviewForm) -> HttpResponse:
    passed = reviewing.waivable(review)
    context = {
        "review": review,
        "form": form,
        "rules": ruling.in_words(review.decision.rules, zone=zone_of(review.site)),
        "can_overturn": len(passed) == len(queries.unmet(review.decision)),
        "book_days": reviewing.BOOK_WITHIN.days,
        "now": clock.now(),
    }
    status = UNPROCESSABLE if form.errors else 200
    return page(request, "console/review.html", context, section="reviews", status=status)
