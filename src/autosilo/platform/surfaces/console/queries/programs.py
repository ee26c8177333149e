"""What the console shows of programs."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from autosilo.platform.resources.programs.models import Delivery, Program, Webhook
from autosilo.platform.resources.programs.states import DeliveryState

LATEST = 50


@dataclass(frozen=True, kw_only=True)
class ProgramPage:
    program: Program
    shoppers: int
    hooks: list[Webhook]
    deliveries: list[Delivery]


def programs() -> QuerySet[Program]:
    """With how many shoppers, addresses and messages that wait. One query."""
    waiting = Q(webhooks__deliveries__state=DeliveryState.WAITING)
    return Program.objects.annotate(
        shoppers=Count("links", distinct=True),
        hooks=Count("webhooks", filter=Q(webhooks__is_active=True), distinct=True),
        waiting=Count("webhooks__deliveries", filter=waiting, distinct=True),
    )


def program_page(slug: str) -> ProgramPage | None:
    """One program with its addresses and the latest messages to them, each with its tries. Five queries."""
    program = Program.objects.filter(pk=slug).first()
    if program is None:
        return None
    sent = Delivery.objects.filter(webhook__program=program).select_related("webhook").prefetch_related("log")
    return ProgramPage(
        program=program,
        shoppers=program.links.count(),
        hooks=list(program.webhooks.filter(is_active=True)),
        deliveries=list(sent[:LATEST]),
    )


def delivery_of(slug: str, delivery_id: UUID) -> Delivery | None:
    return Delivery.objects.filter(pk=delivery_id, webhook__program=slug).first()
