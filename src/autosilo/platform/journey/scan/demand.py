"""How often cars that we do not sell are scanned: a count by day, body and make. Who scanned is not part of it."""

from datetime import date, datetime

from django.db import connection

from autosilo.platform.journey.scan.makes import MAKES
from autosilo.platform.journey.scan.models import Demand

_COUNT_UP = """
    INSERT INTO {table} AS demand (day, body, make, source, count) VALUES (%s, %s, %s, %s, 1)
    ON CONFLICT (day, body, make, source) DO UPDATE SET count = demand.count + 1
"""


def count_up(*, body: str, make: str, source: Demand.Source, now: datetime) -> None:
    """One more scan of a car that is not in the catalogue. An unknown ``make`` is counted as none."""
    sql = _COUNT_UP.format(table=connection.ops.quote_name(Demand._meta.db_table))
    with connection.cursor() as cursor:
        cursor.execute(sql, [_day(now), body, make if make in MAKES else "", source.value])


def _day(now: datetime) -> date:
    """UTC, since nobody says at which site a shopper looks."""
    return now.date()
