"""Five trials in two calendar months, against a slow reckoning that shares no code with the rule.

The oracle knows no ``datetime`` arithmetic with months: it walks day by day through the calendar at the site, and
learns which day it is there by asking the zone about the moment. Over zones with daylight saving (also by half an hour,
and one that once skipped a whole day), and over the turns of February in leap years.
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st

from autosilo.platform.policies.facts import EarlierTrial, Standing, TrialFacts
from autosilo.platform.policies.rules import TrialCount

FIVE_IN_TWO = TrialCount(most=5, months=2)
ZONES = (
    "Asia/Shanghai",
    "Europe/Berlin",
    "America/New_York",
    "America/St_Johns",
    "Australia/Lord_Howe",  # half an hour of daylight saving
    "Pacific/Apia",  # had no 30 December 2011
    "Africa/Casablanca",
    "Pacific/Kiritimati",
)
LONGEST_WINDOW = 62
ONE_DAY = timedelta(days=1)


def day_at(moment: datetime, zone: ZoneInfo) -> tuple[int, int, int]:
    local = moment.astimezone(zone)
    return local.year, local.month, local.day


def window(last: tuple[int, int, int]) -> set[tuple[int, int, int]]:
    """The days that count towards ``last``: back to the day after the same number two months before."""
    year, month, number = last
    month -= 2
    if month < 1:
        year, month = year - 1, month + 12
    found = set()
    day = date(*last)
    for _ in range(LONGEST_WINDOW + 1):
        here = (day.year, day.month, day.day)
        if (here[0], here[1]) < (year, month) or ((here[0], here[1]) == (year, month) and here[2] <= number):
            return found
        found.add(here)
        day -= ONE_DAY
    raise AssertionError("two months are never longer than 62 days")


def allows(start: datetime, earlier: list[datetime], zone: ZoneInfo) -> bool:
    """A later trial than this one counts as well: it stands in the books already."""
    last = day_at(start, zone)
    inside = window(last)
    return sum(day_at(one, zone) in inside or day_at(one, zone) > last for one in earlier) < 5


def judged(start: datetime, earlier: list[datetime], zone: ZoneInfo):
    return FIVE_IN_TWO(
        TrialFacts(
            now=start,
            starts_at=start,
            zone=zone,
            model="one",
            birth_date=None,
            licence_valid_until=None,
            membership=None,
            earlier=tuple(
                EarlierTrial(model=str(n), starts_at=one, standing=Standing.DRIVEN) for n, one in enumerate(earlier)
            ),
        )
    )


starts = st.datetimes(
    min_value=datetime(1999, 1, 1),  # noqa: DTZ001  the zone is added
    max_value=datetime(2105, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
turns_of_february = st.builds(
    lambda year, month, day, hour: datetime(year, month, min(day, 28 if month == 2 else day), hour, tzinfo=UTC),
    st.sampled_from([2000, 2024, 2028, 2096, 2100, 2104, 2026]),
    st.sampled_from([1, 2, 3, 4, 5]),
    st.sampled_from([1, 2, 27, 28, 29, 30]),
    st.integers(min_value=0, max_value=23),
)
hours_ago = st.lists(st.integers(min_value=-48, max_value=70 * 24), max_size=10)
APIA_SKIPPED = datetime(2012, 2, 28, 11, tzinfo=UTC)


@settings(max_examples=400)
@given(starts | turns_of_february, hours_ago, st.sampled_from(ZONES))
@example(datetime(2024, 4, 29, 16, tzinfo=UTC), [60 * 24] * 5, "Asia/Shanghai")
@example(datetime(2026, 4, 30, 1, tzinfo=UTC), [61 * 24] * 5, "Europe/Berlin")
@example(datetime(2026, 3, 29, 1, tzinfo=UTC), [59 * 24, 58 * 24, 1, 0, 25], "Europe/Berlin")
@example(APIA_SKIPPED, [60 * 24 + 3, 60 * 24, 59 * 24, 24, 48], "Pacific/Apia")
def test_the_rule_says_what_the_slow_reckoning_says(start: datetime, ago: list[int], name: str) -> None:
    zone = ZoneInfo(name)
    earlier = [start - timedelta(hours=hours) for hours in ago]
    assert judged(start, earlier, zone).met is allows(start, earlier, zone)


@settings(max_examples=120)
@given(starts | turns_of_february, hours_ago, st.sampled_from(ZONES))
@example(datetime(2026, 2, 28, 4, tzinfo=UTC), [59 * 24] * 5, "Asia/Shanghai")
@example(datetime(2024, 2, 29, 4, tzinfo=UTC), [60 * 24] * 5, "Asia/Shanghai")
def test_the_first_day_that_is_free_again_is_the_first_one(start: datetime, ago: list[int], name: str) -> None:
    """Walked hour by hour, so that a midnight that does not exist or comes twice is met as it is. The examples are five
    trials on 31 December, which leave the window on 1 March and not on the last of February."""
    zone = ZoneInfo(name)
    earlier = [start - timedelta(hours=hours) for hours in ago]
    answer = judged(start, earlier, zone)
    if answer.met:
        assert answer.eligible_at is None
        return
    moment = start.replace(minute=0, second=0, microsecond=0)
    while not allows(moment, earlier, zone):
        moment += timedelta(hours=1)
    assert answer.eligible_at is not None
    assert allows(answer.eligible_at, earlier, zone)
    assert moment - timedelta(hours=1) < answer.eligible_at <= moment
