"""``autosilo status`` and ``autosilo stop``: ask the supervisor of a home, from another terminal or a script."""

import argparse
import json
import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from autosilo.up import status as status_file
from autosilo.up.home import Home, default_home

STOP_WITHIN_S = 60.0
NOT_RUNNING = 3
"""Exit code, as service managers use it."""


def status(argv: Sequence[str]) -> int:
    """Show what runs, and where. Exit code 0 when all is ready, 1 when something is not, 3 when nothing runs."""
    parser = _parser("status", status.__doc__)
    parser.add_argument("--json", action="store_true", help="as written by the supervisor")
    options = parser.parse_args(argv)
    home = Home(options.home)
    content = status_file.read(home.status)
    if home.holder() is None or content is None:
        print(f"nothing runs from {home.root}")
        return NOT_RUNNING
    print(json.dumps(content, indent=1, ensure_ascii=False) if options.json else _table(content))
    return 0 if content.get("state") == "ready" else 1


def stop(argv: Sequence[str]) -> int:
    """Stop the supervisor and everything that it keeps, and wait for it."""
    options = _parser("stop", stop.__doc__).parse_args(argv)
    home = Home(options.home)
    pid = home.holder()
    if pid is None:
        print(f"nothing runs from {home.root}")
        return NOT_RUNNING
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_WITHIN_S
    while home.holder() is not None:
        if time.monotonic() > deadline:
            print(f"process {pid} has not stopped within {STOP_WITHIN_S:g} s")
            return 1
        time.sleep(0.1)
    print("stopped")
    return 0


def _parser(name: str, about: str | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"autosilo {name}", description=about)
    parser.add_argument("--home", type=Path, default=default_home(), help="folder of the data (AUTOSILO_HOME)")
    return parser


def _table(content: dict[str, Any]) -> str:
    rows = [("process", "state", "pid", "restarts", "log")]
    for name, child in content.get("children", {}).items():
        rows.append((name, child["state"], str(child["pid"] or "-"), str(child["restarts"]), child["log"]))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    where = [f"{content.get('state')}: {content.get('web', '')}"]
    where += [f"kiosk {site}: {url}" for site, url in content.get("kiosks", {}).items()]
    return "\n".join([*where, "", *lines])
