"""``autosilo plan``."""

import io
import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from autosilo.planner.command import main
from autosilo.planner.report.svg import Picture, number, ticks
from autosilo.planner.report.words import CHINESE, ENGLISH

ROOT = Path(__file__).parents[2]
SITE = str(ROOT / "sites" / "nanjing.toml")
DEMAND = str(ROOT / "docs" / "examples" / "demand.toml")
QUICK = ["--site", SITE, "--demand", DEMAND, "--days", "3", "--processes", "1"]


def test_a_table_compares_the_designs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*QUICK, "--lifts", "1,2"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[0] == "lifts"
    assert [line.split()[0] for line in lines[1:3]] == ["1", "2"]


def test_json_has_everything(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*QUICK, "--cars", "60", "--json"]) == 0
    content = json.loads(capsys.readouterr().out)
    assert content["v"] == 1
    (outcome,) = content["outcomes"]
    assert outcome["design"]["cars"] == 60
    assert set(content["plots"]) == {"waits", "occupancy", "deliveries", "heat-L1", "service"}


@pytest.mark.parametrize(("language", "word"), [("en", "Cost against service"), ("zh-hans", "成本与服务")])
def test_the_page_stands_alone_and_is_readable_without_its_pictures(tmp_path: Path, language: str, word: str) -> None:
    out = tmp_path / "plan.html"
    assert main([*QUICK, "--lifts", "1,2", "--html", str(out), "--language", language]) == 0
    text = out.read_text(encoding="utf-8")
    assert word in text
    assert "<script" not in text
    assert not re.search(r"(href|src)=", text)
    assert "prefers-color-scheme: dark" in text
    pictures = re.findall(r"<svg.*?</svg>", text, flags=re.DOTALL)
    assert len(pictures) == 6
    for picture in pictures:
        root = ElementTree.fromstring(picture)  # noqa: S314  our own
        labels = root.attrib["aria-labelledby"].split()
        assert all(text.count(f'id="{label}"') == 1 for label in labels)
        assert "style" not in picture


def test_demand_can_come_from_the_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    content = {"pickups": {"a_day": 5}, "models": [{"name": "one", "cars": 20, "share": 1}]}
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(content)))
    assert main(["--site", SITE, "--demand", "-", "--days", "2", "--lifts", "1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["outcomes"][0]["design"]["cars"] == 20


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (["--site", "none.toml", "--demand", DEMAND], "none.toml"),
        (["--site", SITE, "--demand", "none.toml"], "none.toml: No such file"),
        (["--site", SITE, "--demand", DEMAND, "--lifts", "12"], "12 lifts: a site has 1 to 9"),
        (["--site", SITE, "--demand", DEMAND, "--cars", ",".join(map(str, range(10, 300)))], "too many"),
    ],
)
def test_input_that_makes_no_sense_is_named(wrong: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(wrong) == 2
    assert words in capsys.readouterr().err


def test_an_unknown_vehicle_class_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "demand.toml"
    path.write_text(Path(DEMAND).read_text(encoding="utf-8").replace('"heavy"', '"giant"'), encoding="utf-8")
    assert main(["--site", SITE, "--demand", str(path), "--lifts", "1"]) == 2
    assert "giant" in capsys.readouterr().err


def test_both_languages_have_the_same_words() -> None:
    assert set(ENGLISH) == set(CHINESE)
    for key, text in ENGLISH.items():
        assert set(re.findall(r"\{(\w+)\}", text)) == set(re.findall(r"\{(\w+)\}", CHINESE[key])), key


def test_axes_have_round_numbers() -> None:
    assert ticks(0, 240) == [0, 50, 100, 150, 200]
    assert ticks(3, 3) == [3]
    assert [number(value) for value in (0.25, 12, 12_000, 3_500_000)] == ["0.25", "12", "12k", "3.5M"]


def test_what_a_picture_says_is_escaped() -> None:
    picture = Picture(key="k", title="<b>", description="&", x=(0, 1), y=(0, 1), x_label="x", y_label="y")
    picture.bar(0, 1, 1, words="<i>")
    assert "<b>" not in str(picture)
    assert "<i>" not in str(picture)
