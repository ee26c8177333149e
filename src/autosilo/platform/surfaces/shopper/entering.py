"""What every way in ends with: the session, the language, the device; and how long ago that was."""

from datetime import timedelta

from django.contrib import auth
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from autosilo.platform.kit import clock
from autosilo.platform.resources.people.models import Person
from autosilo.platform.surfaces.shopper import device
from autosilo.platform.surfaces.shopper.views.language import remember

BACKEND = "django.contrib.auth.backends.ModelBackend"
FRESH = timedelta(minutes=15)
"""So long ago somebody may have signed in who adds or removes a way in: a session that was left open must not do it."""
ENTERED_AT = "entered_at"


def enter(request: HttpRequest, response: HttpResponse, *, person: Person) -> HttpResponse:
    """Sign in with ``response``, which it returns."""
    auth.login(request, person, backend=BACKEND)
    request.session[ENTERED_AT] = timezone.now().timestamp()
    remember(response, person.language)
    device.remember(request, response, person=person, now=clock.now())
    return response


def is_fresh(request: HttpRequest) -> bool:
    """Did this person sign in a moment ago? Real time, whatever the demo clock says."""
    at = request.session.get(ENTERED_AT, 0.0)
    return bool(timezone.now().timestamp() - at < FRESH.total_seconds())
