"""The contract suite against our twin and against the peer: both keep every part of it."""

import asyncio
from collections.abc import Iterator

import pytest

from autosilo.site.conformance.registry import Level, choose
from autosilo.site.conformance.report import Outcome, Report
from autosilo.site.conformance.run import run
from peer.rigs import PeerRig, Rig, TwinRig

pytestmark = pytest.mark.peer

CHECKS = choose(Level.MOTION)
PLCS = ("twin", "peer")


@pytest.fixture(scope="module")
def reports(node_packages: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Report]]:
    """Both runs, side by side: a suite mostly waits."""
    rigs: dict[str, Rig] = {
        "twin": TwinRig(tmp_path_factory.mktemp("twin")),
        "peer": PeerRig(tmp_path_factory.mktemp("peer")),
    }
    for rig in rigs.values():
        rig.start(wait=False)
    try:
        for rig in rigs.values():
            rig.wait()
        yield asyncio.run(_both(rigs))
    finally:
        for rig in rigs.values():
            rig.close()


async def _both(rigs: dict[str, Rig]) -> dict[str, Report]:
    reports = await asyncio.gather(*(run(rig.machine(), CHECKS, Level.MOTION) for rig in rigs.values()))
    return dict(zip(rigs, reports, strict=True))


@pytest.mark.parametrize("plc", PLCS)
@pytest.mark.parametrize("check", [one.id for one in CHECKS])
def test_the_contract_is_kept(reports: dict[str, Report], check: str, plc: str) -> None:
    result = next(one for one in reports[plc].results if one.id == check)
    assert (result.outcome, result.seen) == (Outcome.PASSED, result.seen)


@pytest.mark.parametrize("plc", PLCS)
def test_the_machine_is_left_at_rest(reports: dict[str, Report], plc: str) -> None:
    assert reports[plc].left is None
    assert reports[plc].passed
