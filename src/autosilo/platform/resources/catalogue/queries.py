"""Reads of the catalogue."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count

from autosilo.platform.resources.catalogue.models import CarModel, Paint
from autosilo.platform.resources.sites.models import Site

IN_SERVICE = {"cars__state": "in_service"}  # fleet stands above the catalogue, so its names are reached by relation


@dataclass(frozen=True, kw_only=True)
class ModelCard:
    """A model as the shop shows it. ``sites``: where it can be tried; ``cars_free_hint``: cars in service over all
    sites, whether or not somebody drives one at the moment (the exact answer is ``booking.queries``')."""

    model: CarModel
    paints: tuple[Paint, ...]
    sites: tuple[Site, ...]
    cars_free_hint: int


def on_sale() -> list[ModelCard]:
    """Every model on sale, by make and name. Four queries, whatever their number."""
    return _cards(list(CarModel.objects.filter(on_sale=True)))


def card(*, slug: str) -> ModelCard | None:
    """One model on sale, or None."""
    cards = _cards(list(CarModel.objects.filter(on_sale=True, slug=slug)))
    return cards[0] if cards else None


def _cards(models: list[CarModel]) -> list[ModelCard]:
    slugs = [model.slug for model in models]
    paints: dict[str, list[Paint]] = defaultdict(list)
    for paint in Paint.objects.filter(model__in=slugs):
        paints[paint.model_id].append(paint)
    counts = (
        CarModel.objects.filter(slug__in=slugs, **IN_SERVICE)
        .order_by()
        .values("slug", "cars__site")
        .annotate(count=Count("cars"))
    )
    at: dict[str, dict[str, int]] = defaultdict(dict)
    for row in counts:
        at[row["slug"]][row["cars__site"]] = row["count"]
    sites = {site.slug: site for site in Site.objects.all()}
    return [
        ModelCard(
            model=model,
            paints=tuple(paints[model.slug]),
            sites=tuple(sites[slug] for slug in sorted(at[model.slug])),
            cars_free_hint=sum(at[model.slug].values()),
        )
        for model in models
    ]
