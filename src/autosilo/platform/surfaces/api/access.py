"""Who asks: a program with a token (RFC 6750), and what that allows."""

from http import HTTPStatus

from django.http import HttpRequest
from ninja.errors import HttpError
from ninja.security import HttpBearer

from autosilo.platform.resources.programs.states import Scope
from autosilo.platform.resources.programs.tokens import Access, gate


class NotAllowed(HttpError):
    """403: the token is good, but not for this."""

    def __init__(self, scope: str) -> None:
        super().__init__(HTTPStatus.FORBIDDEN, f"This needs the scope {scope}.")


class ProgramToken(HttpBearer):
    """``Authorization: Bearer …`` from ``/api/v1/oauth/token``, with the scope that the operation needs."""

    openapi_name = "program"

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self._scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Access | None:
        access = gate.check(token)
        if access is not None and self._scope not in access.scopes:
            raise NotAllowed(self._scope.value)
        return access


def access_of(request: HttpRequest) -> Access:
    """Behind ``ProgramToken`` only."""
    found: Access = request.auth  # type: ignore[attr-defined]  # set by ninja
    return found
