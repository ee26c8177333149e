"""What every template knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

# The first part of a path says which tab of the navigation is lit.
SECTIONS = {
    "": "cars",
    "cars": "cars",
    "book": "cars",
    "scan": "scan",
    "trials": "trials",
    "me": "me",
    "login": "me",
    "join": "me",
}


def shop(request: HttpRequest) -> dict[str, Any]:
    return {"DEMO": settings.DEMO, "SECTION": SECTIONS.get(request.path.split("/")[1], "")}
