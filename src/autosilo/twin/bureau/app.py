"""``autosilo twin bureau``: the credit bureau over HTTP.

``POST /v1/assessments`` with a bearer token, which ``POST /oauth/token`` gives to the client that it knows. Failures
are ``application/problem+json`` (RFC 9457).
"""

import asyncio
import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote_plus, urlsplit
from uuid import UUID, uuid4

import prometheus_client
import structlog
from aiohttp import BasicAuth, web
from aiohttp.typedefs import Handler, Middleware
from pydantic import ValidationError

from autosilo import logs
from autosilo.twin import environment
from autosilo.twin.bureau.ledger import Conflict, Ledger
from autosilo.twin.bureau.schema import Assessment, AssessmentRequest
from autosilo.twin.bureau.scores import Ending, ending_of, score_of
from autosilo.twin.bureau.tokens import LIFE_S, Tokens

VALID_FOR = timedelta(days=30)
SLOW_S = 20.0  # longer than any patient client waits
BODY_LIMIT_BYTES = 16 * 1024
OPEN_PATHS = frozenset({"/healthz", "/readyz", "/metrics"})
TOKEN_PATH = "/oauth/token"  # noqa: S105  an address
CLIENT_ID = "autosilo"

LEDGER: web.AppKey[Ledger] = web.AppKey("ledger", Ledger)
SLOW: web.AppKey[float] = web.AppKey("slow", float)
TOKENS: web.AppKey[Tokens] = web.AppKey("tokens", Tokens)
REVOKED_FOR: web.AppKey[set[UUID]] = web.AppKey("revoked_for", set)

log = structlog.get_logger()
_answers = prometheus_client.Counter("autosilo_bureau_answers", "Replies of the bureau twin", ["status"])


def create_app(*, token: str, ledger: Ledger, slow_s: float = SLOW_S) -> web.Application:
    """The application; ``token`` is the secret of its one client, and a bearer token that may ask without OAuth."""
    tokens = Tokens(CLIENT_ID, token)
    app = web.Application(middlewares=[_problems, _authorised(tokens)], client_max_size=BODY_LIMIT_BYTES)
    app[TOKENS] = tokens
    app[REVOKED_FOR] = set()
    app[LEDGER] = ledger
    app[SLOW] = slow_s
    app.router.add_post("/v1/assessments", assess)
    app.router.add_post(TOKEN_PATH, give_token)
    app.router.add_get("/healthz", _alive)
    app.router.add_get("/readyz", _alive)
    app.router.add_get("/metrics", _metrics)
    return app


async def assess(request: web.Request) -> web.Response:
    """Is the score *over* the threshold? One answer for each request id."""
    try:
        question = AssessmentRequest.model_validate_json(await request.read())
    except ValidationError as error:
        return problem(422, "The question cannot be read", errors=_where(error))
    log.info("asked", request=str(question.request_id), consent=question.consent_id)
    special = ending_of(question.person.document_number)
    if special is Ending.DOWN:
        return problem(503, "The bureau is out of order", headers={"Retry-After": "30"})
    refused = _refused(request, question, special)
    if refused is not None:
        return refused
    if special is Ending.NONE:
        return problem(404, "Nobody of this document number is known")
    if special is Ending.GARBLED:
        return web.json_response({"request_id": str(question.request_id), "meets": "perhaps"})
    if special is Ending.SLOW:
        await asyncio.sleep(request.app[SLOW])
    try:
        answer = _answer(request.app[LEDGER], question)
    except Conflict:
        return problem(409, "This request id was used for another question")
    if special is Ending.REPLAYED:
        answer = answer.model_copy(update={"request_id": uuid4()})
    return web.Response(text=answer.model_dump_json(), content_type="application/json")


async def give_token(request: web.Request) -> web.Response:
    """RFC 6749: form in, JSON out, the client's name and secret by HTTP Basic."""
    form = await request.post()
    if form.get("grant_type") != "client_credentials":
        return web.json_response({"error": "unsupported_grant_type"}, status=400)
    try:
        given = BasicAuth.decode(request.headers.get("Authorization", ""))
    except ValueError:
        given = None
    token = request.app[TOKENS].issue(unquote_plus(given.login), unquote_plus(given.password)) if given else None
    if token is None:
        return web.json_response({"error": "invalid_client"}, status=401, headers={"WWW-Authenticate": "Basic"})
    body = {"access_token": token, "token_type": "Bearer", "expires_in": LIFE_S}
    return web.json_response(body, headers={"Cache-Control": "no-store"})


def _refused(request: web.Request, question: AssessmentRequest, special: Ending | None) -> web.Response | None:
    """A revoked token is refused once for each question; the answer to the next one that asks the same is given."""
    if special is Ending.BARRED:
        return problem(401, "Unknown token", headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
    if special is not Ending.REVOKED or question.request_id in request.app[REVOKED_FOR]:
        return None
    request.app[REVOKED_FOR].add(question.request_id)
    request.app[TOKENS].revoke(_bearer(request))
    return problem(401, "The token was revoked", headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})


def _bearer(request: web.Request) -> str:
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" else ""


def _answer(ledger: Ledger, question: AssessmentRequest) -> Assessment:
    given = ledger.find(question)
    if given is not None:
        return given
    now = datetime.now(UTC)
    fresh = Assessment(
        request_id=question.request_id,
        meets=score_of(question.person.document_number) > question.threshold,
        assessed_at=now,
        valid_until=now + VALID_FOR,
    )
    return ledger.keep(question, fresh)


def problem(status: int, title: str, *, headers: dict[str, str] | None = None, **more: object) -> web.Response:
    """An RFC 9457 problem."""
    body = {"type": "about:blank", "title": title, "status": status, **more}
    return web.json_response(body, status=status, content_type="application/problem+json", headers=headers)


def _where(error: ValidationError) -> list[dict[str, str]]:
    """Field and reason only: the value may be somebody's document number."""
    return [
        {"field": ".".join(str(part) for part in item["loc"]), "reason": item["msg"]}
        for item in error.errors(include_input=False, include_url=False, include_context=False)
    ]


@web.middleware
async def _problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        response = await handler(request)
    except web.HTTPException as error:
        response = problem(error.status, error.reason)
    if request.path not in OPEN_PATHS:
        _answers.labels(str(response.status)).inc()
    return response


def _authorised(tokens: Tokens) -> Middleware:
    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path not in OPEN_PATHS and request.path != TOKEN_PATH and not tokens.is_good(_bearer(request)):
            return problem(401, "Unknown token", headers={"WWW-Authenticate": "Bearer"})
        return await handler(request)

    return check


async def _alive(request: web.Request) -> web.Response:
    return web.json_response({"status": "ok"})


async def _metrics(request: web.Request) -> web.Response:
    return web.Response(body=prometheus_client.generate_latest(), content_type="text/plain", charset="utf-8")


def main(argv: Sequence[str] = ()) -> None:
    """Serve until stopped. ``AUTOSILO_BUREAU_URL`` says where, ``AUTOSILO_BUREAU_TOKEN`` who may ask."""
    needs = ("AUTOSILO_BUREAU_URL", "AUTOSILO_BUREAU_TOKEN")
    given = environment.start("twin bureau", about="Stand-in for a credit bureau.", argv=argv, needs=needs)
    logs.configure("twin-bureau")
    where = urlsplit(given["AUTOSILO_BUREAU_URL"])
    ledger = Ledger(Path(os.environ.get("AUTOSILO_HOME", "var")) / "twins" / "bureau" / "answers.sqlite3")
    app = create_app(token=given["AUTOSILO_BUREAU_TOKEN"], ledger=ledger)
    log.info("serving", port=where.port)
    web.run_app(app, host=where.hostname or "127.0.0.1", port=where.port, print=lambda *_: None, access_log=None)
