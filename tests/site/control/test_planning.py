"""The tower's dispatch policy in the controller's words; and what happens when it fails."""

from pathlib import Path
from typing import Any

import pytest

from autosilo.site.control import planning
from autosilo.site.control.dispatcher import Kind, Option, Request
from autosilo.site.control.planning import KINDS, WEIGHTS, LiftView, Planner
from autosilo.tower.site_file import load_site

SITES = Path(__file__).parents[2] / "tower" / "sites"
TOWER = load_site("deep", folder=SITES, pace=1).tower
NOW = 1_800_000_000.0
IDLE = {"L1": LiftView("L1.D1", 0.0), "L2": LiftView("L2.I1", 0.0)}


@pytest.fixture(scope="module")
def planner() -> Planner:
    return Planner(TOWER)


def request(job: int, *options: Option, kind: Kind = Kind.RETRIEVE, waited_s: float = 10.0) -> Request:
    return Request(job, kind, NOW - waited_s, options)


def out(lift: str, bay: str, station: str = "L1.D2") -> Option:
    return Option(lift, f"{lift}.{bay}", station, 60.0)


def begun(planner: Planner, requests: list[Request], lifts: dict[str, LiftView] = IDLE) -> set[tuple[int, str]]:
    return {(one.request.job, one.option.lift) for one in planner.decide(requests, lifts, NOW)}


def test_every_kind_is_known_to_it() -> None:
    assert set(WEIGHTS) == set(KINDS) == set(Kind)


def test_each_idle_lift_sets_out(planner: Planner) -> None:
    queue = [request(1, out("L1", "B0201", "L1.D1")), request(2, out("L2", "B0201"))]
    assert begun(planner, queue) == {(1, "L1"), (2, "L2")}


def test_two_lifts_do_not_take_one_station(planner: Planner) -> None:
    queue = [request(1, out("L1", "B0201")), request(2, out("L2", "B0201"))]
    assert len(begun(planner, queue)) == 1


def test_a_driver_who_waits_goes_before_a_car_whose_driver_has_left(planner: Planner) -> None:
    store = request(1, Option("L1", "L1.I1", "L1.B0201R", 60.0), kind=Kind.STORE)
    assert begun(planner, [store, request(2, out("L1", "B0201", "L1.D1"))]) == {(2, "L1")}
    assert begun(planner, [store]) == {(1, "L1")}


def test_a_lift_that_is_busy_or_away_begins_nothing(planner: Planner) -> None:
    queue = [request(1, out("L1", "B0201", "L1.D1")), request(2, out("L2", "B0201"))]
    lifts = {"L1": LiftView("L1.D1", 30.0), "L2": LiftView("L2.I1", 0.0, available=False)}
    assert begun(planner, queue, lifts) == set()


def test_nothing_asked_nothing_begun(planner: Planner) -> None:
    assert begun(planner, []) == set()
    assert begun(planner, [request(1)]) == set()


@pytest.mark.parametrize("failure", ["raises", "unsound"])
def test_when_it_fails_the_lifts_go_on(
    planner: Planner, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, failure: str
) -> None:
    queue = [request(1, out("L1", "B0201", "L1.D1")), request(2, out("L1", "B0202", "L1.D1"))]

    def ask(self: Any, requests: Any, lifts: Any, now: float) -> Any:
        if failure == "raises":
            raise ZeroDivisionError
        return tuple(planning.Start(one, one.options[0]) for one in requests)

    monkeypatch.setattr(Planner, "_ask", ask)
    assert begun(planner, queue) == {(1, "L1")}
    assert ("the dispatch policy failed" in caplog.text) == (failure == "raises")
