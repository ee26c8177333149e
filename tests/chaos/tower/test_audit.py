"""The audit finds what went wrong: each kind of mishap, put into a ledger on purpose."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from autosilo.chaos.tower.audit import Findings, Intent, audit, compare_inventories

FIRST = {"L1.B0101": "A", "L1.B0102": "B"}
LAST = {"L1.B0102": "B"}
INTENTS = [
    Intent(("L1", 1, 2), "A", "L1.B0101", "L1.D1", "ended"),
    Intent(("L1", 1, 3), "B", "L1.B0102", "L1.B0101", "void"),
]


def ledger() -> list[dict[str, Any]]:
    """A is brought to the station and driven out; B stays."""
    job = {"unit": "L1", "epoch": 1, "seq": 2}
    events: list[dict[str, Any]] = [
        {"event": "power_on"},
        {"event": "began", **job, "kind": 2},
        {"event": "took", **job, "vin": "A", "place": "L1.B0101"},
        {"event": "put", **job, "vin": "A", "place": "L1.D1"},
        {"event": "ended", **job, "state": 5, "fault": 0},
        {"event": "departed", "vin": "A", "place": "L1.D1"},
    ]
    return [{"n": n, **event} for n, event in enumerate(events, start=1)]


def wrong(findings: Findings) -> list[str]:
    kinds = ("double_moves", "unintended_moves", "missing_moves", "lost_cars", "impossible")
    return [kind for kind in kinds if getattr(findings, kind)]


def test_what_was_intended_once_and_happened_once_is_right() -> None:
    findings = audit(ledger(), INTENTS, first=FIRST, last=LAST)
    assert wrong(findings) == []
    assert findings.moves == 1


def again(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same command once more, after the car was put back by nobody."""
    extra = [{**lines[1], "n": 7}, {**lines[2], "n": 8}, {**lines[3], "n": 9}]
    return [*lines, *extra]


def unknown_command(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**line, "seq": 9} if "seq" in line else line for line in lines]


def nothing_moved(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return lines[:1]


def voided_one_ran(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    job = {"unit": "L1", "epoch": 1, "seq": 3, "vin": "B"}
    return [
        *lines,
        {"n": 7, "event": "took", **job, "place": "L1.B0102"},
        {"n": 8, "event": "put", **job, "place": "L1.B0101"},
    ]


def gap(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**line, "n": line["n"] + 1} if line["n"] > 4 else line for line in lines]


def elsewhere(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    changed = {4: {"place": "L1.D2"}, 6: {"place": "L1.D2"}}
    return [line | changed.get(line["n"], {}) for line in lines]


def onto_another(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [*lines, {"n": 7, "event": "arrived", "vin": "C", "place": "L1.B0102"}]


def in_two_places(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [*lines, {"n": 7, "event": "arrived", "vin": "B", "place": "L1.I1"}]


@pytest.mark.parametrize(
    ("mishap", "kinds"),
    [
        (again, ["double_moves", "impossible"]),
        (unknown_command, ["unintended_moves", "missing_moves"]),
        (nothing_moved, ["missing_moves", "impossible"]),
        (voided_one_ran, ["unintended_moves", "impossible"]),
        (gap, ["impossible"]),
        (elsewhere, ["unintended_moves"]),
        (onto_another, ["impossible"]),
        (in_two_places, ["lost_cars", "impossible"]),
    ],
)
def test_each_mishap_is_found(mishap: Callable[[list[dict[str, Any]]], list[dict[str, Any]]], kinds: list[str]) -> None:
    lines = mishap(ledger())
    assert wrong(audit(lines, INTENTS, first=FIRST, last=LAST)) == kinds


def late_beginning(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**line, "n": line["n"] + 1} for line in lines]


def forgotten_departure(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return lines[:-1]


@pytest.mark.parametrize("mishap", [late_beginning, forgotten_departure])
def test_a_ledger_that_is_not_whole_is_found(
    mishap: Callable[[list[dict[str, Any]]], list[dict[str, Any]]],
) -> None:
    assert wrong(audit(mishap(ledger()), INTENTS, first=FIRST, last=LAST)) == ["impossible"]


def test_an_aborted_command_whose_car_arrived_is_found() -> None:
    intents = [replace(INTENTS[0], state="aborted")]
    assert wrong(audit(ledger(), intents, first=FIRST, last=LAST)) == ["unintended_moves"]


def test_a_rejected_command_that_moved_a_car_is_found() -> None:
    intents = [replace(INTENTS[0], state="rejected")]
    assert wrong(audit(ledger(), intents, first=FIRST, last=LAST)) == ["unintended_moves"]


@pytest.mark.parametrize(
    ("world", "books", "cars", "lost"),
    [
        ({"x": "A"}, {"x": "A"}, ["A"], 0),
        ({}, {}, ["A"], 1),
        ({"x": "A", "y": "A"}, {"x": "A"}, ["A"], 1),
        ({"x": "A"}, {"y": "A"}, ["A"], 1),
        ({"x": "A"}, {}, ["A"], 1),
        ({"x": "A", "y": "B"}, {"x": "A", "y": "B"}, ["A"], 1),
    ],
)
def test_a_car_is_lost_unless_world_and_books_agree(
    world: dict[str, str], books: dict[str, str], cars: list[str], lost: int
) -> None:
    assert len(compare_inventories(world=world, books=books, cars=cars)) == lost
