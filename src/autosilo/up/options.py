"""The options of ``autosilo up``."""

import argparse
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autosilo.tower.site_file import pace_from_environment
from autosilo.up.environment import FAST_PACE, PACE
from autosilo.up.home import default_home, default_sites
from autosilo.up.ports import configured

ABOUT = "Run the whole of autosilo on this machine: database, bus, web, worker, sites and their twins."


@dataclass(frozen=True, kw_only=True)
class Options:
    """What the person who starts it wants."""

    home: Path
    sites: Path
    ports: dict[str, int]
    pace: float
    demo: bool
    json_status: Path | None
    without: frozenset[str]


def parse(argv: Sequence[str]) -> Options:
    """Options from the command line, else from the environment, else the defaults.

    Raises ``SiteFileError`` when the pace is no positive number.
    """
    given = _parser().parse_args(argv)
    ports = configured(os.environ)
    if given.port:
        ports["web"] = given.port
    return Options(
        home=given.home.resolve(),
        sites=given.sites.resolve(),
        ports=ports,
        pace=FAST_PACE if given.fast else pace_from_environment(),
        demo=os.environ.get("AUTOSILO_DEMO", "1") == "1",
        json_status=given.json_status.resolve() if given.json_status else None,
        without=frozenset(given.without),
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="autosilo up", description=ABOUT)
    parser.add_argument("--home", type=Path, default=default_home(), help="folder of all data (AUTOSILO_HOME)")
    parser.add_argument("--sites", type=Path, default=default_sites(), help="folder of site files (AUTOSILO_SITES)")
    parser.add_argument("--port", type=int, help="port of the shop (AUTOSILO_PORT_WEB; default 8000 or near it)")
    parser.add_argument("--fast", action="store_true", help=f"towers move {FAST_PACE:g} times faster ({PACE})")
    parser.add_argument("--json-status", type=Path, metavar="FILE", help="write addresses and states there, on change")
    parser.add_argument("--without", action="append", default=[], metavar="NAME", help="leave one process out")
    return parser
