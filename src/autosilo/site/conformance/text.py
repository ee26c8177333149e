"""The report on a terminal."""

import textwrap
from collections.abc import Iterable, Sequence

from autosilo.site.conformance.hands import ACTIONS, POWER
from autosilo.site.conformance.machine import Machine
from autosilo.site.conformance.registry import Check, Level
from autosilo.site.conformance.report import Outcome, Report, Result

WIDTH = 110
MARK = {Outcome.PASSED: "pass", Outcome.FAILED: "FAIL", Outcome.SKIPPED: "skip"}
LEVEL_WORDS = {
    Level.READ_ONLY: "This run only connects and reads. Nothing is written, nothing moves.",
    Level.NO_MOTION: "This run writes commands that move nothing: SYNC, and what no PLC can begin. Nothing moves.",
    Level.MOTION: "THIS RUN MOVES THE MACHINE.",
}


def announcement(m: Machine, checks: Sequence[Check], level: Level) -> str:
    """What is about to happen, before anything does."""
    motion = [one for one in checks if one.level is Level.MOTION]
    lines = [f"{len(checks)} checks of {m.target.endpoint} as the controller of {m.site.slug}.", LEVEL_WORDS[level]]
    if motion:
        lines += [
            f"  Lifts      {', '.join(m.lifts)}: carriages, and cars between bays and stations and back again.",
            f"  Gates      {', '.join(m.stations)}: open and shut, with their shutters.",
            "  Each car is brought back to its bay. A check that fails may leave one elsewhere; the report says so.",
            "  Nobody may be in the tower or its stations, no visitor may wait. Keep a hand on an emergency stop.",
            "  The site controller must be stopped: both would use the same numbers.",
        ]
        lines += [f"  By hand    {words}" for words in _by_hand(motion)]
    return "\n".join(lines)


def _by_hand(checks: Iterable[Check]) -> list[str]:
    names = sorted({name for one in checks for name in one.hands})
    words = {"power": POWER, "car": "drive a car in and out (small, too large, too heavy, plugged in, switched on)"}
    return [words.get(name) or ACTIONS[name][0].format(at="a unit") for name in names]


def listing(checks: Sequence[Check]) -> str:
    """``--list``."""
    wide = max((len(one.id) for one in checks), default=0)
    return "\n".join(f"{one.id:<{wide}}  {one.level.name:<9}  {one.says}  [{one.section}]" for one in checks)


def line(result: Result) -> str:
    """One result; what was seen only where it is worth reading."""
    head = f"{MARK[result.outcome]}  {result.id:<36} {result.seconds:6.1f} s  "
    if result.outcome is Outcome.PASSED:
        return head + textwrap.shorten(result.seen, WIDTH - 30, placeholder=" …")
    wrapped = textwrap.wrap(
        f"contract ({result.section}): {result.says}", WIDTH, initial_indent="      ", subsequent_indent="      "
    )
    seen = textwrap.wrap(f"seen: {result.seen}", WIDTH, initial_indent="      ", subsequent_indent="      ")
    return "\n".join([head.rstrip(), *(wrapped if result.outcome is Outcome.FAILED else []), *seen])


def summary(report: Report) -> str:
    counts = report.counts
    words = f"{counts['PASS']} passed, {counts['FAIL']} failed, {counts['SKIP']} skipped, in {report.seconds:.0f} s"
    left = f"\nThe machine was left not at rest: {report.left}" if report.left else ""
    return f"{report.software}\n{words}{left}"


def table(checks: Sequence[Check]) -> str:
    """For docs/reference/conformance.md."""
    rows = [
        f"| `{one.id}` | {one.level.name.lower().replace('_', ' ')} | {one.says} | {one.section} |" for one in checks
    ]
    return "\n".join(["| check | level | what the contract says | its part |", "| --- | --- | --- | --- |", *rows])
