"""The cars that can be tried."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from autosilo.platform.journey.booking import availability
from autosilo.platform.kit import clock
from autosilo.platform.resources.catalogue import queries as cars
from autosilo.platform.resources.sites import queries as sites
from autosilo.platform.surfaces.shopper import where_words, words
from autosilo.platform.surfaces.shopper.filtering import Wish, offered, shown


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """All models; a filter asks for the cards alone (htmx) or for the whole page (no script)."""
    cards = cars.on_sale()
    wish = Wish.of(request.GET)
    choice = offered(cards)
    context = {
        "shown": shown(cards, wish),
        "total": len(cards),
        "wish": wish,
        "bodies": [(body, words.BODIES.get(body, body)) for body in choice["bodies"]],
        "colours": [(family, words.FAMILIES.get(family, family)) for family in choice["colours"]],
        "sites": sites.all_sites(),
    }
    response = render(request, "shopper/_cards.html" if wants_fragment(request) else "shopper/catalogue.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
def car(request: HttpRequest, slug: str) -> HttpResponse:
    card = cars.card(slug=slug)
    if card is None:
        raise Http404
    wanted = request.GET.get("paint", "")
    paint = next((paint for paint in card.paints if paint.code == wanted), card.paints[0] if card.paints else None)
    paints = [paint] if paint else card.paints
    where = availability.now_at(car_model=card.model, paints=paints, sites=card.sites, now=clock.now())
    places = [(site, where_words.said(where[site.pk], site)) for site in card.sites]
    return render(request, "shopper/car.html", {"card": card, "model": card.model, "paint": paint, "places": places})


def wants_fragment(request: HttpRequest) -> bool:
    """htmx asks for a part of a page; but after the back button it asks for all of it."""
    htmx = request.htmx  # type: ignore[attr-defined]  # set by django_htmx's middleware
    return bool(htmx) and not htmx.history_restore_request
