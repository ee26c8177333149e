"""The card of a model for those who are about to book it, as old as ``FRESH_S``: what is on sale, in which paints and
where changes by the week, and counting a model's cars over a thousand sites costs more than the page that shows it."""

import time

from autosilo.platform.resources.catalogue.queries import ModelCard, card

FRESH_S = 5.0
"""A model that was taken off sale is noticed within that; a booking itself looks again."""
KEPT = 1024


class Shelf:
    """Remembers cards by their models' slugs."""

    def __init__(self) -> None:
        self._cards: dict[str, tuple[float, ModelCard | None]] = {}

    def forget(self) -> None:
        self._cards.clear()

    def card(self, slug: str) -> ModelCard | None:
        """As ``queries.card``."""
        known = self._cards.get(slug)
        if known is None or known[0] < time.monotonic():
            if len(self._cards) >= KEPT:
                self._cards.clear()
            known = self._cards[slug] = (time.monotonic() + FRESH_S, card(slug=slug))
        return known[1]


shelf = Shelf()
