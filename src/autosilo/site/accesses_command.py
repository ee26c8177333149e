"""``autosilo site accesses NAME``: is the site's log of accesses to biometric data whole? Needs no running process."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from autosilo.chain import NotedEntry, noted, told, what_is_wrong
from autosilo.site.accesses import AccessLog
from autosilo.site.db import SiteDb
from autosilo.tower.site_file import SiteFileError, load_site


def main(argv: Sequence[str] | None = None) -> int:
    """Exit code 1 when the log is not whole, 2 when there is none."""
    parser = argparse.ArgumentParser(prog="autosilo site accesses", description=__doc__)
    parser.add_argument("name", help="the site file's name, for example shanghai")
    parser.add_argument(
        "--noted",
        type=noted,
        action="append",
        default=[],
        metavar="NUMBER:DIGEST",
        help="what an earlier run printed, or the console shows for this site; may be repeated",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(argv)
    try:
        slug = load_site(options.name).slug
    except SiteFileError as error:
        parser.error(str(error))
    file = Path(os.environ.get("AUTOSILO_HOME", "var")) / "sites" / slug / "site.db"
    if not file.exists():
        parser.error(f"{file}: there is no such file; did this site ever run here?")
    db = SiteDb(file)
    try:
        return _say(AccessLog(db), options.noted, as_json=options.json)
    finally:
        db.close()


def _say(log: AccessLog, noted: Sequence[NotedEntry], *, as_json: bool) -> int:
    found = log.verified()
    problem = what_is_wrong(found, noted, log.digest_of)
    if answer := told(found, problem, as_json=as_json):
        print(answer)
    if problem:
        print(problem, file=sys.stderr)
    return 1 if problem else 0
