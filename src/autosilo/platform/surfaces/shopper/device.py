"""The device of a visitor who signs in: a random cookie of our own, so that many accounts on one device are noticed.

It is set at sign-in and joining only, says nothing about the person, and is read for nothing else. The database keeps a
keyed digest of it.
"""

import re
import secrets
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from autosilo.platform.resources.people.marks import mark, mark_new
from autosilo.platform.resources.people.models import MarkKind, Person

COOKIE = "device"
KEPT_DAYS = 400  # browsers keep no cookie longer (RFC 6265bis, section 5.5)
TOKEN_BYTES = 24
_TOKEN = re.compile(r"^[0-9A-Za-z_-]{32}$")


def remember(request: HttpRequest, response: HttpResponse, *, person: Person, now: datetime) -> None:
    """Mark the account with the device that it is used on; a new device gets its cookie."""
    token = token_of(request)
    if token:
        mark(person=person, kind=MarkKind.DEVICE, value=token, now=now)
    else:
        token = secrets.token_urlsafe(TOKEN_BYTES)
        mark_new(person=person, kind=MarkKind.DEVICE, value=token, now=now)
    response.set_cookie(
        COOKIE, token, max_age=KEPT_DAYS * 86400, secure=settings.HTTPS, httponly=True, samesite="Lax", path="/"
    )


def token_of(request: HttpRequest) -> str:
    """The device's name; empty for one that is new, or sends what was never ours."""
    token = request.COOKIES.get(COOKIE, "")
    return token if _TOKEN.match(token) else ""
