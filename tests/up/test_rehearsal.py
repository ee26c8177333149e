"""A shop in a home of its own: what its handle says about a process that is not there yet, or not any more."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from autosilo.up import rehearsal
from autosilo.up.rehearsal import DidNotStart, Shop, private_home


def write_status(home: Path, **content: object) -> None:
    (home / "run").mkdir(exist_ok=True)
    (home / "run" / "status.json").write_text(json.dumps(content))


def ended_process() -> "subprocess.Popen[bytes]":
    process = subprocess.Popen([sys.executable, "-c", "raise SystemExit(3)"])
    process.wait()
    return process


def test_a_status_of_an_earlier_run_is_not_believed(tmp_path: Path) -> None:
    shop = Shop(tmp_path, ended_process())
    assert shop.status() == {}
    write_status(tmp_path, pid=os.getpid(), state="ready", web="http://127.0.0.1:1")
    assert shop.status() == {}
    assert Shop(tmp_path).web == "http://127.0.0.1:1"  # one that others started is taken as it is


def test_a_shop_that_ended_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "console.log").write_text("first\nthe port is in use\n")
    with pytest.raises(DidNotStart, match=r"stopped with 3:\n.*\nthe port is in use"):
        Shop(tmp_path, ended_process()).wait_ready()


def test_waiting_has_an_end(tmp_path: Path) -> None:
    write_status(tmp_path, pid=1, state="starting")
    with pytest.raises(DidNotStart, match=r"was not ready within 0\.1 s"):
        Shop(tmp_path).wait_ready(limit_s=0.1)


def test_a_child_is_back_when_another_process_is_ready(tmp_path: Path) -> None:
    write_status(tmp_path, pid=1, children={"web": {"pid": 7, "state": "ready"}})
    Shop(tmp_path).wait_child_up("web", other_than=6, limit_s=0.1)
    with pytest.raises(DidNotStart, match="web did not come back"):
        Shop(tmp_path).wait_child_up("web", other_than=7, limit_s=0.1)


def test_a_private_home_goes_away_and_leaves_the_weights(tmp_path: Path) -> None:
    (tmp_path / "weights").mkdir()
    (tmp_path / "weights" / "model").write_text("w")
    with private_home(weights=tmp_path / "weights") as home:
        assert (home / "weights" / "model").read_text() == "w"
    assert not home.exists()
    assert (tmp_path / "weights" / "model").exists()


def test_nothing_of_ours_reaches_a_private_shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://real")
    monkeypatch.setenv("AUTOSILO_PORT_WEB", "8000")
    monkeypatch.setenv("AUTOSILO_SITES", "/somewhere")
    environment = rehearsal._environment(tmp_path, 30.0)
    assert environment["AUTOSILO_HOME"] == str(tmp_path)
    assert environment["AUTOSILO_PACE"] == "30"
    assert environment["AUTOSILO_SITES"] == "/somewhere"
    assert not {"DATABASE_URL", "AUTOSILO_PORT_WEB"} & set(environment)
