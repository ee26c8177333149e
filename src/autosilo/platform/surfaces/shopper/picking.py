"""What a shopper has chosen so far on the way to a booking: paint, place, day, slot. Kept in the address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime
from urllib.parse import urlencode

from autosilo.platform.journey.booking.queries import Slot
from autosilo.platform.resources.catalogue.models import Paint
from autosilo.platform.resources.catalogue.queries import ModelCard
from autosilo.platform.resources.sites.models import Site
from autosilo.platform.resources.sites.queries import zone_of


@dataclass(frozen=True, kw_only=True)
class Choice:
    """``slot`` is the start of a slot (aware), None until one is chosen or when it cannot be read."""

    paint: Paint
    site: Site
    day: str
    slot: datetime | None

    @classmethod
    def of(cls, query: Mapping[str, str], card: ModelCard) -> "Choice":
        """From a form or an address; what is missing or unknown becomes the first that is offered."""
        paint = next((paint for paint in card.paints if paint.code == query.get("paint")), card.paints[0])
        site = next((site for site in card.sites if site.slug == query.get("site")), card.sites[0])
        return cls(paint=paint, site=site, day=query.get("day", ""), slot=moment(query.get("slot", "")))

    def query(self) -> str:
        """For an address. A full stop keeps the slot's time zone readable."""
        given = {"paint": self.paint.code, "site": self.site.slug, "day": self.day, "slot": slot_key(self.slot)}
        return urlencode({name: value for name, value in given.items() if value})


@dataclass(frozen=True, slots=True)
class Option:
    """A slot as a page offers it: its name in a form, the hour on the site's clock, and how many cars are left."""

    key: str
    hour: str
    free: int


@dataclass(frozen=True, kw_only=True)
class Day:
    """One local day and its slots. ``free`` counts the slots that can still be had."""

    key: str
    date: date
    slots: Sequence[Slot]
    free: int


def moment(text: str) -> datetime | None:
    """An aware ISO 8601 time of a year that has neighbours, in UTC; None for anything else."""
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        return None
    return parsed.astimezone(UTC) if parsed.tzinfo is not None and MINYEAR < parsed.year < MAXYEAR else None


def slot_key(start: datetime | None) -> str:
    return start.strftime("%Y-%m-%dT%H:%MZ") if start else ""


def days_of(slots: Sequence[Slot], site: Site) -> list[Day]:
    """Grouped by the site's calendar."""
    zone = zone_of(site)
    grouped: dict[date, list[Slot]] = {}
    for slot in slots:
        grouped.setdefault(slot.start.astimezone(zone).date(), []).append(slot)
    return [
        Day(key=day.isoformat(), date=day, slots=found, free=sum(one.free > 0 for one in found))
        for day, found in grouped.items()
    ]


def options_of(day: Day | None, site: Site) -> list[Option]:
    """The slots of a day as a page offers them."""
    zone = zone_of(site)
    slots = day.slots if day else ()
    return [Option(slot_key(one.start), f"{one.start.astimezone(zone):%H:%M}", one.free) for one in slots]


def chosen_day(days: Sequence[Day], choice: Choice) -> Day | None:
    """The day that was chosen, else that of the slot, else the first on which something is free."""
    slot_day = choice.slot.astimezone(zone_of(choice.site)).date().isoformat() if choice.slot else ""
    for key in (choice.day, slot_day):
        found = next((day for day in days if day.key == key), None)
        if found is not None:
            return found
    return next((day for day in days if day.free), days[0] if days else None)
