"""What the next page says of something that was tried."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib import messages
from django.http import HttpRequest

from autosilo.platform.kit.refusals import Refusal


@contextmanager
def telling(request: HttpRequest, done: str) -> Iterator[None]:
    """Try it inside: the next page says ``done``, or in the refusal's own words why not. Then the view goes on."""
    try:
        yield
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
