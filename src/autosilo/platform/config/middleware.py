"""What every request gets."""

from collections.abc import Callable
from uuid import uuid4

import structlog
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest

from autosilo.platform.surfaces.replies import problem


class RequestIdMiddleware:
    """Bind a request id to every log line of the request, and answer with it so that a shopper can quote it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = uuid4().hex
        with structlog.contextvars.bound_contextvars(request=request_id):
            response = self.get_response(request)
        response["X-Request-Id"] = request_id
        return response


class NoNulMiddleware:
    """400 for an address or a form with a NUL in it: nobody types one, and PostgreSQL takes none in a text."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return _not_allowed(request, "address")
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        """A form's texts; files may have any byte. What is sent as JSON has its schema."""
        if request.method != "POST" or not any("\0" in text for _name, texts in request.POST.lists() for text in texts):
            return None
        return _not_allowed(request, "form")


def _not_allowed(request: HttpRequest, what: str) -> HttpResponse:
    words = f"This {what} has a character that is not allowed."
    if request.path.startswith("/api/"):
        return problem(400, words).for_django()
    return HttpResponseBadRequest(words, content_type="text/plain")
