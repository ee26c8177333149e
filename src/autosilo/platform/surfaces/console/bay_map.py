"""A small map of one lift's places for a walk: where one is, and how each place stands. An ``svg`` without styles."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

CELL_W, CELL_H, GAP = 34, 24, 4
LABEL_W = 22
_BAY = re.compile(r"^L\d\.B(\d\d)(\d\d)(R?)$")
GLYPHS = {
    "confirmed": "✓",
    "sent": "…",
    "refused": "×",
    "differs": "!",
    "to_look_at": "",
    "not_needed": "",
    "apart": "–",
}
"""A state is never told by its colour alone."""


@dataclass(frozen=True, kw_only=True)
class Mark:
    """One place: ``state`` a key of ``GLYPHS``; ``paint`` of the car that the books have there, ``#rrggbb``."""

    place: str
    state: str
    paint: str | None


def bay_map(marks: Iterable[Mark], *, at: str, base: str) -> SafeString:
    """Floors upwards, a rear bay above its front bay, stations at the bottom. Each place leads to ``base?at=PLACE``."""
    marks = list(marks)
    bays = {
        mark.place: (int(found[1]), int(found[2]), bool(found[3]))
        for mark in marks
        if (found := _BAY.match(mark.place))
    }
    deep = any(rear for _floor, _column, rear in bays.values())
    floors = sorted({floor for floor, _column, _rear in bays.values()}, reverse=True)
    lines = [(floor, rear) for floor in floors for rear in ((True, False) if deep else (False,))]
    top = {line: index * (CELL_H + GAP) for index, line in enumerate(lines)}
    others = [mark.place for mark in marks if mark.place not in bays]
    spot = {
        place: (LABEL_W + (column - 1) * (CELL_W + GAP), top[floor, rear])
        for place, (floor, column, rear) in bays.items()
    }
    street = len(lines) * (CELL_H + GAP) + GAP
    spot |= {place: (LABEL_W + index * (CELL_W + GAP), street) for index, place in enumerate(others)}
    width = max((x for x, _y in spot.values()), default=0) + CELL_W + 2
    height = street + (CELL_H if others else -GAP) + 2
    return format_html(
        '<svg class="bay-map" viewBox="-1 -1 {} {}" aria-hidden="true" focusable="false">{}{}</svg>',
        width,
        height,
        format_html_join(
            "",
            '<text class="bm-floor" x="{}" y="{}">{}</text>',
            ((LABEL_W - 8, y + CELL_H - 7, floor) for (floor, rear), y in top.items() if not rear),
        ),
        format_html_join("", "{}", ((_cell(mark, spot[mark.place], at, base),) for mark in marks)),
    )


def _cell(mark: Mark, spot: tuple[int, int], at: str, base: str) -> SafeString:
    x, y = spot
    car = (
        format_html(
            '<rect class="bm-car" x="{}" y="{}" width="{}" height="9" rx="4" fill="{}"/>',
            x + 5,
            y + CELL_H - 12,
            CELL_W - 10,
            mark.paint,
        )
        if mark.paint
        else ""
    )
    return format_html(
        '<a href="{}?at={}" tabindex="-1"><g class="bm bm-{}{}">'
        '<rect class="bm-box" x="{}" y="{}" width="{}" height="{}" rx="5"/>{}'
        '<text class="bm-glyph" x="{}" y="{}">{}</text></g></a>',
        base,
        mark.place,
        mark.state.replace("_", "-"),
        " bm-here" if mark.place == at else "",
        x,
        y,
        CELL_W,
        CELL_H,
        car,
        x + CELL_W / 2,
        y + (10 if mark.paint else 17),
        GLYPHS[mark.state],
    )
