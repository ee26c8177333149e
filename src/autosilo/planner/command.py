"""``autosilo plan``: what a site would be like, and which design is the cheapest that keeps its promise."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from autosilo.planner.demand import Demand, DemandFileError, check_demand, read_demand_file
from autosilo.planner.design import CannotBuild, Design, alternatives, around, as_it_is
from autosilo.planner.outcome import Outcome, advised
from autosilo.planner.report.page import COLUMNS, advice, page, row
from autosilo.planner.report.plots import plots
from autosilo.planner.report.words import LANGUAGES, Words
from autosilo.planner.study import study
from autosilo.tower.config import SiteConfig
from autosilo.tower.site_file import SiteFileError, read_site_file

VERSION = 1
"""Of the JSON form (docs/how-to/plan-a-site.md)."""
DAYS = 28
MOST_DAYS = 3660
MOST_DESIGNS = 200
DONE, BAD_INPUT = 0, 2
VARIED = ("lifts", "floors", "delivery_bays", "cars", "chargers")


def main(argv: Sequence[str]) -> int:
    """0 when designs were simulated, whether or not one keeps the promise; 2 for input that makes no sense."""
    options = _parser().parse_args(argv)
    try:
        site, demand = read_site_file(options.site), _demand(options.demand)
        designs = _designs(as_it_is(site, demand), options)
        outcomes = study(site, demand, designs, days=options.days, seed=options.seed, processes=options.processes)
    except (SiteFileError, DemandFileError, CannotBuild, ValueError) as error:
        for line in str(error).splitlines():
            print(f"autosilo plan: {line}", file=sys.stderr)
        return BAD_INPUT
    if options.html:
        text = page(site, demand, outcomes, days=options.days, seed=options.seed, language=options.language)
        options.html.write_text(text, encoding="utf-8")
    if options.json:
        print(json.dumps(_content(site, demand, outcomes, options), ensure_ascii=False))
    else:
        print(_table(outcomes, demand))
    return DONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="autosilo plan", description=__doc__)
    parser.add_argument("--site", type=Path, required=True, metavar="FILE", help="a site file")
    parser.add_argument(
        "--demand", required=True, metavar="FILE", help="a demand file (TOML); '-': JSON from the input"
    )
    parser.add_argument("--days", type=_between(1, MOST_DAYS), default=DAYS, help=f"simulated and counted ({DAYS})")
    parser.add_argument("--seed", type=int, default=1, help="of the random numbers (1)")
    for name in VARIED:
        words = name.replace("_", " ")
        parser.add_argument(
            f"--{name.replace('_', '-')}", type=_numbers, default=(), metavar="N,N…", help=f"how many {words}"
        )
    parser.add_argument("--around", action="store_true", help="besides, a lift or a delivery bay a lift more or less")
    parser.add_argument("--processes", type=_between(1, 64), help="at once (one a core)")
    parser.add_argument("--html", type=Path, metavar="OUT", help="write a report with pictures")
    parser.add_argument("--language", choices=sorted(LANGUAGES), default="en", help="of the report")
    parser.add_argument("--json", action="store_true", help="print everything as JSON instead of a table")
    return parser


def _between(low: int, high: int) -> Any:
    def whole(text: str) -> int:
        value = int(text)
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{value} is not between {low} and {high}")
        return value

    return whole


def _numbers(text: str) -> tuple[int, ...]:
    """``2,3,4``."""
    values = tuple(int(one) for one in text.split(","))
    if min(values) < 0:
        raise argparse.ArgumentTypeError("a number must not be negative")
    return values


def _demand(source: str) -> Demand:
    if source != "-":
        return read_demand_file(Path(source))
    try:
        content = json.load(sys.stdin)
    except ValueError as error:
        raise DemandFileError(f"input: not JSON: {error}") from error
    return check_demand(content, source="input")


def _designs(base: Design, options: argparse.Namespace) -> list[Design]:
    """What is asked for; with nothing asked for, what lies around the site as it is. Raises ``ValueError``."""
    asked = {name: getattr(options, name) for name in VARIED}
    found = alternatives(base, **asked) if any(asked.values()) else around(base)
    if options.around:
        found = (neighbour for one in found for neighbour in (one, *around(one)))
    designs = list(dict.fromkeys(found))
    if len(designs) > MOST_DESIGNS:
        raise ValueError(f"{len(designs)} designs are too many; at most {MOST_DESIGNS} are simulated at once")
    return designs


def _content(
    site: SiteConfig, demand: Demand, outcomes: Sequence[Outcome], options: argparse.Namespace
) -> dict[str, Any]:
    words = Words(options.language)
    best = advised(outcomes)
    shown = best or outcomes[0]
    return {
        "v": VERSION,
        "site": site.slug,
        "days": options.days,
        "seed": options.seed,
        "advised": None if best is None else list(outcomes).index(best),
        "advice": advice(best, demand, words),
        "outcomes": [one.as_dict() for one in outcomes],
        "plots": plots(shown, outcomes, demand, words),
    }


def _table(outcomes: Sequence[Outcome], demand: Demand) -> str:
    words = Words("en")
    rows = [row(one) | {"cost": f"{one.cost:,.0f}", "promise": words("yes" if one.good else "no")} for one in outcomes]
    heads = [words(name) for name in COLUMNS] + [words("cost", currency=demand.costs.currency), words("promise")]
    lines = [heads, *(list(one.values()) for one in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    text = ["  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    return "\n".join([*text, "", advice(advised(outcomes), demand, words)])
