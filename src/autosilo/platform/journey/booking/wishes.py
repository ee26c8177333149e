"""What can be wished for, read rarely: models, paints and sites change by the week, and are asked for by the second."""

import time
from datetime import datetime
from typing import Any

from autosilo.platform.journey.booking.claim import Wish
from autosilo.platform.journey.booking.refusals import CannotBook
from autosilo.platform.resources.catalogue.models import CarModel, Paint
from autosilo.platform.resources.sites import queries as sites
from autosilo.platform.resources.sites.models import Site

FRESH_S = 5.0
"""A model that was taken off sale, a site that was shut: noticed within that. The claim itself looks at the site."""
KEPT = 4096


class Wishes:
    """Remembers what it has read for ``FRESH_S``."""

    def __init__(self) -> None:
        self._models: dict[str, tuple[float, CarModel | None, tuple[Paint, ...]]] = {}
        self._sites: dict[str, tuple[float, Site | None]] = {}

    def forget(self) -> None:
        self._models.clear()
        self._sites.clear()

    def model(self, slug: str) -> tuple[CarModel | None, tuple[Paint, ...]]:
        """A model on sale and its paints."""
        known = self._models.get(slug)
        if known is None or known[0] < time.monotonic():
            row = CarModel.objects.filter(slug=slug, on_sale=True).prefetch_related("paints").first()
            known = (time.monotonic() + FRESH_S, row, tuple(row.paints.all()) if row else ())
            _make_room(self._models)
            self._models[slug] = known
        return known[1], known[2]

    def site(self, slug: str) -> Site | None:
        known = self._sites.get(slug)
        if known is None or known[0] < time.monotonic():
            known = (time.monotonic() + FRESH_S, sites.site(slug=slug))
            _make_room(self._sites)
            self._sites[slug] = known
        return known[1]

    def wish(self, *, model: str, paint: str, site: str, slot_start: datetime, channel: str = "") -> Wish:
        """Any paint when ``paint`` is empty. Raises ``CannotBook(not_offered)``."""
        car_model, paints = self.model(model)
        here = self.site(site)
        chosen = tuple(one for one in paints if not paint or one.code == paint)
        if car_model is None or here is None or not chosen:
            raise CannotBook("not_offered")
        return Wish(car_model=car_model, paints=chosen, site=here, slot_start=slot_start, channel=channel)


def _make_room(shelf: dict[str, Any]) -> None:
    if len(shelf) >= KEPT:
        shelf.clear()


wishes = Wishes()
