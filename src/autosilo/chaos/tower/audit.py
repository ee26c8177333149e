"""What really happened, held against what was intended: the world's ledger against the controller's journal. Pure.

Neither side is believed on its own word: the ledger is the physical world's, kept by the twin; the journal is the
controller's. A move is right when one intent and one physical move stand for each other.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from autosilo.wire.mailbox import JobState

Key = tuple[str, int, int]
"""(unit, epoch, seq) of a command."""
Line = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Intent:
    """One MOVE of the journal."""

    key: Key
    vin: str
    source: str
    destination: str
    state: str
    """``open``, ``ended``, ``rejected``, ``aborted`` or ``void``."""


@dataclass(slots=True)
class Findings:
    """What is wrong, each as a sentence; nothing is wrong when all are empty."""

    double_moves: list[str] = field(default_factory=list)
    unintended_moves: list[str] = field(default_factory=list)
    missing_moves: list[str] = field(default_factory=list)
    lost_cars: list[str] = field(default_factory=list)
    impossible: list[str] = field(default_factory=list)
    """The ledger contradicts itself: a car taken from where it was not, put where another stands."""
    moves: int = 0
    """Cars put down by a carriage."""


def audit(
    ledger: Sequence[Line], intents: Iterable[Intent], *, first: Mapping[str, str], last: Mapping[str, str]
) -> Findings:
    """``first``: place -> VIN before anything moved; ``last``: as the world says that it is now.

    The ledger must be whole: numbers from 1 without a gap, which lead from ``first`` to ``last``.
    """
    findings = Findings()
    _whole(ledger, findings)
    world = _replay(ledger, first, findings)
    loads = {place for place in world if place.endswith(".carriage")}
    if {place: vin for place, vin in world.items() if place not in loads} != dict(last):
        findings.impossible.append("the ledger does not lead to what the world says is so now")
    _compare(ledger, list(intents), findings)
    twice = [vin for vin, count in Counter(world.values()).items() if count > 1]
    findings.lost_cars += [f"{vin} is in two places" for vin in twice]
    return findings


def compare_inventories(*, world: Mapping[str, str], books: Mapping[str, str], cars: Iterable[str]) -> list[str]:
    """Cars that are lost: not exactly once in the world, or not where the books have them."""
    lost = []
    where: defaultdict[str, list[str]] = defaultdict(list)
    for place, vin in world.items():
        where[vin].append(place)
    booked = {vin: place for place, vin in books.items()}
    for vin in sorted({*cars, *where, *booked}):
        here, believed = where[vin], [booked[vin]] if vin in booked else []
        if len(here) != (1 if vin in cars else 0) or here != believed:
            inside = "inside" if vin in cars else "outside"
            lost.append(
                f"{vin}: {inside} by its driver, in the world at {here or None}, in the books at {believed or None}"
            )
    return lost


def _whole(ledger: Sequence[Line], findings: Findings) -> None:
    if ledger and ledger[0]["n"] != 1:
        findings.impossible.append(f"the ledger begins with {ledger[0]['n']}")
    for before, line in pairwise(ledger):
        if line["n"] != before["n"] + 1:
            findings.impossible.append(f"the ledger jumps from {before['n']} to {line['n']}")


def _replay(ledger: Sequence[Line], first: Mapping[str, str], findings: Findings) -> dict[str, str]:
    """Follow every car; a carriage is a place, too."""
    places = dict(first)

    def leave(place: str, vin: str, n: int) -> None:
        if places.get(place) != vin:
            findings.impossible.append(f"{n}: {vin} taken from {place}, where {places.get(place) or 'nothing'} is")
        places.pop(place, None)

    def enter(place: str, vin: str, n: int) -> None:
        if place in places:
            findings.impossible.append(f"{n}: {vin} put into {place}, where {places[place]} is")
        places[place] = vin

    for line in ledger:
        n, unit = line["n"], line.get("unit", "")
        vin, place = line.get("vin", ""), line.get("place", "")
        match line["event"]:
            case "took":
                leave(place, vin, n)
                enter(f"{unit}.carriage", vin, n)
            case "put":
                leave(f"{unit}.carriage", vin, n)
                enter(place, vin, n)
                findings.moves += 1
            case "arrived":
                enter(place, vin, n)
            case "departed":
                leave(place, vin, n)
            case "by_hand":
                if line.get("source"):
                    leave(_place(line["source"]), vin, n)
                if place:
                    enter(place, vin, n)
    return places


def _key(line: Line) -> Key:
    return (line["unit"], line["epoch"], line["seq"])


def _place(name: str) -> str:
    """A carriage goes by its lift's name there."""
    return name if "." in name else f"{name}.carriage"


def _compare(ledger: Sequence[Line], intents: Sequence[Intent], findings: Findings) -> None:
    began: Counter[Key] = Counter()
    took: defaultdict[Key, list[Line]] = defaultdict(list)
    put: defaultdict[Key, list[Line]] = defaultdict(list)
    for line in ledger:
        if "seq" not in line:
            continue
        key = _key(line)
        if line["event"] == "began":
            began[key] += 1
        elif line["event"] == "took":
            took[key].append(line)
        elif line["event"] == "put":
            put[key].append(line)
    for key, count in began.items():
        if count > 1:
            findings.double_moves.append(f"{key} began {count} times")
    for key in {*took, *put}:
        if len(took[key]) > 1 or len(put[key]) > 1:
            findings.double_moves.append(f"{key} took {len(took[key])} and put {len(put[key])} cars")
    given_up = {
        _key(line)
        for line in ledger
        if line["event"] == "ended" and "seq" in line and line.get("state") == JobState.ABORTED
    }
    known = {intent.key: intent for intent in intents}
    for key in {*took, *put}:
        if key not in known:
            findings.unintended_moves.append(f"{key} moved a car, and no journal intended it")
    for key, intent in known.items():
        if not (intent.state == "aborted" and key in given_up):  # at the machine, wherever its car was by then
            _one_intent(intent, took[key], put[key], findings)


def _one_intent(intent: Intent, took: Sequence[Line], put: Sequence[Line], findings: Findings) -> None:
    done = bool(took) and bool(put)
    if intent.state == "ended":
        if not done:
            findings.missing_moves.append(f"{intent.key} is journalled as ended, and no car moved")
        elif (took[0]["vin"], took[0]["place"], put[0]["place"]) != (intent.vin, intent.source, intent.destination):
            findings.unintended_moves.append(f"{intent.key} moved another car, or to another place, than intended")
    elif intent.state == "aborted" and done:
        findings.unintended_moves.append(f"{intent.key} is journalled as aborted, and its car arrived")
    elif intent.state in ("void", "rejected") and (took or put):
        findings.unintended_moves.append(f"{intent.key} is journalled as {intent.state}, and a car moved")
