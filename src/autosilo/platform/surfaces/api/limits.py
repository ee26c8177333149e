"""How often a program may ask."""

from datetime import timedelta

from django.http import HttpRequest
from ninja.throttling import BaseThrottle

from autosilo.platform.kit.limits import allow, client_of

REQUESTS = 120
WINDOW = timedelta(minutes=1)


class PerClient(BaseThrottle):
    """``REQUESTS`` a minute of one person, or of one address where nobody is signed in."""

    def allow_request(self, request: HttpRequest) -> bool:
        return allow(key=f"api:{client_of(request)}", limit=REQUESTS, per=WINDOW)

    def wait(self) -> float:
        return WINDOW.total_seconds()
