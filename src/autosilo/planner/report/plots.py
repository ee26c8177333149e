"""The pictures of a study."""

import re
from collections.abc import Sequence

from autosilo.planner.demand import Demand
from autosilo.planner.outcome import BIN_S, BINS, Outcome
from autosilo.planner.report.svg import Picture, cells
from autosilo.planner.report.words import Words

LEAST_BINS = 8
BAY = re.compile(r"(?P<lift>L\d)\.B(?P<floor>\d\d)(?P<column>\d\d)(?P<rear>R?)")


def plots(shown: Outcome, outcomes: Sequence[Outcome], demand: Demand, words: Words) -> dict[str, str]:
    """By name: SVG texts. ``shown``: the design that all but the last picture are about."""
    found = {
        "waits": waits(shown, words),
        "occupancy": occupancy(shown, words),
        "deliveries": deliveries(shown, words),
    }
    for lift in sorted({name.partition(".")[0] for name in shown.bays}):
        found[f"heat-{lift}"] = heat(shown, lift, words)
    found["service"] = service(shown, outcomes, demand, words)
    return found


def waits(shown: Outcome, words: Words) -> str:
    most = max(shown.wait_bins) or 1
    used = max(LEAST_BINS, *(index + 1 for index, count in enumerate(shown.wait_bins) if count), 0)
    picture = Picture(
        key="waits",
        title=words("waits"),
        description=words("waits_described", p50=shown.wait_p50_s, p95=shown.wait_p95_s),
        x=(0, BIN_S * used),
        y=(0, most),
        x_label=words("seconds"),
        y_label=words("shoppers"),
    )
    for index, count in enumerate(shown.wait_bins[:used]):
        low, high = index * BIN_S, (index + 1) * BIN_S
        upper = f"{low}+" if index == BINS - 1 else f"{low}–{high}"
        picture.bar(low, high, count, words=f"{upper} s: {count}")
    return str(picture)


def occupancy(shown: Outcome, words: Words) -> str:
    picture = Picture(
        key="occupancy",
        title=words("occupancy"),
        description=words("occupancy_about", bays=shown.bay_count),
        x=(0, 24),
        y=(0, shown.bay_count),
        x_label=words("hour"),
        y_label=words("cars"),
    )
    for hour, cars in enumerate(shown.occupancy):
        picture.bar(hour, hour + 1, cars, words=f"{hour}:00: {cars}")
    picture.rule(y=shown.bay_count, words=f"{words('bays')}: {shown.bay_count}")
    return str(picture)


def deliveries(shown: Outcome, words: Words) -> str:
    count = len(shown.delivery_busy)
    picture = Picture(
        key="deliveries",
        title=words("deliveries"),
        description=words("deliveries_about"),
        x=(-0.5, count - 0.5),
        y=(0, max(shown.delivery_busy) or 1.0),
        x_label=words("delivery_bays"),
        y_label=words("share"),
    )
    for taken, share in enumerate(shown.delivery_busy):
        picture.bar(taken - 0.45, taken + 0.45, share, words=f"{taken}: {share:.1%}")
    return str(picture)


def heat(shown: Outcome, lift: str, words: Words) -> str:
    """Columns from left to right, the rear bay of each beside its front bay; the top floor above."""
    found: dict[tuple[int, int], tuple[float, str]] = {}
    deep = any(name.endswith("R") for name in shown.bays)
    for name, share in shown.bays.items():
        match = BAY.fullmatch(name)
        if match is None or match["lift"] != lift:
            continue
        across = (int(match["column"]) - 1) * (1 + deep) + bool(match["rear"])
        found[int(match["floor"]), across] = (share, words("heat_bay", bay=name, share=f"{share:.0%}"))
    floors, columns = max(floor for floor, _ in found), 1 + max(across for _, across in found)
    grid = [[found.get((floor, across)) for across in range(columns)] for floor in range(floors, 0, -1)]
    mean = sum(share for share, _ in found.values()) / len(found)
    return cells(
        key=f"heat-{lift}",
        title=words("heat", lift=lift),
        description=words("heat_about", mean=f"{mean:.0%}"),
        rows=[[None if cell is None else cell[0] for cell in row] for row in grid],
        names=[["" if cell is None else cell[1] for cell in row] for row in grid],
    )


def service(shown: Outcome, outcomes: Sequence[Outcome], demand: Demand, words: Words) -> str:
    costs = [one.cost for one in outcomes]
    span = (max(costs) - min(costs)) or max(costs) or 1.0
    slowest = max(*(one.wait_p95_s for one in outcomes), demand.service.p95_wait_s)
    picture = Picture(
        key="service",
        title=words("service"),
        description=words("service_about"),
        x=(min(costs) - 0.08 * span, max(costs) + 0.18 * span),
        y=(0, 1.1 * slowest),
        x_label=words("cost", currency=demand.costs.currency),
        y_label=words("wait_p95"),
    )
    picture.rule(y=demand.service.p95_wait_s, words=words("promised"))
    for number, one in enumerate(sorted(outcomes, key=lambda one: one.cost)):
        design = one.design
        kind = "dot dot-shown" if one is shown else "dot" if one.good else "dot dot-bad"
        text = words("design", **{name: getattr(design, name) for name in _NAMES})
        label = f"{design.lifts}/{design.delivery_bays}"
        picture.dot(
            one.cost,
            one.wait_p95_s,
            words=f"{text}: {one.wait_p95_s} s",
            kind=kind,
            label=label,
            below=bool(number % 2),
        )
    return str(picture)


_NAMES = ("lifts", "floors", "delivery_bays", "cars", "chargers")
