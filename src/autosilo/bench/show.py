"""A report as a table for people, and many reports as one page of documentation."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

HEADS = ("figure", "value", "unit", "target", "met", "limit", "baselines", "spent by")
PAGE_TOP = """# Benchmarks

Generated from the files of `autosilo bench NAME --json` by `autosilo bench --write-docs DIR`; do not edit.
Each figure was measured on the machine that stands above its table, with the load that it had.

`limit` is the best that is possible at all, measured or computed in the same run. `spent by` says which part of the
processes that were waited for took how much of the value, as a mean: what ran side by side counts in full, so parts can
add up to more than the value; `rest` is what no part has claimed (Python, HTTP, waiting for the next look).
"""


def table(report: Mapping[str, Any]) -> str:
    """Plain text with aligned columns."""
    rows = [HEADS, *_rows(report)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def page(reports: Iterable[Mapping[str, Any]]) -> str:
    """Markdown of all reports."""
    return "\n".join([PAGE_TOP, *(_section(report) for report in reports)])


def write_page(source: Path, target: Path) -> int:
    """Turn every ``*.json`` in ``source`` into the page ``target``; returns how many reports there were.

    Raises:
        ValueError: a file holds something else than a report, or there is none.
    """
    files = sorted(source.glob("*.json"))
    if not files:
        raise ValueError(f"no report (*.json) in {source}")
    reports = []
    for file in files:
        report = json.loads(file.read_text(encoding="utf-8"))
        if not isinstance(report, dict) or "figures" not in report:
            raise ValueError(f"{file} is not the output of 'autosilo bench NAME --json'")
        reports.append(report)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(page(reports), encoding="utf-8")
    return len(reports)


def _section(report: Mapping[str, Any]) -> str:
    kind = "chaos" if "chaos" in report else "bench"
    where = ", ".join(f"{key} {value}" for key, value in report["machine"].items())
    quick = "; quick run" if report.get("quick") else ""
    lines = [
        f"## `autosilo {kind} {report[kind]}`",
        "",
        *((report["about"], "") if report.get("about") else ()),
        f"Seed {report['seed']}{quick}; {where}.",
        "",
        "| " + " | ".join(HEADS) + " |",
        "|" + " --- |" * len(HEADS),
        *("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in _rows(report)),
        "",
    ]
    return "\n".join(lines)


def _rows(report: Mapping[str, Any]) -> list[Sequence[str]]:
    return [
        (
            figure["name"],
            number(figure["value"]),
            figure["unit"],
            figure["target"] or "",
            {True: "yes", False: "NO", None: ""}[figure["met"]],
            "" if figure["limit"] is None else number(figure["limit"]),
            _pairs(figure["baselines"]),
            _pairs(figure.get("parts", {})),
        )
        for figure in report["figures"]
    ]


def _pairs(values: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {number(value)}" for name, value in values.items())


def number(value: float) -> str:
    """Four significant digits, or all of those before the point; no exponent for everyday sizes."""
    if 1000 <= abs(value) < 1e9 or value == int(value):
        return f"{value:.0f}"
    return f"{value:.4g}"
