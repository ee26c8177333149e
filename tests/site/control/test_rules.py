"""The pure parts: recovery policy, reconciliation, turns, choice of a bay, judging a car."""

from typing import Any

import pytest

from autosilo.site.control.jobs.take_in import TakeIn
from autosilo.site.control.rack import smallest_class
from autosilo.site.control.readings import StationStatus
from autosilo.site.control.reconcile import disagreements
from autosilo.site.control.recovery import Decision, Failure, Verdict, decide
from autosilo.tower.site_file import load_site
from autosilo.wire.mailbox import Fault, GateState, JobState, Mode, Reject, UnitState

TOWER = load_site("nanjing", pace=1).tower
NOWHERE: Any = None
"""Judging looks at what was seen, not at a station."""


ALL = (
    [Failure.reject(code) for code in Reject]
    + [Failure.interruption(fault) for fault in Fault]
    + [Failure.abort(fault) for fault in Fault]
)


@pytest.mark.parametrize("failure", ALL, ids=lambda one: f"{one.stage}-{one.code.name}")
def test_every_failure_has_its_row_and_a_person_is_told_why(failure: Failure) -> None:
    decision = decide(failure)
    assert (decision.verdict is Verdict.RETRY) == (not decision.reason)
    assert decision.after_s >= 0


def test_a_failure_without_a_row_is_an_error() -> None:
    with pytest.raises(ValueError, match="99"):
        decide(Failure.reject(99))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "fault",
    [Fault.PERSON_IN_ZONE, Fault.EMERGENCY_STOP, Fault.DRIVE_FAULT, Fault.MODE_CHANGED, Fault.SENSOR_MISMATCH],
)
def test_what_a_person_must_see_is_never_resumed_by_software(fault: Fault) -> None:
    assert decide(Failure.interruption(fault)).verdict is Verdict.HOLD


def test_a_power_cut_is_resumed_and_a_blocked_gate_tried_again() -> None:
    assert decide(Failure.interruption(Fault.POWER_LOSS)) == Decision(Verdict.RETRY)
    assert decide(Failure.abort(Fault.GATE_BLOCKED)).verdict is Verdict.RETRY


def test_only_a_car_that_does_not_fit_needs_another_way() -> None:
    aborted = {code for code in Reject if decide(Failure.reject(code)).verdict is Verdict.ABORT}
    assert aborted == {Reject.TOO_LARGE, Reject.TOO_HEAVY}


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


def test_a_driver_at_work_is_not_compared() -> None:
    assert wrong(occupied={"a", "c"}, in_use=["c"]) == []


def seen(**changes: Any) -> StationStatus:
    unit: dict[str, Any] = {
        "ack": (1, 1),
        "reject": Reject.NONE,
        "state": UnitState.IDLE,
        "job_state": JobState.NONE,
        "current": (0, 0),
        "last_done": (0, 0),
        "last_done_state": JobState.NONE,
        "last_done_fault": Fault.NONE,
        "fault": Fault.NONE,
        "mode": Mode.AUTO,
        "mode_changes": 0,
        "emergency": False,
    }
    station: dict[str, Any] = {
        "gate": GateState.OPEN,
        "shutter": GateState.SHUT,
        "zone_clear": True,
        "person": False,
        "occupied": True,
        "length_mm": 4700,
        "width_mm": 1900,
        "height_mm": 1500,
        "mass_kg": 1900,
        "plate": "沪A 12345",
    }
    return StationStatus(**(unit | station | changes))


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, 1),
        ({"mass_kg": 2600}, 2),
        ({"length_mm": 5350}, 2),
        ({"plate": "沪a·12345"}, 1),
        ({"plate": "沪A54321"}, "wrong_car"),
        ({"plate": ""}, "unknown_plate"),
        ({"plate": " · "}, "unknown_plate"),
        ({"plugged": True}, "plugged_in"),
        ({"engine_running": True}, "engine_running"),
        ({"zone_clear": False}, "person_in_zone"),
        ({"length_mm": 5500}, "too_large"),
        ({"mass_kg": 3300}, "too_heavy"),
    ],
)
def test_a_car_in_the_intake_is_judged(changes: dict[str, object], verdict: int | str) -> None:
    assert TakeIn(NOWHERE, "沪A12345").judge(TOWER, seen(**changes)) == verdict


def test_the_smallest_class_is_chosen() -> None:
    assert smallest_class(TOWER, length_mm=4000, width_mm=1800, height_mm=1500, mass_kg=1500) == 1
    assert smallest_class(TOWER, length_mm=4000, width_mm=1800, height_mm=1500, mass_kg=3000) == 2
