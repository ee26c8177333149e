"""Small vector pictures: axes, bars, dots, cells. Colours come from classes, so a page chooses them for light and dark;
every picture has a title and a description for those who do not see it. No script, no inline style.
"""

from collections.abc import Iterable, Sequence
from html import escape
from math import ceil, floor, log10

WIDTH, HEIGHT = 640, 280
LEFT, RIGHT, TOP, BOTTOM = 64, 16, 16, 44
TICKS = 5


class Picture:
    """Data coordinates: x from ``x0`` to ``x1``, y from ``y0`` to ``y1``, drawn into a frame with axes."""

    def __init__(
        self,
        *,
        key: str,
        title: str,
        description: str,
        x: tuple[float, float],
        y: tuple[float, float],
        x_label: str,
        y_label: str,
        height: int = HEIGHT,
    ) -> None:
        self.key, self.title, self.description = key, title, description
        self.x0, self.x1 = x
        self.y0, self.y1 = y
        self.height = height
        self.parts: list[str] = []
        self._axes(x_label, y_label)

    def at_x(self, value: float) -> float:
        return LEFT + (value - self.x0) / ((self.x1 - self.x0) or 1.0) * (WIDTH - LEFT - RIGHT)

    def at_y(self, value: float) -> float:
        return self.height - BOTTOM - (value - self.y0) / ((self.y1 - self.y0) or 1.0) * (self.height - TOP - BOTTOM)

    def bar(self, left: float, right: float, value: float, *, words: str, kind: str = "bar") -> None:
        """From the x axis up to ``value``; ``words`` appear under a pointer."""
        x, width = self.at_x(left), max(0.5, self.at_x(right) - self.at_x(left) - 1)
        y, base = self.at_y(value), self.at_y(self.y0)
        self.parts.append(
            f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{max(0.0, base - y):.1f}">'
            f"<title>{escape(words)}</title></rect>"
        )

    def dot(self, x: float, y: float, *, words: str, kind: str = "dot", label: str = "", below: bool = False) -> None:
        """``below``: the label stands under the dot instead of above it, out of its neighbour's way."""
        at = f'cx="{self.at_x(x):.1f}" cy="{self.at_y(y):.1f}"'
        self.parts.append(f'<circle class="{kind}" {at} r="6"><title>{escape(words)}</title></circle>')
        if label:
            self.parts.append(
                f'<text class="tick" text-anchor="middle" x="{self.at_x(x):.1f}" '
                f'y="{self.at_y(y) + (20 if below else -10):.1f}">{escape(label)}</text>'
            )

    def rule(self, *, y: float, words: str) -> None:
        """A dashed level across."""
        at = self.at_y(y)
        self.parts.append(f'<line class="rule" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at:.1f}" y2="{at:.1f}"/>')
        self.parts.append(
            f'<text class="tick" text-anchor="end" x="{WIDTH - RIGHT}" y="{at - 4:.1f}">{escape(words)}</text>'
        )

    def __str__(self) -> str:
        return wrap(self.key, self.title, self.description, WIDTH, self.height, self.parts)

    def _axes(self, x_label: str, y_label: str) -> None:
        base = self.height - BOTTOM
        for value in ticks(self.y0, self.y1):
            at = self.at_y(value)
            self.parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at:.1f}" y2="{at:.1f}"/>')
            self.parts.append(
                f'<text class="tick" text-anchor="end" x="{LEFT - 6}" y="{at + 4:.1f}">{number(value)}</text>'
            )
        for value in ticks(self.x0, self.x1):
            at = self.at_x(value)
            self.parts.append(
                f'<text class="tick" text-anchor="middle" x="{at:.1f}" y="{base + 16}">{number(value)}</text>'
            )
        middle = (LEFT + WIDTH - RIGHT) / 2
        self.parts.append(
            f'<text class="label" text-anchor="middle" x="{middle}" y="{self.height - 6}">{escape(x_label)}</text>'
        )
        up = (TOP + base) / 2
        self.parts.append(
            f'<text class="label" text-anchor="middle" transform="rotate(-90 14 {up})" x="14" y="{up}">'
            f"{escape(y_label)}</text>"
        )


def cells(
    *, key: str, title: str, description: str, rows: Sequence[Sequence[float | None]], names: Sequence[Sequence[str]]
) -> str:
    """A heat map; row 0 is at the top. Values from 0 to 1, None where there is nothing."""
    columns = max((len(row) for row in rows), default=1)
    size = max(10, min(36, (WIDTH - LEFT - RIGHT) // max(1, columns)))
    high = max(10, min(24, size))
    parts = []
    for down, (row, words) in enumerate(zip(rows, names, strict=True)):
        y = TOP + down * high
        for across, (value, word) in enumerate(zip(row, words, strict=True)):
            if value is None:
                continue
            level = min(9, int(value * 10))
            parts.append(
                f'<rect class="heat heat-{level}" x="{LEFT + across * size}" y="{y}" width="{size - 1}" '
                f'height="{high - 1}"><title>{escape(word)}</title></rect>'
            )
        parts.append(
            f'<text class="tick" text-anchor="end" x="{LEFT - 6}" y="{y + high - 5}">{len(rows) - down}</text>'
        )
    width = LEFT + columns * size + RIGHT
    return wrap(key, title, description, width, TOP + len(rows) * high + 8, parts)


def wrap(key: str, title: str, description: str, width: float, height: float, parts: Iterable[str]) -> str:
    """``key`` is unique on the page."""
    return (
        f'<svg class="plot" width="{width:.0f}" viewBox="0 0 {width:.0f} {height:.0f}" role="img" '
        f'aria-labelledby="{key}-title {key}-desc" xmlns="http://www.w3.org/2000/svg">'
        f'<title id="{key}-title">{escape(title)}</title><desc id="{key}-desc">{escape(description)}</desc>'
        f"{''.join(parts)}</svg>"
    )


def ticks(low: float, high: float) -> list[float]:
    """About ``TICKS`` round numbers from ``low`` to ``high``."""
    if high <= low:
        return [low]
    step = (high - low) / TICKS
    power = 10.0 ** floor(log10(step))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= step * 0.999)
    first = ceil(low / step - 1e-9)
    return [round(index * step, 10) for index in range(first, floor(high / step + 1e-9) + 1)]


def number(value: float) -> str:
    """Short: 12, 0.25, 3.5M."""
    if abs(value) >= 1e6:
        return f"{value / 1e6:.4g}M"
    if abs(value) >= 1e4:
        return f"{value / 1e3:.4g}k"
    return f"{value:.4g}"
