"""What a visitor asked the catalogue for. Pure: cards in, cards out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from autosilo.platform.resources.catalogue.models import Paint
from autosilo.platform.resources.catalogue.queries import ModelCard

TEXT_LIMIT = 60


@dataclass(frozen=True, kw_only=True)
class Wish:
    """Empty means "any". ``colour`` is a plain colour, the paint's ``family``."""

    body: str = ""
    site: str = ""
    colour: str = ""
    text: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Wish":
        return cls(
            body=query.get("body", ""),
            site=query.get("site", ""),
            colour=query.get("colour", ""),
            text=query.get("text", "").strip()[:TEXT_LIMIT],
        )

    def __bool__(self) -> bool:
        return any((self.body, self.site, self.colour, self.text))

    def wants(self, card: ModelCard) -> bool:
        words = f"{card.model.make} {card.model.name}".casefold()
        return (
            (not self.body or card.model.body == self.body)
            and (not self.site or any(site.slug == self.site for site in card.sites))
            and (not self.colour or any(paint.family == self.colour for paint in card.paints))
            and all(word in words for word in self.text.casefold().split())
        )


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A card, and the paint in which its picture is drawn."""

    card: ModelCard
    paint: Paint | None


def shown(cards: Iterable[ModelCard], wish: Wish) -> list[Shown]:
    """The cards that are wanted, each in a wanted colour; without one, the row is made to look varied."""
    return [
        Shown(card=card, paint=_paint(card, wish, position)) for position, card in enumerate(cards) if wish.wants(card)
    ]


def _paint(card: ModelCard, wish: Wish, position: int) -> Paint | None:
    wanted = [paint for paint in card.paints if paint.family == wish.colour]
    if wanted:
        return wanted[0]
    return card.paints[position % len(card.paints)] if card.paints else None


def offered(cards: Iterable[ModelCard]) -> dict[str, list[str]]:
    """The bodies and colours that occur, so that no filter leads nowhere by itself."""
    cards = list(cards)
    return {
        "bodies": sorted({card.model.body for card in cards}),
        "colours": sorted({paint.family for card in cards for paint in card.paints}),
    }
