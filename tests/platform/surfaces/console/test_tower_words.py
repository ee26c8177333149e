"""Places, steps and refusals in words, in both languages; the small map."""

import re
from typing import get_args

import pytest
from django.utils.translation import override

from autosilo.platform.surfaces.console.bay_map import GLYPHS, Mark, bay_map
from autosilo.platform.surfaces.console.queries.walk import Answer
from autosilo.platform.surfaces.console.tower_words import MODES, REFUSALS, STEPS, place_words, step_words
from autosilo.tower.manual import Step, StepKind
from autosilo.wire.books import LiftMode, OrderRefusal


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("L1.B0312", "Floor 3, column 12"),
        ("L1.B0312R", "Floor 3, column 12, rear"),
        ("L2.D1", "Delivery D1"),
        ("L1.I1", "Intake I1"),
        ("L2", "Carriage of L2"),
        ("somewhere", "somewhere"),
    ],
)
def test_a_place_has_words(place: str, words: str) -> None:
    assert place_words(place) == words


def test_every_refusal_mode_and_step_has_words() -> None:
    assert set(REFUSALS) == set(get_args(OrderRefusal))
    assert set(MODES) == set(LiftMode)
    assert set(STEPS) | {StepKind.WRITE_DOWN} == set(StepKind)
    assert set(GLYPHS) == set(Answer)


@pytest.mark.parametrize("kind", StepKind)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_step_says_where_and_which_car(kind: StepKind, language: str) -> None:
    with override(language):
        words = step_words(Step(kind=kind, lift="L1", place="L1.D1", vin="V", height_m=1, across=2), {"V": "A 1"})
    assert "%" not in words
    assert kind is StepKind.MAKE_SAFE or "(L1.D1)" in words
    assert ("A 1" in words) == (kind in {StepKind.TAKE, StepKind.PUT, StepKind.DRIVE_OUT, StepKind.WRITE_DOWN})


def test_a_turntable_is_turned() -> None:
    step = Step(kind=StepKind.MOVE_CARRIAGE, lift="L1", place="L1.B0102", height_m=2.3, across=36.0, turns=True)
    assert "turned to 36.0°" in step_words(step, {})


def test_the_map_shows_rear_bays_above_their_front_bays_and_marks_one_place() -> None:
    places = ["L1.B0101", "L1.B0101R", "L1.B0201", "L1.B0201R", "L1.D1"]
    marks = [Mark(place=place, state="confirmed", paint="#c9362b" if place == "L1.B0101" else None) for place in places]
    drawn = bay_map(marks, at="L1.B0201R", base="/walk")
    spots = dict(re.findall(r'at=([^"]+)".*?<rect class="bm-box" x="\d+" y="(\d+)"', drawn))
    heights = {place: int(y) for place, y in spots.items()}
    assert sorted(heights, key=lambda place: heights[place]) == [
        "L1.B0201R",
        "L1.B0201",
        "L1.B0101R",
        "L1.B0101",
        "L1.D1",
    ]
    assert drawn.count("bm-here") == 1
    assert drawn.count("bm-car") == 1
    assert "style=" not in drawn


def test_a_map_of_nothing_is_empty() -> None:
    assert "<rect" not in bay_map([], at="", base="/walk")
