"""Where a program wants to be told, and what became of what it was told."""

from typing import Annotated
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Query, Router, Status

from autosilo.platform.kit import clock
from autosilo.platform.resources.programs import actions, queries
from autosilo.platform.resources.programs.models import Delivery, Webhook
from autosilo.platform.resources.programs.states import Scope
from autosilo.platform.surfaces.api import paging
from autosilo.platform.surfaces.api.access import ProgramToken, access_of
from autosilo.platform.surfaces.api.problems import Problem, problem
from autosilo.platform.surfaces.api.schemas import (
    AttemptOut,
    DeliveriesOut,
    DeliveryOut,
    WebhookIn,
    WebhookMadeOut,
    WebhookOut,
)

router = Router(tags=["webhooks"], auth=ProgramToken(Scope.WEBHOOKS))
PROBLEMS = {401: Problem, 403: Problem, 404: Problem, 409: Problem, 422: Problem, 429: Problem}


@router.get("/webhooks", response={200: list[WebhookOut]} | PROBLEMS, summary="Where you are told")
def webhooks(request: HttpRequest) -> list[WebhookOut]:
    return [_webhook(one) for one in queries.webhooks_of(access_of(request).program)]


@router.post("/webhooks", response={201: WebhookMadeOut} | PROBLEMS, summary="Be told here, too")
def listen(request: HttpRequest, body: WebhookIn) -> Status[WebhookMadeOut] | HttpResponse:
    """A public https address. What is sent there is signed; see the documentation."""
    try:
        made = actions.listen(program=access_of(request).program, url=body.url, now=clock.now())
    except actions.CannotListen as refusal:
        return problem(409, str(refusal), code=refusal.reason)
    return Status(201, WebhookMadeOut(**_webhook(made).model_dump(), secret=made.secret))


@router.delete("/webhooks/{webhook_id}", response={204: None} | PROBLEMS, summary="Be told here no more")
def stop(request: HttpRequest, webhook_id: UUID) -> Status[None]:
    actions.stop_listening(hook=_mine(request, webhook_id))
    return Status(204, None)


@router.get("/webhooks/{webhook_id}/deliveries", response={200: DeliveriesOut} | PROBLEMS, summary="The delivery log")
def deliveries(
    request: HttpRequest,
    webhook_id: UUID,
    cursor: str = "",
    limit: Annotated[int, Query(ge=1, le=paging.MOST)] = paging.USUAL,
) -> DeliveriesOut:
    """Newest first, each with its tries."""
    rows = queries.deliveries(_mine(request, webhook_id), before=paging.place(cursor), limit=limit + 1)
    shown = rows[:limit]
    last = (shown[-1].made_at, shown[-1].pk) if shown else None
    return DeliveriesOut(items=[_delivery(row) for row in shown], next=paging.following(rows, limit, last))


@router.post(
    "/webhooks/{webhook_id}/deliveries/{delivery_id}/replay", response={202: None} | PROBLEMS, summary="Send it again"
)
def replay(request: HttpRequest, webhook_id: UUID, delivery_id: UUID) -> Status[None]:
    """As it was, newly signed. Nothing happens while it is on its way anyway."""
    row = Delivery.objects.filter(webhook=_mine(request, webhook_id), pk=delivery_id).first()
    if row is None:
        raise Http404("There is no such delivery.")
    actions.replay(delivery=row, now=clock.now())
    return Status(202, None)


def _mine(request: HttpRequest, webhook_id: UUID) -> Webhook:
    found = queries.webhook(access_of(request).program, webhook_id)
    if found is None:
        raise Http404("Your program has no such webhook.")
    return found


def _webhook(row: Webhook) -> WebhookOut:
    return WebhookOut(id=row.pk, url=row.url, created_at=row.created_at)


def _delivery(row: Delivery) -> DeliveryOut:
    return DeliveryOut(
        id=row.pk,
        event=row.event,
        kind=row.kind,
        state=row.state,
        made_at=row.made_at,
        next_at=row.next_at,
        delivered_at=row.delivered_at,
        log=[AttemptOut(at=a.at, status=a.status, problem=a.problem, took_ms=a.took_ms) for a in row.log.all()],
    )
