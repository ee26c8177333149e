"""The pure parts: recovery policy, reconciliation, turns, choice of a bay, judging a car."""

import asyncio

import pytest

from autosilo.site.control.jobs.store import smallest_class
from autosilo.site.control.jobs.take_in import TakeIn
from autosilo.site.control.mailbox import StationStatus
from autosilo.site.control.reconcile import disagreements
from autosilo.site.control.recovery import Verdict, on_abort, on_interruption, on_reject
from autosilo.site.control.turns import Turns
from autosilo.tower.site_file import load_site
from autosilo.wire.mailbox import Fault, GateState, Reject

TOWER = load_site("nanjing", pace=1).tower


@pytest.mark.parametrize("code", list(Reject))
def test_every_reject_code_has_its_row(code: Reject) -> None:
    decision = on_reject(code)
    assert (decision.verdict is Verdict.HOLD) == bool(decision.reason)


@pytest.mark.parametrize("fault", list(Fault))
def test_every_fault_has_its_rows(fault: Fault) -> None:
    for decision in (on_interruption(fault), on_abort(fault)):
        assert (decision.verdict is Verdict.HOLD) == bool(decision.reason)


@pytest.mark.parametrize("fault", [Fault.PERSON_IN_ZONE, Fault.EMERGENCY_STOP, Fault.DRIVE_FAULT, Fault.MODE_CHANGED])
def test_what_a_person_must_see_is_never_resumed_by_software(fault: Fault) -> None:
    assert on_interruption(fault).verdict is Verdict.HOLD


def test_a_power_cut_is_resumed_and_a_blocked_gate_tried_again() -> None:
    assert on_interruption(Fault.POWER_LOSS).verdict is Verdict.RETRY
    assert on_abort(Fault.GATE_BLOCKED).verdict is Verdict.RETRY


def wrong(**changes: object) -> list[str]:
    given: dict[str, object] = {
        "places": ["a", "b", "c"],
        "inventory": {"a": "V"},
        "occupied": {"a"},
        "load_present": False,
    }
    return [place for place, _ in disagreements(**(given | changes))]  # type: ignore[arg-type]


def test_agreement_is_silent() -> None:
    assert wrong() == []


def test_each_disagreement_names_its_place() -> None:
    assert wrong(occupied=set()) == ["a"]
    assert wrong(occupied={"a", "c"}) == ["c"]
    assert wrong(occupied={"b"}) == ["a", "b"]
    assert wrong(load_present=True) == ["carriage"]


def test_a_running_move_and_a_driver_at_work_are_not_compared() -> None:
    assert wrong(occupied=set(), load_present=True, in_motion=["a", "b"]) == []
    assert wrong(occupied={"a", "c"}, in_use=["c"]) == []


async def test_turns_come_in_order_and_count_once() -> None:
    turns = Turns()
    order: list[int] = []

    async def visit(job: int) -> None:
        await turns.wait(job)
        order.append(job)
        await asyncio.sleep(0)
        turns.leave(job)

    for job in (3, 1, 2, 1):
        turns.join(job)
    assert turns.ahead_of(2) == [3, 1]
    assert turns.ahead_of(None) == [3, 1, 2]
    await asyncio.gather(visit(2), visit(1), visit(3))
    assert order == [3, 1, 2]
    assert len(turns) == 0


def seen(**changes: object) -> StationStatus:
    given = {
        "length_mm": 4700,
        "width_mm": 1900,
        "height_mm": 1500,
        "mass_kg": 1900,
        "plate": "沪A 12345",
    }
    return StationStatus(GateState.OPEN, True, True, **(given | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, 1),
        ({"mass_kg": 2600}, 2),
        ({"length_mm": 5350}, 2),
        ({"plate": "沪a·12345"}, 1),
        ({"plate": "沪A54321"}, "wrong_car"),
        ({"plate": ""}, "wrong_car"),
        ({"plugged": True}, "plugged_in"),
        ({"length_mm": 5500}, "too_large"),
        ({"mass_kg": 3300}, "too_heavy"),
    ],
)
def test_a_car_in_the_intake_is_judged(changes: dict[str, object], verdict: int | str) -> None:
    assert TakeIn("L1.I1", "沪A12345", TOWER.gate).judge(TOWER, seen(**changes)) == verdict


def test_the_smallest_class_is_chosen() -> None:
    assert smallest_class(TOWER, length_mm=4000, width_mm=1800, height_mm=1500, mass_kg=1500) == 1
    assert smallest_class(TOWER, length_mm=4000, width_mm=1800, height_mm=1500, mass_kg=3000) == 2
