"""What a report says: counts, verdict, JSON, text, page."""

import json
from datetime import UTC, datetime

import pytest

from autosilo.site.conformance import text
from autosilo.site.conformance.page import page
from autosilo.site.conformance.report import Outcome, Report, Result


def result(outcome: Outcome, *, id: str = "order.bad-crc", seen: str = "seen") -> Result:
    return Result(id, "Command", "a wrong checksum is refused", outcome, seen, 0.4)


def report(*results: Result, left: str | None = None) -> Report:
    began = datetime(2026, 3, 1, 12, tzinfo=UTC)
    return Report("town", "opc.tcp://plc:4840", "MOTION", began, 12.0, "ab" * 32, "Maker PLC 1", results, left)


@pytest.mark.parametrize(
    ("outcomes", "passed"),
    [
        ((Outcome.PASSED,), True),
        ((Outcome.PASSED, Outcome.SKIPPED), True),
        ((Outcome.PASSED, Outcome.FAILED), False),
        ((Outcome.SKIPPED,), False),
        ((), False),
    ],
)
def test_it_passes_when_something_passed_and_nothing_failed(outcomes: tuple[Outcome, ...], passed: bool) -> None:
    assert report(*map(result, outcomes)).passed is passed


def test_its_json_is_complete() -> None:
    found = json.loads(json.dumps(report(result(Outcome.FAILED)).as_json()))
    assert found["counts"] == {"PASS": 0, "FAIL": 1, "SKIP": 0}
    assert (found["version"], found["passed"], found["began"]) == (1, False, "2026-03-01T12:00:00+00:00")
    assert found["results"][0]["outcome"] == "FAIL"


def test_a_failure_is_told_with_what_the_contract_says() -> None:
    words = text.line(result(Outcome.FAILED, seen="accepted"))
    assert "FAIL  order.bad-crc" in words
    assert "contract (Command): a wrong checksum is refused" in words
    assert "seen: accepted" in words


def test_the_page_needs_nothing_else_and_trusts_no_text() -> None:
    document = page(report(result(Outcome.FAILED, seen="<script>x</script>"), left="the gate of L1.D1 stays open"))
    assert "<script" not in document
    assert "&lt;script&gt;" in document
    assert "http" not in document
    assert "does not keep the contract" in document
    assert "the gate of L1.D1 stays open" in document


def test_the_summary_says_what_was_left() -> None:
    words = text.summary(report(result(Outcome.PASSED), left="a car on L1"))
    assert "1 passed, 0 failed, 0 skipped" in words
    assert "a car on L1" in words
