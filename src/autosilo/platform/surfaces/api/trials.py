"""One's own trials."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from ninja import Router
from ninja.security import django_auth

from autosilo.platform.journey.drive import queries as drive
from autosilo.platform.journey.trial import queries
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.kit import clock
from autosilo.platform.resources.people.models import Person
from autosilo.platform.surfaces.api.problems import Problem
from autosilo.platform.surfaces.api.schemas import DriveOut, EventOut, TrialDetailOut, TrialOut

router = Router(tags=["trials"], auth=django_auth)
SAME = (
    "id",
    "state",
    "slot_start",
    "slot_end",
    "collect_from",
    "collect_until",
    "handed_over_at",
    "due_at",
    "ended_at",
)
PROBLEMS = {401: Problem, 429: Problem}


@router.get("/trials", response={200: list[TrialOut]} | PROBLEMS, summary="My trials, newest first")
def trials(request: HttpRequest) -> list[TrialOut]:
    return [TrialOut(**_fields(one)) for one in queries.all_of(_person(request))]


@router.get("/trials/{trial_id}", response={200: TrialDetailOut, 404: Problem} | PROBLEMS, summary="One of my trials")
def trial(request: HttpRequest, trial_id: UUID) -> TrialDetailOut:
    """Somebody else's trial is as unknown as one that does not exist."""
    found = queries.of(_person(request), trial_id)
    if found is None:
        raise Http404("You have no such trial.")
    timeline = [EventOut(at=one.at, kind=one.kind, title=one.title) for one in queries.timeline(found)]
    return TrialDetailOut(**_fields(found), drive=_drive(found), timeline=timeline)


def _person(request: HttpRequest) -> Person:
    person = request.user
    if not isinstance(person, Person):
        raise Http404
    return person


def _fields(trial: Trial) -> dict[str, Any]:
    return {name: getattr(trial, name) for name in SAME} | {
        "model": trial.car_model_id,
        "paint": trial.paint.code,
        "site": trial.site_id,
        "plate": trial.car.plate,
    }


def _drive(trial: Trial) -> DriveOut | None:
    progress = drive.progress(trial=trial, now=clock.now())
    if progress is None:
        return None
    reading = progress.reading
    return DriveOut(
        seconds_left=int(progress.left.total_seconds()),
        charge=reading.charge if reading else None,
        range_km=reading.range_km if reading else None,
        trip_km=reading.trip_km if reading else None,
    )
