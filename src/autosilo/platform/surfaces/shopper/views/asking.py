"""What views of signed-in shoppers share: who asks, and about which of their trials."""

from typing import cast
from uuid import UUID

from django.http import Http404, HttpRequest

from autosilo.platform.journey.trial import queries as trials
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.resources.people.models import Person


def person_of(request: HttpRequest) -> Person:
    """The signed-in person; only behind ``login_required``."""
    return cast(Person, request.user)


def trial_of(request: HttpRequest, trial_id: UUID) -> Trial:
    """One of the asker's own trials. Somebody else's is not found, like one that never was."""
    trial = trials.of(person_of(request), trial_id)
    if trial is None:
        raise Http404
    return trial


def is_htmx(request: HttpRequest) -> bool:
    return bool(request.htmx)  # type: ignore[attr-defined]  # set by django_htmx's middleware
