"""``autosilo chaos protocol``: search the whole model, then every mutant, and count what was found."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from autosilo.bench.command import Conditions
from autosilo.bench.report import Figure
from autosilo.chaos.protocol.explore import Found
from autosilo.chaos.protocol.model import check
from autosilo.chaos.protocol.mutants import MUTANTS
from autosilo.chaos.protocol.state import Rules

MUTANT_STATES = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Setting:
    """Bounds of one search, and a limit that only a mistake in them would reach."""

    about: str
    rules: Rules
    at_most: int


QUICK: dict[str, Setting] = {
    "lift": Setting(
        about="one lift, one whole write under way, the controller works on what it last polled, key switch",
        rules=Rules(torn=False, in_flight=1, polled=True),
        at_most=400_000,
    ),
}
FULL: dict[str, Setting] = QUICK | {
    "lift_torn": Setting(
        about="one lift, one write under way, field by field",
        rules=Rules(torn=True, in_flight=1, switch=False),
        at_most=1_000_000,
    ),
    "lift_late": Setting(
        about="one lift, two whole writes under way: late, doubled, in any order",
        rules=Rules(torn=False, in_flight=2, switch=False),
        at_most=2_000_000,
    ),
    "visit": Setting(
        about="a lift and a station with its gate, a driver, no crashes: one whole write under way to each",
        rules=Rules(station=True, torn=False, in_flight=1, switch=False, crashes=False),
        at_most=1_000_000,
    ),
}


def measure(conditions: Conditions) -> Sequence[Figure]:
    """Figures of each search and each mutant. The seed plays no part: nothing is drawn."""
    figures: list[Figure] = []
    for name, setting in (QUICK if conditions.quick else FULL).items():
        found = check(setting.rules, at_most=setting.at_most)
        _tell(f"{name}: {setting.about}", found)
        figures += _figures(name, found)
    missed = 0
    for name, mutant in MUTANTS.items():
        found = check(mutant.rules, at_most=MUTANT_STATES)
        _tell(f"mutant {name}: {mutant.what}", found)
        missed += not found.broken
        figures.append(Figure(name=f"story_{name}", value=len(found.story), unit="steps", target="> 0"))
    figures.append(Figure(name="mutants_missed", value=missed, unit="mutants", target="== 0"))
    return figures


def _figures(name: str, found: Found) -> list[Figure]:
    return [
        Figure(name=f"{name}_violations", value=int(bool(found.broken)), unit="invariants", target="== 0"),
        Figure(name=f"{name}_exhaustive", value=int(found.exhaustive), unit="of 1", target="== 1"),
        Figure(name=f"{name}_states", value=found.states, unit="states"),
        Figure(name=f"{name}_transitions", value=found.transitions, unit="transitions"),
        Figure(name=f"{name}_diameter", value=found.depth, unit="steps"),
        Figure(name=f"{name}_time", value=found.seconds, unit="s"),
    ]


def _tell(what: str, found: Found) -> None:
    """The story of a counterexample, for people; on the error channel, so that ``--json`` stays clean."""
    seen = f"{found.states} states, {found.transitions} transitions, depth {found.depth}"
    print(f"{what}: {seen}", file=sys.stderr)
    if found.broken:
        print(story(what, found), file=sys.stderr)


def story(what: str, found: Found) -> str:
    """A numbered story that ends with what broke."""
    lines = [f"{number:3d}. {line}" for number, line in enumerate(found.story, 1)]
    return "\n".join((f"{what}: {found.broken}", *lines))
