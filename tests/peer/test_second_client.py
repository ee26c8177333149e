"""A client of another make against our twin: node-opcua, which shares no code with asyncua."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from autosilo.wire import mailbox
from peer.rigs import PLC, SLUG, TwinRig

pytestmark = pytest.mark.peer

PATIENCE_S = 120


@pytest.fixture(scope="module")
def nodes() -> dict[str, str]:
    return {
        name: kind
        for unit in ("L1", "L2", "L1.D1", "L1.D2", "L1.I1")
        for name, kind in mailbox.unit_nodes(unit).items()
    }


@pytest.fixture(scope="module")
def seen(node_packages: None, nodes: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("client")
    rig = TwinRig(tmp_path_factory.mktemp("for-the-client"))
    rig.start()
    try:
        return _run(rig, folder, list(nodes))
    finally:
        rig.close()


def _run(rig: TwinRig, folder: Path, nodes: list[str]) -> dict[str, Any]:
    given = {
        "endpoint": rig.url,
        "pki": str(rig.pki),
        "folder": str(folder),
        "site": SLUG,
        "unit": "L1",
        "nodes": nodes,
    }
    done = subprocess.run(
        ["node", str(PLC / "client.js"), json.dumps(given)],
        env=os.environ | {"XDG_CONFIG_HOME": str(folder)},
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    line = next((line for line in done.stdout.splitlines() if line.startswith("RESULT ")), None)
    assert line is not None, done.stdout[-2000:] + done.stderr[-2000:]
    return dict(json.loads(line.removeprefix("RESULT ")))


@pytest.mark.parametrize("policy", ["Basic256Sha256", "Aes256_Sha256_RsaPss"])
def test_it_reads_every_node_in_its_type(seen: dict[str, Any], nodes: dict[str, str], policy: str) -> None:
    assert seen[policy]["bad"] == []
    assert seen[policy]["types"] == nodes


@pytest.mark.parametrize("policy", ["Basic256Sha256", "Aes256_Sha256_RsaPss"])
def test_its_command_is_acknowledged(seen: dict[str, Any], policy: str) -> None:
    sync = seen[policy]["sync"]
    assert sync["written"]
    assert (sync["acknowledged"], sync["reject"]) == (sync["asked"], 0)
