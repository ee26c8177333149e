"""Who came back from a marketplace and is not known here yet: kept in the session until they say what shall happen."""

from dataclasses import asdict
from datetime import timedelta

from django.http import HttpRequest
from django.utils import timezone

from autosilo.platform.resources.signin.openid import Identity

ARRIVED = "arrived_from_marketplace"
KEPT = timedelta(minutes=15)


def keep(request: HttpRequest, who: Identity) -> None:
    request.session[ARRIVED] = {"at": timezone.now().timestamp(), "who": asdict(who)}


def kept(request: HttpRequest) -> Identity | None:
    """None when nobody came, or too long ago. Real time, whatever the demo clock says."""
    found = request.session.get(ARRIVED)
    if found is None or timezone.now().timestamp() - found["at"] > KEPT.total_seconds():
        return None
    return Identity(**found["who"])


def forget(request: HttpRequest) -> None:
    request.session.pop(ARRIVED, None)
