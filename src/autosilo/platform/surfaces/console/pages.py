"""What every page of the console needs: its frame's context, paging, and a limit on changes."""

from datetime import timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from autosilo.platform.journey.eligibility.queries import open_reviews
from autosilo.platform.kit.limits import rate_limited
from autosilo.platform.resources.incidents.models import Incident
from autosilo.platform.resources.licences.queries import open_reviews as open_licences
from autosilo.platform.surfaces.console.access import Right, View

PER_PAGE = 25
CHANGES = 60
ANSWERS = 300
PHOTOS = 600
CHANGES_WINDOW = timedelta(minutes=5)


def changes_limited(view: View) -> View:
    """For every view that changes something: 429 beyond ``CHANGES`` posts of one person in a window."""
    return rate_limited("console-change", limit=CHANGES, per=CHANGES_WINDOW)(view)


def answers_limited(view: View) -> View:
    """For answers of a walk through a tower, which come quickly: 429 beyond ``ANSWERS`` of one person in a window."""
    return rate_limited("console-answer", limit=ANSWERS, per=CHANGES_WINDOW)(view)


def photos_limited(view: View) -> View:
    """For reference photos, which come by the dozen, one a request: 429 beyond ``PHOTOS`` of one person in a window."""
    return rate_limited("console-photo", limit=PHOTOS, per=CHANGES_WINDOW)(view)


def page(
    request: HttpRequest, template: str, context: dict[str, Any], *, section: str, status: int = 200
) -> HttpResponse:
    """Render ``template`` inside the console's frame. ``section`` marks the place in the navigation."""
    may_rule = Right.RULE in getattr(request, "rights", ())
    frame: dict[str, Any] = {
        "section": section,
        "rights": getattr(request, "rights", frozenset()),
        "waiting_count": Incident.objects.filter(closed_at=None).count(),
        "reviews_count": open_reviews().count() if may_rule else 0,
        "licences_count": open_licences().count() if may_rule else 0,
    }
    return render(request, template, frame | context, status=status)


def paged(request: HttpRequest, rows: QuerySet[Any]) -> Page[Any]:
    """The page that the address asks for; the nearest one that exists otherwise."""
    return Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))


def query_without_page(request: HttpRequest) -> str:
    """The filters of the address, for links to other pages of the same list."""
    query = request.GET.copy()
    query.pop("page", None)
    return query.urlencode()
