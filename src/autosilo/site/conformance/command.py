"""``autosilo site conformance``: check a PLC against the mailbox protocol, before it is trusted with cars."""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from autosilo.site.conformance import text
from autosilo.site.conformance.hands import Door, Hands, NoHands, Person
from autosilo.site.conformance.machine import Machine
from autosilo.site.conformance.page import page
from autosilo.site.conformance.registry import Check, Failed, Level, choose
from autosilo.site.conformance.report import Report, Result
from autosilo.site.conformance.run import run
from autosilo.site.conformance.session import Target
from autosilo.tower.site_file import SiteFileError, load_site

NEEDED = ("controller.cert.der", "controller.key.pem", "plc.cert.der")
NOT_CONFIRMED = 2
PROG = "autosilo site conformance"


def main(argv: Sequence[str] | None = None) -> int:
    """Exit code 0 only if no check failed."""
    parser = _parser()
    options = parser.parse_args(argv)
    if not options.list and not (options.endpoint and options.site):
        parser.error("--endpoint and --site are needed")
    level = Level.READ_ONLY if options.read_only else Level.NO_MOTION if options.no_motion else Level.MOTION
    checks = choose(level, options.only, options.skip)
    if options.list:
        print(text.listing(checks))
        return 0
    try:
        machine = _machine(options)
    except (SiteFileError, FileNotFoundError) as error:
        return _fail(str(error))
    if not checks:
        return _fail("no check is left with these options; --list shows all")
    print(text.announcement(machine, checks, level), file=sys.stderr)
    if level is Level.MOTION and not options.yes and not _confirmed():
        return NOT_CONFIRMED
    try:
        report = asyncio.run(run(machine, checks, level, _say))
    except Failed as error:
        return _fail(f"{options.endpoint}: {error}")
    return _hand_over(report, options)


def _hand_over(report: Report, options: argparse.Namespace) -> int:
    print(text.summary(report), file=sys.stderr)
    if options.json:
        print(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
    if options.html:
        options.html.write_text(page(report), encoding="utf-8")
        print(f"written: {options.html}", file=sys.stderr)
    return 0 if report.passed else 1


def _machine(options: argparse.Namespace) -> Machine:
    site = load_site(options.site)
    pki = options.pki or Path(os.environ.get("AUTOSILO_HOME", "var")) / "pki" / site.slug
    for name in NEEDED:
        if not (pki / name).is_file():
            raise FileNotFoundError(
                f"{pki / name} is missing: autosilo site pki {site.slug} makes it, or --pki names its folder"
            )
    return Machine(Target(options.endpoint, site.slug, pki), site, _hands(options))


def _hands(options: argparse.Namespace) -> Hands:
    if options.world:
        return Door(options.world)
    return Person() if sys.stdin.isatty() and not options.alone else NoHands()


def _say(one: Check | Result) -> None:
    """Results as they come, to stderr; a check that waits for a hand says first what it is about."""
    if isinstance(one, Result):
        print(text.line(one), file=sys.stderr, flush=True)
    elif one.hands and sys.stdin.isatty():
        print(f"      {one.id}: {one.says}", file=sys.stderr, flush=True)


def _confirmed() -> bool:
    if not sys.stdin.isatty():
        print(f"{PROG}: --yes is needed where nobody can be asked", file=sys.stderr)
        return False
    return input("Type yes to begin: ").strip().lower() == "yes"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=PROG, description=__doc__.partition(": ")[2])
    add = parser.add_argument
    add("--endpoint", metavar="URL", help="of the PLC: opc.tcp://HOST:PORT/")
    add("--site", metavar="NAME", help="whose site file describes the machine")
    add("--pki", type=Path, metavar="FOLDER", help="keys of controller and PLC; AUTOSILO_HOME/pki/NAME when left out")
    level = parser.add_mutually_exclusive_group()
    level.add_argument("--read-only", action="store_true", help="connect and read, write nothing")
    level.add_argument("--no-motion", action="store_true", help="also write what moves nothing")
    add("--yes", action="store_true", help="do not ask before the machine moves")
    add("--world", metavar="URL", help="world door of a stand-in PLC, which does what a hand at the machine would")
    add("--alone", action="store_true", help="nobody is at the machine: skip what needs a hand")
    add("--only", action="append", default=[], metavar="PATTERN", help="these checks, e.g. 'power.*'; may be repeated")
    add("--skip", action="append", default=[], metavar="PATTERN", help="not these; may be repeated")
    add("--list", action="store_true", help="show the checks and end")
    add("--json", action="store_true", help="print the report as JSON")
    add("--html", type=Path, metavar="FILE", help="write the report as one page, to print and to sign")
    return parser


def _fail(message: str) -> int:
    print(f"{PROG}: {message}", file=sys.stderr)
    return 1
