"""A short run with everything that chaos has: real processes, real OPC UA, kills, cuts, people."""

import random
from pathlib import Path

import pytest

from autosilo.chaos.tower.audit import Findings
from autosilo.chaos.tower.mischief import Mischief
from autosilo.chaos.tower.run import Outcome, figures, run
from autosilo.chaos.tower.town import Town


@pytest.mark.slow
async def test_nothing_moves_twice_and_nothing_is_lost(tmp_path: Path) -> None:
    outcome = await run(tmp_path / "home", moves=12, seed=3)
    assert outcome.findings.moves >= 12
    assert outcome.mishaps, "something did go wrong"
    assert outcome.lost == []
    assert outcome.unfinished == []
    assert outcome.violations == {}
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


async def test_every_kind_of_mishap_can_be_drawn(tmp_path: Path) -> None:
    town = Town(tmp_path / "home")
    await town.close()
    mischief = Mischief(town, None, None, random.Random(1), connected=lambda: True)  # type: ignore[arg-type]
    kinds = {strike.__name__ for _, strike in mischief.kinds}
    assert len(kinds) == 17
    assert all(weight > 0 for weight, _ in mischief.kinds)
