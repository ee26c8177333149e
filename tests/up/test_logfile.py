"""Logs of children: rotated at the start and by size, watched for errors, shown at a crash."""

import os
from pathlib import Path

import pytest

from autosilo.up import logfile
from autosilo.up.logfile import LogFile


@pytest.fixture
def log(tmp_path: Path) -> LogFile:
    return LogFile(tmp_path / "web.log")


def test_a_start_begins_a_new_file_and_keeps_three_older(log: LogFile) -> None:
    for number in range(6):
        log.rotate()
        log.path.write_text(f"start {number}")
    older = [log.path.with_name(f"web.log.{number}") for number in (1, 2, 3, 4)]
    assert [path.read_text() for path in older if path.exists()] == ["start 4", "start 3", "start 2"]


def test_a_large_file_is_cut_while_its_writer_goes_on(log: LogFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logfile, "LARGEST_BYTES", 100)
    descriptor = log.open()
    os.write(descriptor, b"x" * 101)
    log.rotate_if_large()
    os.write(descriptor, b"and on")
    os.close(descriptor)
    assert log.path.read_text() == "and on"
    assert log.path.with_name("web.log.1").read_text() == "x" * 101


def test_a_half_written_line_is_read_when_it_is_whole(log: LogFile) -> None:
    log.path.write_text('{"level": "error", "ev')
    assert log.new_errors() == []
    with log.path.open("a") as out:
        out.write('ent": "late"}\n{"level": "warning", "event": "quiet"}\nnot json\n{broken\n[1]\n')
    assert log.new_errors() == ["late"]
    assert log.new_errors() == []


def test_bytes_that_are_no_text_do_not_stop_the_watch(log: LogFile) -> None:
    log.path.write_bytes(b'\xff\xfe\n{"level": "critical", "event": "\xe9\x97\xa8"}\n')
    assert log.new_errors() == ["门"]


def test_the_tail_is_the_end(log: LogFile) -> None:
    assert log.tail() == []
    log.path.write_text("\n".join(str(number) for number in range(100)))
    assert log.tail(3) == ["97", "98", "99"]


def test_a_log_is_for_its_owner_alone(log: LogFile) -> None:
    os.close(log.open())
    assert log.path.stat().st_mode & 0o777 == 0o600
