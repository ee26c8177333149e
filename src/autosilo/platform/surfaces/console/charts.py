"""Small pictures of numbers as SVG: bars, and how often which model is taken for which. Colours: the style sheet's.

Beside each picture stands a table with the same numbers; to a screen reader the picture is decoration.
"""

from collections.abc import Sequence

from django.utils.html import escape

from autosilo.platform.surfaces.console.queries.demand import Bar
from autosilo.platform.surfaces.console.queries.gallery import Confusion

BAR_HIGH, BAR_GAP, NAME_WIDE, BARS_WIDE, VALUE_WIDE = 20, 8, 130, 300, 44
DAY_HIGH, DAY_WIDE, FOOT = 120, 720, 22
CELL, HEAT_LEFT, HEAT_TOP = 24, 174, 30
SHADES = 4
NAME_LETTERS = 20


def bars(rows: Sequence[tuple[str, Bar]]) -> str:
    """Lying bars with their names before and their numbers behind them; the shopper's own words are the darker part."""
    most = max((bar.total for _name, bar in rows), default=0) or 1
    parts = []
    for at, (name, bar) in enumerate(rows):
        y = at * (BAR_HIGH + BAR_GAP)
        told, scanned = bar.told / most * BARS_WIDE, bar.scanned / most * BARS_WIDE
        middle = y + BAR_HIGH * 0.72
        parts.append(
            f'<text class="chart-name" x="{NAME_WIDE - 8}" y="{middle:.1f}" text-anchor="end">'
            f"{escape(_short(name))}</text>"
            f'<rect class="chart-told" x="{NAME_WIDE}" y="{y}" width="{told:.1f}" height="{BAR_HIGH}"/>'
            f'<rect class="chart-scan" x="{NAME_WIDE + told:.1f}" y="{y}" width="{scanned:.1f}" height="{BAR_HIGH}"/>'
            f'<text class="chart-value" x="{NAME_WIDE + told + scanned + 6:.1f}" y="{middle:.1f}">{bar.total}</text>'
        )
    return _svg(NAME_WIDE + BARS_WIDE + VALUE_WIDE, max(len(rows) * (BAR_HIGH + BAR_GAP) - BAR_GAP, 1), parts)


def columns(rows: Sequence[Bar]) -> str:
    """Standing bars, one a day; the first, the middle and the last day are named."""
    most = max((bar.total for bar in rows), default=0) or 1
    step = DAY_WIDE / max(len(rows), 1)
    parts = [f'<path class="chart-line" d="M0 {DAY_HIGH + 0.5}H{DAY_WIDE}"/>']
    for at, bar in enumerate(rows):
        told, scanned = bar.told / most * DAY_HIGH, bar.scanned / most * DAY_HIGH
        x, wide = at * step + step * 0.12, step * 0.76
        parts.append(
            f'<rect class="chart-told" x="{x:.1f}" y="{DAY_HIGH - told:.1f}" width="{wide:.1f}" height="{told:.1f}"/>'
            f'<rect class="chart-scan" x="{x:.1f}" y="{DAY_HIGH - told - scanned:.1f}" width="{wide:.1f}"'
            f' height="{scanned:.1f}"/>'
        )
    marks = ((0, 0.0, "start"), (len(rows) // 2, DAY_WIDE / 2, "middle"), (len(rows) - 1, float(DAY_WIDE), "end"))
    return _svg(
        DAY_WIDE, DAY_HIGH + FOOT, [*parts, *(_day(rows[at].name, x, anchor) for at, x, anchor in marks if rows)]
    )


def _day(name: str, x: float, anchor: str) -> str:
    y = DAY_HIGH + FOOT - 5
    return f'<text class="chart-name" x="{x:.1f}" y="{y}" text-anchor="{anchor}">{escape(name)}</text>'


def heat(confusion: Confusion) -> str:
    """Rows: what it was; columns: what it was taken for, by number. The diagonal is right, the rest wrong."""
    parts = []
    for row, (name, cells) in enumerate(zip(confusion.names, confusion.cells, strict=True)):
        parts.append(_heat_names(row, name))
        parts += [_heat_cell(row, column, count, most=sum(cells) or 1) for column, count in enumerate(cells)]
    side = len(confusion.names) * CELL
    return _svg(HEAT_LEFT + side, HEAT_TOP + side, parts)


def _heat_names(row: int, name: str) -> str:
    """The model with its number before its row, the number again over its column."""
    middle = HEAT_TOP + row * CELL + CELL * 0.7
    over = HEAT_LEFT + row * CELL + CELL / 2
    return (
        f'<text class="chart-name" x="{HEAT_LEFT - 6}" y="{middle:.1f}" text-anchor="end">'
        f"{escape(_short(name))} <tspan>{row + 1}</tspan></text>"
        f'<text class="chart-name" x="{over:.1f}" y="{HEAT_TOP - 8}" text-anchor="middle">{row + 1}</text>'
    )


def _heat_cell(row: int, column: int, count: int, *, most: int) -> str:
    """The more of the row's photos fell here, the darker."""
    x, y = HEAT_LEFT + column * CELL, HEAT_TOP + row * CELL
    kind = "right" if row == column else "wrong"
    shade = min(SHADES, 1 + int(SHADES * count / most)) if count else 0
    middle = f'x="{x + CELL / 2:.1f}" y="{y + CELL * 0.7:.1f}"'
    number = f'<text class="heat-count" {middle} text-anchor="middle">{count}</text>' if count else ""
    box = f'<rect x="{x}" y="{y}" width="{CELL - 1}" height="{CELL - 1}" rx="3"/>'
    return f'<g class="heat-{kind} heat-{shade}">{box}{number}</g>'


def _short(name: str) -> str:
    return name if len(name) <= NAME_LETTERS else name[: NAME_LETTERS - 1] + "…"


def _svg(wide: int, high: int, parts: Sequence[str]) -> str:
    return (
        f'<svg class="chart" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}" aria-hidden="true"'
        f' focusable="false">{"".join(parts)}</svg>'
    )
