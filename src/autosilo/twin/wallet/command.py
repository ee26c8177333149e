"""``autosilo twin wallet``: show a made-up licence to a shop that asks, as a phone would that opens the shop's link."""

import argparse
import os
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from autosilo.twin.wallet.authority import FOLDER, kept_in
from autosilo.twin.wallet.credential import Holder, issue
from autosilo.twin.wallet.presenting import CannotPresent, device_response, read, send


def main(argv: Sequence[str] = ()) -> int:
    """Exit code 0 when the shop took it, 1 when not, 2 when the link is no request."""
    given = _parser().parse_args(argv)
    now = datetime.now(UTC)
    home = Path(os.environ.get("AUTOSILO_HOME", "var"))
    holder = Holder(
        given_name=given.given_name,
        family_name=given.family_name,
        birth_date=given.birth_date,
        number=given.number,
        expires_on=given.expires_on,
        categories=tuple(given.category or ("B",)),
        portrait=given.portrait.read_bytes() if given.portrait else None,
    )
    try:
        request = read(given.link)
    except CannotPresent as refusal:
        print(refusal)
        return 2
    answer = send(device_response(issue(kept_in(home / FOLDER, now=now), holder, now=now), request), request)
    print("taken" if answer.is_success else f"refused: {answer.status_code} {answer.text[:200]}")
    return 0 if answer.is_success else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="autosilo twin wallet",
        description="Shows a mobile driving licence of the demo's own authority.",
        epilog="Environment: AUTOSILO_HOME, under which the authority's root is kept.",
    )
    parser.add_argument("link", help="the shop's openid4vp: link")
    parser.add_argument("--given-name", required=True)
    parser.add_argument("--family-name", required=True)
    parser.add_argument("--birth-date", required=True, type=date.fromisoformat, metavar="YYYY-MM-DD")
    parser.add_argument("--number", required=True)
    parser.add_argument("--expires-on", required=True, type=date.fromisoformat, metavar="YYYY-MM-DD")
    parser.add_argument("--category", action="append", help="of vehicles; B if none is given")
    parser.add_argument("--portrait", type=Path, metavar="FILE", help="JPEG; shown only to who asks for it")
    return parser
