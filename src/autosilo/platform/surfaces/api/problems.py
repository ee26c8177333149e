"""Errors as RFC 9457 problem details (``application/problem+json``)."""

from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, JsonResponse
from ninja import NinjaAPI, Schema
from ninja.errors import HttpError, Throttled, ValidationError

MEDIA_TYPE = "application/problem+json"


class Problem(Schema):
    """``errors`` is there for 422 alone: where in the request, and what is wrong."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str | None = None
    code: str | None = None
    errors: list[dict[str, str]] | None = None


def problem(status: int, detail: str | None = None, **more: Any) -> JsonResponse:
    body = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail, **more)
    return JsonResponse(body.model_dump(exclude_none=True), status=status, content_type=MEDIA_TYPE)


def install(api: NinjaAPI) -> None:
    """Answer every anticipated error of ``api`` with a problem; a bug still goes to Django's 500."""
    api.add_exception_handler(Http404, lambda request, error: problem(404, str(error) or None))
    api.add_exception_handler(ValidationError, _invalid)
    api.add_exception_handler(Throttled, _too_many)
    api.add_exception_handler(HttpError, _http_error)


def no_such_address(request: HttpRequest) -> JsonResponse:
    """For whatever else lies under ``/api/``."""
    return problem(404, "There is nothing at this address; see /api/v1/openapi.json.")


def _http_error(request: HttpRequest, error: HttpError | type[HttpError]) -> JsonResponse:
    status = getattr(error, "status_code", 500)
    return problem(
        status,
        "Sign in first: this needs a session, or a program's token with the right scope."
        if status == HTTPStatus.UNAUTHORIZED
        else str(error),
    )


def _invalid(request: HttpRequest, error: ValidationError | type[ValidationError]) -> JsonResponse:
    errors = [
        {"where": ".".join(map(str, one["loc"])), "what": str(one["msg"])} for one in getattr(error, "errors", [])
    ]
    return problem(422, "The request is not well formed.", errors=errors)


def _too_many(request: HttpRequest, error: Throttled | type[Throttled]) -> JsonResponse:
    response = problem(429, "Too many requests. Wait, then ask again.")
    response["Retry-After"] = str(int(getattr(error, "wait", None) or 60))
    return response
