"""``autosilo twin texts``: text messages by Twilio's Messages interface, version 2010-04-01.

``POST /2010-04-01/Accounts/{account}/Messages.json`` takes one, ``GET`` lists the newest. They are in memory only. What
the end of a number makes it do, see ``ENDINGS``.
"""

import asyncio
import secrets
from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import unquote_plus, urlsplit

import structlog
from aiohttp import BasicAuth, web

from autosilo import logs
from autosilo.twin import environment
from autosilo.twin.texts import ACCOUNT

KEPT = 50
SLOW_S = 20.0
PATH = "/2010-04-01/Accounts/{account}/Messages.json"
ENDINGS = {
    "00503": "out of order",
    "00400": "no number that can be reached (21211)",
    "00504": "the right answer, too late",
    "00200": "a reply that is not what the interface promises",
    "00201": "taken, and failed at once (30003)",
}

log = structlog.get_logger()


class Texts:
    def __init__(self, *, token: str, slow_s: float = SLOW_S) -> None:
        self._token = token
        self._slow_s = slow_s
        self.messages: deque[dict[str, Any]] = deque(maxlen=KEPT)

    def app(self) -> web.Application:
        app = web.Application(client_max_size=16 * 1024)
        app.router.add_post(PATH, self.take)
        app.router.add_get(PATH, self.show)
        for path in ("/healthz", "/readyz"):
            app.router.add_get(path, self.alive)
        return app

    async def take(self, request: web.Request) -> web.Response:
        if not self._knows(request):
            return _error(401, 20003, "Authenticate")
        form = {name: str(value) for name, value in (await request.post()).items()}
        to, origin, body = (form.get(name, "") for name in ("To", "From", "Body"))
        if not origin or not body:
            return _error(400, 21603 if not origin else 21602, "A 'From' number and a 'Body' are required")
        if not (to.startswith("+") and to[1:].isdigit()) or to.endswith("00400"):
            return _error(400, 21211, "Invalid 'To' Phone Number")
        if to.endswith("00503"):
            return _error(503, 20503, "Service unavailable")
        message = _message(to, origin, body, failed=to.endswith("00201"))
        self.messages.appendleft(message)
        log.info("taken", status=message["status"])
        if to.endswith("00504"):
            await asyncio.sleep(self._slow_s)
        if to.endswith("00200"):
            return web.json_response({"sid": "perhaps"}, status=201)
        return web.json_response(message, status=201)

    async def show(self, request: web.Request) -> web.Response:
        if not self._knows(request):
            return _error(401, 20003, "Authenticate")
        return web.json_response({"messages": list(self.messages), "page": 0, "page_size": KEPT})

    async def alive(self, request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    def _knows(self, request: web.Request) -> bool:
        try:
            given = BasicAuth.decode(request.headers.get("Authorization", ""))
        except ValueError:
            return False
        right = secrets.compare_digest(unquote_plus(given.password).encode(), self._token.encode())
        return right and given.login == ACCOUNT == request.match_info["account"]


def _message(to: str, origin: str, body: str, *, failed: bool) -> dict[str, Any]:
    return {
        "sid": "SM" + secrets.token_hex(16),
        "account_sid": ACCOUNT,
        "to": to,
        "from": origin,
        "body": body,
        "status": "failed" if failed else "queued",
        "error_code": 30003 if failed else None,
        "error_message": "Unreachable destination handset" if failed else None,
        "date_created": format_datetime(datetime.now(UTC)),
        "num_segments": "1",
        "direction": "outbound-api",
        "api_version": "2010-04-01",
    }


def _error(status: int, code: int, message: str) -> web.Response:
    more = f"https://www.twilio.com/docs/errors/{code}"
    return web.json_response({"code": code, "message": message, "more_info": more, "status": status}, status=status)


def main(argv: Sequence[str] = ()) -> None:
    """Serve until stopped. ``AUTOSILO_SMS_URL`` says where, ``AUTOSILO_SMS_TOKEN`` who may send."""
    needs = ("AUTOSILO_SMS_URL", "AUTOSILO_SMS_TOKEN")
    given = environment.start("twin texts", about="Stand-in for a sender of text messages.", argv=argv, needs=needs)
    logs.configure("twin-texts")
    where = urlsplit(given["AUTOSILO_SMS_URL"])
    texts = Texts(token=given["AUTOSILO_SMS_TOKEN"])
    log.info("serving", port=where.port)
    web.run_app(
        texts.app(), host=where.hostname or "127.0.0.1", port=where.port, print=lambda *_: None, access_log=None
    )
