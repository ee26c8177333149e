"""Tokens for programs: OAuth 2.0 client credentials (RFC 6749 §4.4)."""

import base64
import binascii
from datetime import timedelta
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Form, Router

from autosilo.platform.kit.limits import address_of, allow
from autosilo.platform.resources.programs import tokens
from autosilo.platform.surfaces.api.problems import Problem, problem
from autosilo.platform.surfaces.api.schemas import TokenOut

router = Router(tags=["oauth"])
TRIES, WINDOW = 60, timedelta(minutes=1)
PROBLEMS = {400: Problem, 401: Problem, 422: Problem, 429: Problem}


@router.post("/oauth/token", response={200: TokenOut} | PROBLEMS, summary="A token for your program")
def token(
    request: HttpRequest,
    response: HttpResponse,
    grant_type: Annotated[str, Form()],
    client_id: Annotated[str, Form()] = "",
    client_secret: Annotated[str, Form()] = "",
    scope: Annotated[str, Form()] = "",
) -> TokenOut | HttpResponse:
    """The secret goes into the form or into HTTP Basic. Good for ten minutes; ask for another when it is over."""
    if not allow(key=f"token:{address_of(request)}", limit=TRIES, per=WINDOW):
        late = problem(429, "Too many requests. Wait, then ask again.")
        late["Retry-After"] = "60"
        return late
    if grant_type != "client_credentials":
        return problem(400, "Only grant_type=client_credentials is served.", code="unsupported_grant_type")
    name, secret = _basic(request) or (client_id, client_secret)
    wanted = frozenset(scope.split())
    found = tokens.issue(program=name, secret=secret, scopes=wanted) if "\0" not in name else None
    if found is None:
        return problem(401, "No such program, a wrong secret, or a scope that it has not.", code="invalid_client")
    response["Cache-Control"] = "no-store"
    access = tokens.gate.check(found)
    scopes = " ".join(sorted(access.scopes)) if access else ""
    return TokenOut(access_token=found, token_type="Bearer", expires_in=tokens.LIFETIME_S, scope=scopes)  # noqa: S106


def _basic(request: HttpRequest) -> tuple[str, str] | None:
    kind, _, value = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        name, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    return name, secret
