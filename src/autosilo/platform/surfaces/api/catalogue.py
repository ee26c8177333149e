"""Models and when they can be had."""

from typing import Annotated

from django.http import Http404, HttpRequest
from ninja import Query, Router

from autosilo.platform.journey.booking import queries as booking
from autosilo.platform.journey.booking.calendar import BOOKABLE_DAYS
from autosilo.platform.kit import clock
from autosilo.platform.resources.catalogue import queries as catalogue
from autosilo.platform.resources.catalogue.models import Paint
from autosilo.platform.resources.catalogue.queries import ModelCard
from autosilo.platform.resources.sites import queries as sites
from autosilo.platform.surfaces.api.problems import Problem
from autosilo.platform.surfaces.api.schemas import ModelOut, PaintOut, Price, SlotOut, Words

router = Router(tags=["catalogue"])
PROBLEMS = {404: Problem, 422: Problem, 429: Problem}


@router.get("/models", response={200: list[ModelOut], 429: Problem}, summary="Every model on sale")
def models(request: HttpRequest) -> list[ModelOut]:
    return [_model(card) for card in catalogue.on_sale()]


@router.get("/models/{slug}", response={200: ModelOut} | PROBLEMS, summary="One model")
def model(request: HttpRequest, slug: str) -> ModelOut:
    return _model(_card(slug))


@router.get("/models/{slug}/slots", response={200: list[SlotOut]} | PROBLEMS, summary="Pick-up slots with free cars")
def slots(
    request: HttpRequest,
    slug: str,
    site: str,
    paint: str = "",
    days: Annotated[int, Query(ge=1, le=BOOKABLE_DAYS)] = BOOKABLE_DAYS,
) -> list[SlotOut]:
    """Of one model at one site, in every paint unless one is named. Whether you may drive it is decided at booking."""
    card = _card(slug)
    here = sites.site(slug=site)
    if here is None:
        raise Http404("There is no such site.")
    found = booking.slots(car_model=card.model, paint=_paint(card, paint), site=here, now=clock.now(), days=days)
    return [SlotOut(start=slot.start, end=slot.end, free=slot.free) for slot in found]


def _card(slug: str) -> ModelCard:
    card = catalogue.card(slug=slug)
    if card is None:
        raise Http404("There is no such model on sale.")
    return card


def _paint(card: ModelCard, code: str) -> Paint | None:
    if not code:
        return None
    paint = next((one for one in card.paints if one.code == code), None)
    if paint is None:
        raise Http404("This model is not offered in that paint.")
    return paint


def _model(card: ModelCard) -> ModelOut:
    one = card.model
    return ModelOut(
        slug=one.slug,
        make=one.make,
        name=one.name,
        year=one.year,
        body=one.body,
        seats=one.seats,
        range_km=one.range_km,
        range_cycle=one.range_cycle,
        battery_kwh=float(one.battery_kwh),
        dc_kw=one.dc_kw,
        length_mm=one.length_mm,
        width_mm=one.width_mm,
        height_mm=one.height_mm,
        mass_kg=one.mass_kg,
        price=Price(amount_minor=one.price_minor, currency=one.currency, is_demo=one.price_is_demo),
        paints=[
            PaintOut(code=paint.code, name=Words(en=paint.name_en, zh_hans=paint.name_zh), hex=paint.hex)
            for paint in card.paints
        ],
        sites=[site.slug for site in card.sites],
        source=one.source,
    )
