"""What operators change about the gallery. Each change and its audit entry are written together or not at all."""

from datetime import datetime

from django.db import transaction

from autosilo.platform.journey.scan import corrections, galleries, learning
from autosilo.platform.journey.scan.models import Correction, GalleryVersion
from autosilo.platform.resources.catalogue.models import CarModel, ReferenceLook
from autosilo.platform.resources.people import audit
from autosilo.platform.resources.people.models import Person


@transaction.atomic
def add_photo(
    *, model: CarModel, photo: bytes, name: str, sure: bool, keep_picture: bool, by: Person, now: datetime
) -> ReferenceLook:
    """Raises ``CannotRead``, ``CannotLearn``."""
    look = learning.learn(model=model, photo=photo, note=name, sure=sure, keep_picture=keep_picture, now=now)
    detail = {"id": look.pk, "note": name[:120], "picture_kept": keep_picture}
    audit.record(actor=by, action="look_added", target=f"model {model.pk}", detail=detail, now=now)
    return look


@transaction.atomic
def remove_look(*, look: ReferenceLook, by: Person, now: datetime) -> None:
    """Scans forget it with the next training."""
    detail = {"id": look.pk, "note": look.note}
    learning.forget(look=look)
    audit.record(actor=by, action="look_removed", target=f"model {look.model_id}", detail=detail, now=now)


@transaction.atomic
def train(*, kind: str, activate: bool, by: Person, now: datetime) -> GalleryVersion:
    """Raises ``CannotTrain``."""
    version = galleries.order_job(kind=kind, activate=activate, by=by, now=now)
    detail = {"kind": kind, "activate": activate}
    audit.record(actor=by, action="gallery_trained", target=f"gallery {version.pk}", detail=detail, now=now)
    return version


@transaction.atomic
def activate(*, version: GalleryVersion, by: Person, now: datetime) -> None:
    """Raises ``CannotActivate``."""
    galleries.activate(version=version, by=f"operator {by.pk}", now=now)
    audit.record(actor=by, action="gallery_activated", target=f"gallery {version.pk}", now=now)


@transaction.atomic
def accept(*, correction: Correction, by: Person, now: datetime) -> None:
    """Raises ``CannotDecide``, ``CannotLearn``."""
    look = corrections.accept(correction=correction, by=by, now=now)
    detail = {"model": correction.model_id, "id": look.pk}
    audit.record(actor=by, action="correction_accepted", target=f"correction {correction.pk}", detail=detail, now=now)


@transaction.atomic
def decline(*, correction: Correction, by: Person, now: datetime) -> None:
    """Raises ``CannotDecide``."""
    corrections.decline(correction=correction, by=by, now=now)
    detail = {"model": correction.model_id}
    audit.record(actor=by, action="correction_declined", target=f"correction {correction.pk}", detail=detail, now=now)
