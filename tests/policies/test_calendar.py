"""Months and birthdays, against definitions that need no cleverness."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autosilo.platform.policies.calendar import full_years, leaves_window, plus_months, start_of, turns

days = st.dates(min_value=date(1950, 1, 1), max_value=date(2090, 12, 31))


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 4, 30), -2, date(2026, 2, 28)),
        (date(2028, 4, 30), -2, date(2028, 2, 29)),
        (date(2026, 1, 15), -2, date(2025, 11, 15)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 8, 31), 1, date(2026, 9, 30)),
        (date(2026, 12, 1), 12, date(2027, 12, 1)),
    ],
)
def test_a_day_that_the_month_lacks_becomes_its_last(day: date, months: int, expected: date) -> None:
    assert plus_months(day, months) == expected


@given(days, st.integers(min_value=0, max_value=30))
def test_a_window_is_left_on_the_first_possible_day(day: date, months: int) -> None:
    left = leaves_window(day, months=months)
    assert plus_months(left, -months) >= day
    assert plus_months(left - timedelta(days=1), -months) < day


def test_the_last_of_december_stays_until_the_first_of_march() -> None:
    assert leaves_window(date(2026, 12, 31), months=2) == date(2027, 3, 1)


@given(days, st.integers(min_value=1, max_value=60))
def test_one_turns_an_age_on_the_first_day_of_it(born: date, years: int) -> None:
    day = turns(born, years=years)
    assert full_years(born, day) == years
    assert full_years(born, day - timedelta(days=1)) == years - 1


def test_born_on_a_leap_day_never_comes_of_age_too_early() -> None:
    assert turns(date(2008, 2, 29), years=18) == date(2026, 3, 1)


def test_a_day_begins_at_midnight_there() -> None:
    assert start_of(date(2026, 5, 1), ZoneInfo("Asia/Shanghai")) == datetime(2026, 4, 30, 16, tzinfo=UTC)
