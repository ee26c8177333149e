"""Set-up: each part once for the same inputs, and clear words when something is missing."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from autosilo.up import install
from autosilo.up.install import CannotInstall


@pytest.fixture
def record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(install, "RECORD", tmp_path / "record.json")
    return tmp_path / "record.json"


def _times(count: int, what: str, source: Path, result: Path) -> list[str]:
    done: list[str] = []
    for _ in range(count):
        install._Record().once(what, [source], lambda: done.append(what), result=result)
    return done


def test_a_part_is_done_once_for_the_same_inputs(record: Path, tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    lock.write_text("a")
    assert _times(3, "packages", lock, tmp_path) == ["packages"]
    lock.write_text("b")
    assert _times(3, "packages", lock, tmp_path) == ["packages"]


def test_a_part_whose_result_is_gone_is_done_again(record: Path, tmp_path: Path) -> None:
    assert _times(2, "weights", tmp_path / "lock", tmp_path / "gone") == ["weights", "weights"]


def test_a_part_that_failed_is_tried_again(record: Path, tmp_path: Path) -> None:
    def fail() -> None:
        raise CannotInstall("no network")

    with pytest.raises(CannotInstall):
        install._Record().once("packages", [], fail, result=tmp_path)
    assert _times(1, "packages", tmp_path / "lock", tmp_path) == ["packages"]


def test_a_spoilt_record_is_begun_again(record: Path, tmp_path: Path) -> None:
    record.write_text("{")
    assert _times(2, "packages", tmp_path / "lock", tmp_path) == ["packages"]
    assert list(json.loads(record.read_text())) == ["packages"]


def test_without_ensurepip_an_ordinary_user_is_told_which_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "_has_ensurepip", lambda: False)
    monkeypatch.setattr(install.os, "geteuid", lambda: 1000)
    with pytest.raises(CannotInstall, match=rf"python3\.{sys.version_info.minor}-venv"):
        install._make_with_venv()


def test_root_gets_that_package_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[list[str]] = []
    monkeypatch.setattr(install, "_has_ensurepip", lambda: False)
    monkeypatch.setattr(install.os, "geteuid", lambda: 0)
    monkeypatch.setattr(install.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(install, "run", lambda command: ran.append(list(command)))
    install._make_with_venv()
    assert [command[:2] for command in ran[:2]] == [["apt-get", "update"], ["apt-get", "install"]]
    assert ran[1][-1].endswith("-venv")
    assert ran[2][1:3] == ["-m", "venv"]


def test_a_tool_that_fails_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CannotInstall, match="false … failed with exit code 1"):
        install.run(["false"])
    with pytest.raises(CannotInstall, match="no-such-tool is not there"):
        install.run(["no-such-tool"])


@pytest.mark.parametrize("script", ["install.py", "testing.py"])
def test_the_scripts_need_nothing_but_the_standard_library(script: str) -> None:
    file = Path(install.__file__).with_name(script)
    code = f"import runpy; runpy.run_path({str(file)!r}, run_name='not main')"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
