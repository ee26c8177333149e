"""Run ``localstripe``, the stand-in of the payment service, on loopback alone and with its data in our home.

The program itself listens on every address and keeps its data in one file of the common temporary folder, which two
autosilos would share and a crash in mid-write would spoil. Both are changed here, before it serves. It is
GPL-3.0-or-later: it runs in this process of its own and is imported nowhere else.
"""

import argparse
import os
import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from autosilo import logs
from autosilo.up.home import HOME_VARIABLE, default_home

FILE = "localstripe.pickle"


def main(argv: Sequence[str]) -> int:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(
        prog="autosilo twin stripe", description=__doc__.splitlines()[0] if __doc__ else ""
    )
    parser.add_argument("--port", type=int, required=True, help="loopback port")
    options = parser.parse_args(argv)
    from aiohttp import web
    from localstripe import resources, server

    logs.configure("stripe")
    folder = Path(os.environ.get(HOME_VARIABLE) or default_home()) / "twins" / "stripe"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _keep_in(folder / FILE, type(resources.store))
    resources.store.try_load_from_disk()

    async def keep(request: web.Request, response: web.StreamResponse) -> None:
        if request.method not in ("GET", "HEAD"):  # objects change in place too, which the store does not notice
            resources.store.dump_to_disk()

    server.app.on_response_prepare.append(keep)
    web.run_app(server.app, host="127.0.0.1", port=options.port, access_log=None, print=None)
    return 0


def _keep_in(file: Path, store: Any) -> None:
    """Make that class of store load from and save to ``file``, whole or not at all."""

    def load(self: Any) -> None:
        if file.exists():
            with file.open("rb") as source:
                known = pickle.load(source)  # noqa: S301  written by this very program, in a folder closed to others
            self.clear()
            self.update(known)

    def save(self: Any) -> None:
        draft = file.with_suffix(".draft")
        with draft.open("wb") as target:
            pickle.dump(self, target, protocol=pickle.HIGHEST_PROTOCOL)
        draft.replace(file)

    store.try_load_from_disk = load
    store.dump_to_disk = save
