"""``/console/licences``: photos of driving licences that wait for a person."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from autosilo.platform.kit import clock
from autosilo.platform.resources.licences import queries, reviewing
from autosilo.platform.resources.licences.models import LicenceReview
from autosilo.platform.surfaces.console.access import Right, StaffRequest, needs
from autosilo.platform.surfaces.console.forms import LicenceForm
from autosilo.platform.surfaces.console.pages import changes_limited, page, paged, query_without_page

UNPROCESSABLE = 422


@never_cache
@require_GET
@needs(Right.RULE)
def listing(request: StaffRequest) -> HttpResponse:
    """The longest waiting first; those that are over, on a page of their own."""
    closed = request.GET.get("show") == "closed"
    rows = queries.closed_reviews() if closed else queries.open_reviews()
    context = {"reviews": paged(request, rows), "closed": closed, "query": query_without_page(request)}
    return page(request, "console/licences.html", context, section="licences")


@never_cache
@require_GET
@needs(Right.RULE)
def photo(request: StaffRequest, review_id: UUID) -> HttpResponse:
    """The picture; the middleware adds ``nosniff``."""
    jpeg = reviewing.look(review=_find(review_id), by=request.user, now=clock.now())
    if jpeg is None:
        raise Http404
    return HttpResponse(jpeg, content_type="image/jpeg")


@never_cache
@require_http_methods(["GET", "POST"])
@needs(Right.RULE)
@changes_limited
def one(request: StaffRequest, review_id: UUID) -> HttpResponse:
    """The photo beside what the shopper states, and the operator's word on it."""
    review = _find(review_id)
    form = LicenceForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            _decide(request, review, form)
        except reviewing.CannotDecideLicence as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Decided. The photo is deleted, and the shopper was written to."))
            return redirect("console:licences")
        review = _find(review_id)
    context = {"review": review, "form": form, "categories": sorted(settings.LICENCE_CATEGORIES)}
    status = UNPROCESSABLE if form.errors else 200
    return page(request, "console/licence.html", context, section="licences", status=status)


def _decide(request: StaffRequest, review: LicenceReview, form: LicenceForm) -> None:
    given, now = form.cleaned_data, clock.now()
    if given["accept"]:
        categories = request.POST.getlist("category")
        reviewing.accept(review=review, expires_on=given["expires_on"], categories=categories, by=request.user, now=now)
    else:
        reviewing.refuse(review=review, reason=given["reason"], by=request.user, now=now)


def _find(review_id: UUID) -> LicenceReview:
    review = queries.review(review_id)
    if review is None:
        raise Http404
    return review
