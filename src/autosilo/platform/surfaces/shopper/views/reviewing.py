"""Ask a person to look at a refusal."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from autosilo.platform.journey.eligibility import reviewing
from autosilo.platform.journey.eligibility.queries import latest
from autosilo.platform.kit import clock
from autosilo.platform.kit.limits import rate_limited
from autosilo.platform.resources.catalogue import queries as cars
from autosilo.platform.resources.sites import queries as sites
from autosilo.platform.surfaces.shopper.limits import REVIEWS
from autosilo.platform.surfaces.shopper.views.asking import person_of
from autosilo.platform.surfaces.shopper.views.language import safe_next


@login_required
@require_POST
@rate_limited("review", **REVIEWS)
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    """About the latest decision on this model."""
    card, person = cars.card(slug=slug), person_of(request)
    decision = latest(person=person, car_model=card.model) if card else None
    site = next((one for one in sites.all_sites() if one.slug == request.POST.get("site")), None)
    if decision is None or site is None:
        raise Http404
    try:
        words = request.POST.get("words", "")
        reviewing.ask(person=person, decision=decision, site=site, words=words, now=clock.now())
    except reviewing.CannotAskForReview as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("A person will look at it, and write to you with the reason."))
    return HttpResponseRedirect(safe_next(request, f"/book/{slug}"))
