"""Calendar arithmetic in whole months and years. Pure."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MONTHS_A_YEAR = 12
_ONE_DAY = timedelta(days=1)


def plus_months(day: date, months: int) -> date:
    """``day`` moved by ``months`` (may be negative); a day that the month lacks becomes the month's last."""
    year, month0 = divmod(day.year * MONTHS_A_YEAR + day.month - 1 + months, MONTHS_A_YEAR)
    last = monthrange(year, month0 + 1)[1]
    return date(year, month0 + 1, min(day.day, last))


def leaves_window(day: date, *, months: int) -> date:
    """The first date whose window of ``months`` back no longer holds ``day``.

    Not simply ``plus_months``: going forward from 31 December by two months is clamped to 28 February, and two months
    back from there is 28 December, whose window still holds the 31st.
    """
    first = plus_months(day, months)
    while plus_months(first, -months) < day:
        first += _ONE_DAY
    return first


def full_years(born: date, on: date) -> int:
    """Age in completed years; who was born on 29 February completes a common year on 1 March."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def turns(born: date, *, years: int) -> date:
    """The date on which ``full_years`` first reaches ``years``."""
    birthday = plus_months(born, years * MONTHS_A_YEAR)
    return birthday if full_years(born, birthday) >= years else birthday + _ONE_DAY


def start_of(day: date, zone: ZoneInfo) -> datetime:
    """Midnight at the beginning of ``day`` in ``zone``, as UTC."""
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)
