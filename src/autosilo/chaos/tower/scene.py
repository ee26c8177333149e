"""What everybody sees at one moment: without it, nobody can tell afterwards why a tower stood still."""

import json
from typing import Any

from autosilo.chaos.tower import books
from autosilo.chaos.tower.hands import Hands
from autosilo.chaos.tower.mischief import Mischief
from autosilo.chaos.tower.people import People
from autosilo.chaos.tower.town import Town
from autosilo.chaos.tower.world import World


async def scene(*, town: Town, world: World, hands: Hands, people: People, mischief: Mischief) -> str:
    """Visits, the journal's open jobs and standing orders, the machine, the controller's words: one line of JSON."""
    truth: dict[str, Any] = await world.get("/state") or {}
    journal = town.journal
    written = {"open jobs": books.unended(journal), "orders": books.standing(journal)} if books.begun(journal) else None
    seen = {
        "mischief": mischief.now,
        "visits": [visit.words for visit in people.visits.values()],
        "leaving": people.leaving,
        "journal": written,
        "controller": hands.state,
        "world": {name: truth.get(name) for name in ("lifts", "stations", "places", "faults")},
    }
    return json.dumps(seen, ensure_ascii=False)
