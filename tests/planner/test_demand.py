"""Demand files: what is right is read, what is wrong is named. And the people who come of it."""

from pathlib import Path

import numpy as np
import pytest

from autosilo.planner.demand import DemandFileError, read_demand_file
from autosilo.planner.draws import DAY_S, draw_people, hourly_rates
from planner.towers import HOURS, demand

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "demand.toml"


def test_the_example_is_right() -> None:
    assert read_demand_file(EXAMPLE).fleet > 0


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("a_day = ", "a_day = -", "pickups.a_day: Input should be greater than 0"),
        ("share = 0.6", "share = 1.6", "booking.share: Input should be less than or equal to 1"),
        ("[booking]", "[bookings]", "bookings: Extra inputs are not permitted"),
        ("dwell_min_s = 45", "dwell_min_s = 450", "handover: the shortest time must not be longer than the longest"),
        ("[pickups]", "[pickups", "not TOML"),
    ],
)
def test_a_mistake_is_named_with_its_key(tmp_path: Path, old: str, new: str, words: str) -> None:
    path = tmp_path / "demand.toml"
    text = EXAMPLE.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DemandFileError) as caught:
        read_demand_file(path)
    assert words in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DemandFileError, match="No such file"):
        read_demand_file(tmp_path / "none.toml")


def test_a_week_has_as_many_pick_ups_as_asked_and_none_while_the_site_is_shut() -> None:
    rates = hourly_rates(demand(50), HOURS)
    assert rates.sum() == pytest.approx(7 * 50)
    assert rates[:, :8].sum() == 0
    assert rates[:, 22:].sum() == 0
    assert rates[5].sum() > rates[1].sum(), "Saturday is busier than Tuesday"


def test_people_come_as_the_rates_say() -> None:
    crowd = draw_people(demand(50, booking={"share": 0.4, "no_show": 0.1}), HOURS, first_day=0, days=140, seed=(1, 1))
    assert len(crowd) == pytest.approx(50 * 140, rel=0.03)
    assert np.mean(crowd.booked) == pytest.approx(0.4, abs=0.03)
    assert np.mean(crowd.no_show) == pytest.approx(0.04, abs=0.01)
    assert crowd.due == sorted(crowd.due)
    hours = np.array(crowd.due) % DAY_S / 3600
    assert hours.min() >= 8
    assert hours.max() <= 22


def test_a_site_that_is_shut_when_people_want_to_come_has_no_demand() -> None:
    night = demand(pickups={"a_day": 10, "by_hour": [1.0] + [0.0] * 23})
    with pytest.raises(ValueError, match="opening hours"):
        hourly_rates(night, HOURS)
