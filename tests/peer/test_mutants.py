"""The suite can fail: each deliberate mistake of the peer is caught by the check that is there for it."""

import asyncio
import json
from pathlib import Path

import pytest

from autosilo.site.conformance.registry import Level, choose
from autosilo.site.conformance.report import Outcome, Report
from autosilo.site.conformance.run import run
from peer.rigs import PLC, PeerRig

pytestmark = pytest.mark.peer

CAUGHT_BY = {
    "no-crc": "order.bad-crc",
    "seq-not-monotonic": "order.old-seq",
    "epoch-not-monotonic": "order.old-epoch",
    "no-deadline": "order.expired",
    "no-watchdog": "heartbeat.watchdog",
    "no-heartbeat": "heartbeat.plc",
    "no-retained-log": "jobs.log-16",
    "nothing-retained": "power.at-rest",
    "publishes-before-retained": "power.told-only-when-retained",
    "resumes-by-itself": "power.mid-move",
    "no-mode-changes": "power.mode-changes",
    "moves-in-manual": "interruption.manual",
    "ignores-emergency-stop": "interruption.emergency-stop",
    "ignores-persons": "interruption.person",
    "gate-ignores-lift": "airlock.gate-refused",
    "gate-ignores-zone": "gates.blocked",
    "lift-ignores-gate": "gates.open-locks-lift",
    "no-reservations": "airlock.shared",
    "ignores-occupied": "places.destination-taken",
    "ignores-front-bay": "places.path-blocked",
    "no-intake-checks": "intake.too-heavy",
    "accepts-any-certificate": "security.unknown-certificate",
    "status-writable": "nodes.mirror-refuses-writes",
    "endpoint-without-security": "security.endpoints",
}
FROM_THE_START = {"endpoint-without-security"}
"""Mutants that a running server cannot take on."""


def test_every_mutant_is_listed() -> None:
    assert set(CAUGHT_BY) == set(json.loads((PLC / "mutants.json").read_text(encoding="utf-8")))


@pytest.mark.parametrize("mutant", sorted(set(CAUGHT_BY) - FROM_THE_START))
def test_a_mutant_is_caught(running_peer: PeerRig, mutant: str) -> None:
    running_peer.reset(mutant)
    _assert_caught(running_peer, CAUGHT_BY[mutant])


@pytest.mark.parametrize("mutant", sorted(FROM_THE_START))
def test_a_mutant_from_the_start_is_caught(node_packages: None, tmp_path: Path, mutant: str) -> None:
    rig = PeerRig(tmp_path, mutants=[mutant])
    rig.start()
    try:
        _assert_caught(rig, CAUGHT_BY[mutant])
    finally:
        rig.close()


def _assert_caught(rig: PeerRig, check: str) -> None:
    report: Report = asyncio.run(run(rig.machine(), choose(Level.MOTION, [check]), Level.MOTION))
    assert [one.id for one in report.results] == [check]
    assert report.results[0].outcome is Outcome.FAILED, report.results[0].seen
    assert not report.passed
