"""``autosilo twin bank``: localstripe on the port of ``STRIPE_API_BASE``.

Its own command listens on every address and keeps its data as a pickle at one fixed place in the shared temporary
folder, where anybody could plant another. Here it listens where we say, keeps its data under
``$AUTOSILO_HOME/twins/bank/`` and replaces the file in one step, so that a kill never leaves half of it.
"""

import os
import pickle
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from autosilo import logs
from autosilo.twin import environment

OPEN_PATHS = frozenset({"/healthz", "/readyz"})
log = structlog.get_logger()


def create_app(data: Path) -> web.Application:
    """localstripe's application with its store in the file ``data``. Once a process: its store is a global."""
    with warnings.catch_warnings():
        # localstripe registers plain functions as handlers, which aiohttp 3 still serves and warns of.
        warnings.filterwarnings("ignore", "Bare functions are deprecated", DeprecationWarning)
        from localstripe.resources import store
        from localstripe.server import app

    _keep_in(store, data)
    app.middlewares.insert(0, _health)
    return app


def _keep_in(store: Any, data: Path) -> None:
    """Point the store at ``data``, readable by its owner alone since a pickle is code to whoever loads it."""
    data.parent.mkdir(parents=True, exist_ok=True, mode=0o700)

    def dump_to_disk(self: dict[str, Any]) -> None:
        fresh = data.with_suffix(".new")
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            pickle.dump(self, file, protocol=pickle.HIGHEST_PROTOCOL)
        fresh.replace(data)

    type(store).dump_to_disk = dump_to_disk
    if data.exists():
        # Plain dict.update: the store's own item assignment would write the file once for each object.
        kept = pickle.loads(data.read_bytes())  # noqa: S301  our own file, mode 0600, in our own home
        dict.update(store, kept)


@web.middleware
async def _health(request: web.Request, handler: Handler) -> web.StreamResponse:
    if request.path in OPEN_PATHS:
        return web.json_response({"status": "ok"})
    return await handler(request)


def main(argv: Sequence[str] = ()) -> None:
    """Serve until stopped. ``STRIPE_API_BASE`` says where."""
    given = environment.start("twin bank", about="Runs localstripe.", argv=argv, needs=("STRIPE_API_BASE",))
    logs.configure("twin-bank")
    where = urlsplit(given["STRIPE_API_BASE"])
    app = create_app(Path(os.environ.get("AUTOSILO_HOME", "var")) / "twins" / "bank" / "store.pickle")
    log.info("serving", port=where.port)
    web.run_app(app, host=where.hostname or "127.0.0.1", port=where.port, print=lambda *_: None, access_log=None)
