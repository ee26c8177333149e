"""Reads about programs."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from autosilo.platform.resources.people.models import Person
from autosilo.platform.resources.programs.models import Delivery, Link, Webhook
from autosilo.platform.resources.programs.states import DeliveryState


def linked(program: str, subject: str) -> Person | None:
    """The shopper whom the program knows by this name, if they have agreed to it."""
    row = Link.objects.filter(program=program, subject=subject).select_related("person").first()
    return row.person if row else None


def subjects_of(program: str, persons: Iterable[int]) -> dict[int, str]:
    """The program's own names for these shoppers. One query."""
    found = Link.objects.filter(program=program, person__in=list(persons))
    return dict(found.values_list("person_id", "subject"))


def webhooks_of(program: str) -> list[Webhook]:
    return list(Webhook.objects.filter(program=program, is_active=True))


def webhook(program: str, webhook_id: UUID) -> Webhook | None:
    return Webhook.objects.filter(program=program, pk=webhook_id, is_active=True).first()


def deliveries(hook: Webhook, *, before: tuple[datetime, UUID] | None, limit: int) -> list[Delivery]:
    """Newest first, with their tries, from after ``before`` on. Two queries."""
    found = Delivery.objects.filter(webhook=hook).prefetch_related("log")
    if before is not None:
        at, pk = before
        found = found.filter(Q(made_at__lt=at) | Q(made_at=at, pk__lt=pk))
    return list(found[:limit])


def due(*, now: datetime, limit: int = 200) -> list[UUID]:
    """Deliveries whose time has come, the longest due first."""
    found = Delivery.objects.filter(state=DeliveryState.WAITING, next_at__lte=now).order_by("next_at")
    return list(found.values_list("pk", flat=True)[:limit])
