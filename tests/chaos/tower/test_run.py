"""A short run with everything that chaos has: real processes, real OPC UA, kills, cuts, people."""

import asyncio
import json
import random
from pathlib import Path
from typing import Any

import pytest

from autosilo.chaos.tower import run as chaos
from autosilo.chaos.tower.audit import Findings
from autosilo.chaos.tower.link import Cable
from autosilo.chaos.tower.mischief import Mischief
from autosilo.chaos.tower.people import People
from autosilo.chaos.tower.run import Outcome, figures, run
from autosilo.chaos.tower.town import Town
from autosilo.twin.plc import fault_orders
from autosilo.twin.plc.orders import Carry, ModeOrder, Power


@pytest.mark.slow
async def test_nothing_moves_twice_and_nothing_is_lost(tmp_path: Path) -> None:
    outcome = await run(tmp_path / "home", moves=12, seed=3)
    assert outcome.findings.moves >= 12
    assert outcome.mishaps, "something did go wrong"
    wrong = (outcome.lost, outcome.unfinished, outcome.violations)
    assert wrong == ([], [], {}), outcome
    missed = [figure.name for figure in figures(outcome) if figure.met is False]
    assert missed == [], outcome.findings


def test_a_double_move_a_lost_car_a_violation_and_an_unfinished_job_each_miss_their_target() -> None:
    findings = Findings(double_moves=["L1 2 3 began twice"], missing_moves=["L1 2 4"], impossible=["9: taken twice"])
    bad = Outcome(findings, ["LCHA1"], ["v1"], {"place_holds_two": 2}, {}, {}, 1, 1.0)
    values = {figure.name: (figure.value, figure.met) for figure in figures(bad)}
    assert values["double_moves"] == (2, False)
    assert values["lost_cars"] == (2, False)
    assert values["invariant_violations"] == (2, False)
    assert values["jobs_unfinished"] == (1, False)


class Recorder:
    """A world that understands only what the real one does, and notes what it is asked."""

    def __init__(self, places: dict[str, str]) -> None:
        self.faults: set[str] = set()
        self.places = places

    async def post(self, path: str, **body: Any) -> bool:
        if path == "/fault":
            self.faults.add(fault_orders.ORDER.validate_python(body).kind)
        elif path == "/mode":
            ModeOrder.model_validate(body)
        elif path == "/carry":
            Carry.model_validate(body)
        elif path == "/power":
            Power.model_validate(body)
        else:
            raise AssertionError(path)
        return True

    async def get(self, path: str) -> dict[str, Any]:
        return {"places": self.places}


async def test_the_world_understands_every_mishap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    town = Town(tmp_path / "home")
    await town.close()
    monkeypatch.setattr(town, "start_plc", _at_once)
    world, given = Recorder(town.first), list[dict[str, Any]]()
    cable = Cable(port=1, to=2)
    mischief = Mischief(
        town,
        world,  # type: ignore[arg-type]
        cable,
        random.Random(1),
        connected=lambda: True,
        give=given.append,
    )
    monkeypatch.setattr(asyncio, "sleep", _at_once)
    happened = {strike.__name__: await strike() for _, strike in mischief.kinds}
    assert len(happened) == 21
    assert all(happened.values())
    assert {order["do"] for order in given} == {"block", "unblock", "service", "stage"}
    assert "answer_late" in world.faults
    assert {order["do"] for order in mischief.orders()} == {"unblock", "service"}, "a fresh controller hears them again"
    assert all(order.get("in_service", True) for order in mischief.orders())


async def _at_once(*_: object) -> None:
    """Takes no time."""


async def test_a_tower_that_stands_still_ends_the_run_and_misses_a_target(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chaos, "STUCK_S", 0.5)
    monkeypatch.setattr(chaos, "SETTLE_WITHIN_S", 1.0)
    monkeypatch.setattr(People, "_begin", lambda self: None)
    monkeypatch.setattr(chaos, "Mischief", NoMischief)
    outcome = await run(tmp_path / "home", moves=1, seed=1)
    assert [words[:20] for words in outcome.unfinished if "no move" in words] == ["no move for 0 s afte"]
    stuck = next(words for words in outcome.unfinished if "no move" in words)
    seen = json.loads(stuck.partition(": ")[2])
    assert (seen["visits"], seen["mischief"]) == ([], "")
    assert {"controller", "world", "journal"} <= seen.keys()
    assert {figure.name: figure.met for figure in figures(outcome)}["jobs_unfinished"] is False


class NoMischief(Mischief):
    """Everything stays whole."""

    async def run(self) -> None:
        await asyncio.Event().wait()
