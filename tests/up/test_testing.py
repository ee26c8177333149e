"""What ``./test`` needs besides Python, and what it says where that cannot be had."""

import os
import shutil
from pathlib import Path

import pytest

from autosilo.up import testing


@pytest.fixture
def nothing_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)


def test_missing_node_is_one_clear_line(nothing_installed: None) -> None:
    with pytest.raises(testing.install.CannotInstall, match=r"^the contract suite's peer needs .* nodejs npm$"):
        testing.peer()


def test_root_gets_node_from_the_packages(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    there = {"apt-get"}
    ran: list[list[str]] = []

    def run(command: list[str]) -> None:
        ran.append(command)
        if "install" in command:
            there.update({"node", "npm"})
        (tmp_path / "node_modules").mkdir(exist_ok=True)

    (tmp_path / "package-lock.json").write_text("{}")
    monkeypatch.setattr(shutil, "which", lambda name: name if name in there else None)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(testing.install, "run", run)
    monkeypatch.setattr(testing, "PEER", tmp_path)
    assert testing.peer() == tmp_path
    assert [command[0] for command in ran] == ["apt-get", "apt-get", "npm"]
    testing.peer()
    assert len(ran) == 3, "the same lock again installs nothing"


def test_the_peers_lock_names_no_registry() -> None:
    lock = (testing.PEER / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in lock
    assert '"integrity"' in lock


def test_a_quick_run_leaves_the_contract_suite_out() -> None:
    names = [step.name for step in testing.steps(quick=True)]
    assert "contract suite" not in names
    assert "contract suite" in [step.name for step in testing.steps(quick=False)]
