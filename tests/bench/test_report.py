"""Reports: targets are judged, tables and pages say the same as the JSON."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from autosilo import bench, chaos
from autosilo.bench.command import Conditions, Entry, Option
from autosilo.bench.report import Figure, Report, machine, meets
from autosilo.bench.show import number, table, write_page


@pytest.mark.parametrize(
    ("value", "target", "met"),
    [(100, "<= 100", True), (100.1, "<=100", False), (0, "== 0", True), (1, "== 0", False), (3, "> 2.5e0", True)],
)
def test_a_target_is_judged(value: float, target: str, met: bool) -> None:
    assert meets(value, target) is met


@pytest.mark.parametrize("target", ["about 100", "100", "<= a", ""])
def test_a_target_that_cannot_be_read_is_an_error(target: str) -> None:
    with pytest.raises(ValueError, match="reads like"):
        meets(1, target)


def _report(*figures: Figure) -> Report:
    return Report(name="visit", seed=7, figures=figures, machine=machine())


FAST = Figure(name="visit", value=80.5, unit="ms", target="<= 100", limit=61.0, baselines={"naive": 900})
SLOW = Figure(name="booking", value=120, unit="ms", target="<= 100")
BARE = Figure(name="cars", value=40, unit="")


def test_one_missed_target_fails_the_report_and_a_figure_without_target_does_not() -> None:
    assert _report(FAST, BARE).met
    assert not _report(FAST, SLOW).met


def test_a_report_without_figures_is_not_a_success() -> None:
    assert not _report().met


def test_the_json_has_the_agreed_form() -> None:
    content = json.loads(json.dumps(_report(FAST).as_dict()))
    assert content["bench"] == "visit"
    assert content["seed"] == 7
    assert content["machine"]["cores"] >= 1
    assert content["figures"] == [
        {
            "name": "visit",
            "value": 80.5,
            "unit": "ms",
            "target": "<= 100",
            "met": True,
            "limit": 61.0,
            "baselines": {"naive": 900},
        }
    ]


def test_the_table_marks_what_was_missed() -> None:
    lines = table(_report(FAST, SLOW).as_dict()).splitlines()
    assert lines[1].split() == ["visit", "80.5", "ms", "<=", "100", "yes", "61", "naive", "900"]
    assert "NO" in lines[2]


@pytest.mark.parametrize(
    ("value", "text"), [(3.0, "3"), (0.123456, "0.1235"), (1234567, "1234567"), (12345.678, "12346")]
)
def test_numbers_are_short(value: float, text: str) -> None:
    assert number(value) == text


def test_the_page_holds_every_report(tmp_path: Path) -> None:
    (tmp_path / "visit.json").write_text(json.dumps(_report(FAST).as_dict()))
    (tmp_path / "kill.json").write_text(json.dumps(_report(SLOW).as_dict(kind="chaos")))
    target = tmp_path / "docs" / "benchmarks.md"
    assert write_page(tmp_path, target) == 2
    text = target.read_text()
    assert "`autosilo bench visit`" in text
    assert "`autosilo chaos visit`" in text
    assert "| visit | 80.5 | ms | <= 100 | yes | 61 | naive 900 |" in text


def test_a_page_is_not_made_from_nothing_or_from_something_else(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no report"):
        write_page(tmp_path, tmp_path / "page.md")
    (tmp_path / "other.json").write_text("[]")
    with pytest.raises(ValueError, match=r"other\.json"):
        write_page(tmp_path, tmp_path / "page.md")


def counted(conditions: Conditions) -> Sequence[Figure]:
    return [Figure(name="n", value=conditions.seed, unit="", target="<= 5" if conditions.quick else None)]


@pytest.mark.parametrize(
    ("arguments", "code"), [(["--seed", "9"], 0), (["--seed", "9", "--quick"], 1), (["--quick"], 0)]
)
def test_the_exit_code_says_whether_the_targets_are_met(
    arguments: list[str], code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(bench.BENCHES, "count", Entry("counts", f"{__name__}:counted"))
    assert bench.main(["count", "--json", *arguments]) == code
    assert json.loads(capsys.readouterr().out)["figures"][0]["name"] == "n"


def optioned(conditions: Conditions) -> Sequence[Figure]:
    return [Figure(name="moves", value=conditions.options.get("moves", 7), unit="")]


OPTIONED = Entry(
    "moves", f"{__name__}:optioned", options=(Option(name="moves", metavar="N", help="how many", read=int),)
)


@pytest.mark.parametrize(("arguments", "value"), [([], 7), (["--moves", "3"], 3)])
def test_a_run_may_have_options_of_its_own(
    arguments: list[str], value: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(bench.BENCHES, "move", OPTIONED)
    assert bench.main(["move", "--json", *arguments]) == 0
    assert json.loads(capsys.readouterr().out)["figures"][0]["value"] == value


def test_an_option_of_another_run_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(bench.BENCHES, "move", OPTIONED)
    monkeypatch.setitem(bench.BENCHES, "count", Entry("counts", f"{__name__}:counted"))
    assert bench.main(["count", "--moves", "3"]) == 2
    assert "count has no option --moves" in capsys.readouterr().err


def test_every_registered_run_can_be_imported() -> None:
    import importlib

    for entry in [*bench.BENCHES.values(), *chaos.RUNS.values()]:
        module, _, function = entry.target.partition(":")
        assert callable(getattr(importlib.import_module(module), function))


def test_an_unknown_name_is_refused_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        bench.main(["bakery"])
    assert "start" in capsys.readouterr().err
