"""What shoppers photographed that we do not sell."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Sum

from autosilo.platform.journey.scan.models import Demand

DAYS = (7, 30, 90)
MOST_BARS = 12


@dataclass(frozen=True, kw_only=True)
class Bar:
    """``parts``: guessed by the scan, told by the shopper."""

    name: str
    scanned: int
    told: int

    @property
    def total(self) -> int:
        return self.scanned + self.told


@dataclass(frozen=True, kw_only=True)
class DemandPage:
    total: int
    by_make: list[Bar]
    by_body: list[Bar]
    by_day: list[Bar]


def demand(*, days: int, today: date) -> DemandPage:
    """Counts of the last ``days`` days, today included. One query, whatever their number."""
    since = today - timedelta(days=days - 1)
    rows = list(
        Demand.objects.filter(day__gte=since, day__lte=today)
        .order_by()
        .values_list("day", "body", "make", "source")
        .annotate(sum=Sum("count"))
    )
    all_days = [(since + timedelta(days=ahead)).isoformat() for ahead in range(days)]
    by_day = {bar.name: bar for bar in _bars((day.isoformat(), source, n) for day, _b, _m, source, n in rows)}
    return DemandPage(
        total=sum(row[4] for row in rows),
        by_make=_largest(_bars((make, source, n) for _d, _b, make, source, n in rows)),
        by_body=_largest(_bars((body, source, n) for _d, body, _m, source, n in rows)),
        by_day=[by_day.get(day, Bar(name=day, scanned=0, told=0)) for day in all_days],
    )


def _bars(counted: Iterable[tuple[str, str, int]]) -> list[Bar]:
    sums: Counter[tuple[str, str]] = Counter()
    for name, source, count in counted:
        sums[name, source] += count
    names = {name for name, _source in sums}
    return [Bar(name=name, scanned=sums[name, "scan"], told=sums[name, "told"]) for name in names]


def _largest(bars: list[Bar]) -> list[Bar]:
    return sorted(bars, key=lambda bar: (-bar.total, bar.name))[:MOST_BARS]
