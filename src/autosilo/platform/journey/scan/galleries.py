"""Versions of the gallery: trained from all reference photos, made active, rolled back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import structlog
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from autosilo.platform.journey.scan import queries
from autosilo.platform.journey.scan.models import GalleryChange, GalleryVersion
from autosilo.platform.journey.scan.seeing import reader
from autosilo.platform.journey.scan.states import UNDER_WAY, VERSIONS, VersionState
from autosilo.platform.kit import jobs
from autosilo.platform.kit.refusals import Refusal
from autosilo.platform.kit.states import CannotMove, move
from autosilo.platform.resources.people.models import Person
from autosilo.vision.cars import Assessment, CannotTune, Gallery, ReferencePhoto, assess, fine_tune, fit

log = structlog.get_logger(__name__)

TRAIN = "autosilo.train_gallery"
KEPT = 10
"""Versions that can be rolled back to; older ones are deleted, each has some megabytes."""
LOST_AFTER = timedelta(minutes=30)
"""A training that has said nothing for so long died with its worker; one of 200 models takes less than a minute."""

Photos = Mapping[str, Sequence[ReferencePhoto]]
Clock = Callable[[], datetime]
Steps = Callable[[int, int], None]


class CannotTrain(Refusal):
    messages = {
        "nothing_to_learn": _("There are no reference photos yet."),
        "under_way": _("A training is under way already. Wait until it is done."),
    }


class CannotActivate(Refusal):
    messages = {
        "not_ready": _("This version cannot be used: it is not ready, or in use already."),
        "another_network": _("This version was trained with another network than the one in use."),
    }


def order(*, kind: str = GalleryVersion.Kind.PLAIN, activate: bool, by: Person | None, now: datetime) -> GalleryVersion:
    """A new version, without its job. Raises ``CannotTrain``."""
    if not queries.reference_photos(encoder=reader().encoder):
        raise CannotTrain("nothing_to_learn")
    give_up_lost(now=now)
    try:
        with transaction.atomic():
            return GalleryVersion.objects.create(kind=kind, activate=activate, asked_by=by, asked_at=now)
    except IntegrityError as another:
        raise CannotTrain("under_way") from another


@transaction.atomic
def order_job(*, kind: str, activate: bool, by: Person | None, now: datetime) -> GalleryVersion:
    """The same, trained by the worker. Raises ``CannotTrain``."""
    version = order(kind=kind, activate=activate, by=by, now=now)
    jobs.defer(TRAIN, version=version.pk)
    return version


def train(*, version: int, clock: Clock) -> None:
    """Do what was ordered. A version that somebody else has begun is left alone; what fails is written down."""
    row = GalleryVersion.objects.get(pk=version)
    try:
        _move(row, to=VersionState.TRAINING, now=clock(), by="worker")
    except CannotMove:
        return
    try:
        _finish(row, _trained(row), clock=clock)
    except CannotTune as refused:
        _move(row, to=VersionState.FAILED, now=clock(), by="worker", reason=refused.reason[:200])
    except Exception:
        _move(row, to=VersionState.FAILED, now=clock(), by="worker", reason="broken")
        raise


def _trained(row: GalleryVersion) -> tuple[Gallery, Assessment, Photos]:
    encoder = reader().encoder
    photos = queries.reference_photos(encoder=encoder)
    vectors = {slug: np.stack([photo.embedding for photo in of]) for slug, of in photos.items()}
    if row.kind == GalleryVersion.Kind.TUNED:
        return _tuned(row, photos, vectors, encoder=encoder)
    return fit(vectors, encoder=encoder), assess(photos, progress=_progress(row)), photos


def _tuned(
    row: GalleryVersion, photos: Photos, vectors: Mapping[str, np.ndarray], *, encoder: str
) -> tuple[Gallery, Assessment, Photos]:
    """The same with a head tuned first. It is assessed as it will be used: every embedding goes through the head."""
    head = fine_tune(vectors, encoder=encoder, progress=_progress(row, part=0, parts=2))
    through = {
        slug: [replace(photo, embedding=head.of(photo.embedding[None])[0]) for photo in of]
        for slug, of in photos.items()
    }
    assessed = assess(through, progress=_progress(row, part=1, parts=2))
    return fit(vectors, encoder=encoder, head=head), assessed, photos


def _progress(row: GalleryVersion, *, part: int = 0, parts: int = 1) -> Steps:
    """Write down how far it is, in hundredths; each part of the work counts alike."""

    def step(done: int, whole: int) -> None:
        reached = round(100 * (part + done / max(whole, 1)) / parts)
        if reached != row.done:
            row.done = reached
            GalleryVersion.objects.filter(pk=row.pk).update(done=reached, whole=100)

    return step


@transaction.atomic
def _finish(row: GalleryVersion, made: tuple[Gallery, Assessment, Photos], *, clock: Clock) -> None:
    gallery, assessed, photos = made
    now = clock()
    _move(
        row,
        to=VersionState.READY,
        now=now,
        by="worker",
        finished_at=now,
        done=100,
        whole=100,
        encoder=gallery.encoder,
        model_count=len(photos),
        photo_count=sum(map(len, photos.values())),
        top1=assessed.top1,
        top5=assessed.top5,
        assessment=assessed.to_json(),
        data=gallery.to_bytes(),
    )
    if row.activate:
        _switch(row, now=now, by="worker")
    else:
        forget_old()
    renew(now=now)
    log.info("gallery trained", version=row.pk, photos=row.photo_count, top1=row.top1)


@transaction.atomic
def without(*, since: datetime, now: datetime) -> None:
    """A photo that has taught since then was taken back. Versions with a share of it go: the one in use as soon as
    another takes its place (``renew``), one that is being trained likewise."""
    shared = Q(finished_at__gte=since) | Q(state__in=UNDER_WAY)
    GalleryVersion.objects.filter(shared).update(taken_back=True)
    forget_old()
    renew(now=now)


@transaction.atomic
def renew(*, now: datetime) -> None:
    """Train anew where the version in use has a share of what was taken back. While another is being trained nothing
    is done; this is asked again when that is over."""
    present = GalleryVersion.objects.select_for_update().filter(state=VersionState.ACTIVE, taken_back=True)
    active = present.defer("data", "assessment").first()
    if active is None:
        return
    try:
        order_job(kind=active.kind, activate=True, by=None, now=now)
    except CannotTrain as refusal:
        if refusal.reason == "nothing_to_learn":
            _move(active, to=VersionState.READY, now=now, by="withdrawal")
            forget_old()


@transaction.atomic
def activate(*, version: GalleryVersion, by: str, now: datetime) -> None:
    """Make ``version`` the one that scans use; the present one can be returned to. Raises ``CannotActivate``."""
    if version.encoder != reader().encoder:
        raise CannotActivate("another_network")
    try:
        _switch(version, now=now, by=by)
    except CannotMove as not_so:
        raise CannotActivate("not_ready") from not_so


def _switch(version: GalleryVersion, *, now: datetime, by: str) -> None:
    present = GalleryVersion.objects.select_for_update().filter(state=VersionState.ACTIVE).exclude(pk=version.pk)
    for other in present.defer("data", "assessment"):
        _move(other, to=VersionState.READY, now=now, by=by)
    _move(version, to=VersionState.ACTIVE, now=now, by=by)
    forget_old()


def forget_old() -> int:
    """Delete what is older than the last ``KEPT`` versions, or has a share of what was taken back, and is not in use;
    returns how many."""
    recent = list(GalleryVersion.objects.filter(taken_back=False).values_list("pk", flat=True)[:KEPT])
    old = GalleryVersion.objects.exclude(pk__in=recent).exclude(state__in=(VersionState.ACTIVE, *UNDER_WAY))
    count = old.count()
    old.delete()
    return count


def give_up_lost(*, now: datetime) -> int:
    """Trainings that died with their worker are called failed; returns how many."""
    lost = GalleryVersion.objects.filter(state__in=UNDER_WAY, asked_at__lt=now - LOST_AFTER).defer("data")
    for row in lost:
        _move(row, to=VersionState.FAILED, now=now, by="sweeper", reason="lost")
    return len(lost)


def _move(row: GalleryVersion, *, to: VersionState, now: datetime, by: str, **fields: Any) -> None:
    move(row, to=to, table=VERSIONS, history=GalleryChange, now=now, by=by, **fields)
