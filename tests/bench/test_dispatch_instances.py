"""Instances survive their JSON, the published ones are what they say, and mistakes are named."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from autosilo import bench
from autosilo.bench.dispatch import from_file
from autosilo.bench.dispatch.instances import FORM, burst, dump, load, stream

PUBLISHED = Path(__file__).parents[2] / "docs" / "reference" / "benchmarks" / "instances" / "dispatch.json"


def test_instances_survive_their_json(tmp_path: Path) -> None:
    drawn = [burst(1, lifts=2, racks="own"), replace(stream(1, cars=9, gap_s=60), optimum=123.5)]
    file = tmp_path / "mine.json"
    file.write_text(dump(drawn), encoding="utf-8")
    assert load(file) == drawn


def test_a_seed_gives_the_same_instance_again() -> None:
    assert stream(4, cars=9, gap_s=60) == stream(4, cars=9, gap_s=60)
    assert stream(4, cars=9, gap_s=60) != stream(5, cars=9, gap_s=60)


def test_published_optima_are_computed_again() -> None:
    published = load(PUBLISHED)
    assert len(published) >= 20
    assert all(instance.optimum is not None for instance in published)
    for instance in published[:1] + published[-2:]:
        assert from_file.optimum(instance) == pytest.approx(instance.optimum, abs=0.001)


def test_the_bench_takes_instances_from_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "mine.json"
    file.write_text(dump([burst(1, lifts=2, racks="own", cars=6)]), encoding="utf-8")
    assert bench.main(["dispatch", "--json", "--instances", str(file)]) == 0
    (figure,) = json.loads(capsys.readouterr().out)["figures"]
    assert figure["name"] == "burst-2-own-1"
    assert figure["value"] == pytest.approx(0, abs=0.01)
    assert set(figure["baselines"]) == {"FCFS", "nearest", "WSPT"}


CAR = {"kind": "store", "lifts": [0], "floor": 1, "sector": 1, "weight": 1.0}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"floor": 17}, "car 0: floor 17"),
        ({"kind": "wash"}, "car 0: kind 'wash'"),
        ({"lifts": [1]}, "car 0: lifts"),
        ({"lifts": []}, "car 0: lifts"),
        ({"dwell": -1}, "must not be negative"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, change: dict[str, object], words: str) -> None:
    file = tmp_path / "bad.json"
    bad = {"name": "bad", "lifts": 1, "delivery_bays": 0, "cars": [CAR | change]}
    file.write_text(json.dumps({"form": FORM, "instances": [bad]}), encoding="utf-8")
    with pytest.raises(ValueError, match=words):
        load(file)


def test_another_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "other.json"
    file.write_text("{}", encoding="utf-8")
    with pytest.raises(ValueError, match=FORM):
        load(file)


def test_a_bad_file_is_a_bad_argument(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        bench.main(["dispatch", "--instances", str(tmp_path / "nowhere.json")])
    assert end.value.code == 2
    assert "nowhere.json" in capsys.readouterr().err
