"""Let programs in, and tell them what became of their bookings."""

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import structlog
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from autosilo.platform.kit import clock, jobs
from autosilo.platform.kit.refusals import Refusal
from autosilo.platform.resources.people import audit
from autosilo.platform.resources.people.models import Person
from autosilo.platform.resources.programs import outside, tokens
from autosilo.platform.resources.programs.models import Attempt, Delivery, Link, Program, Webhook
from autosilo.platform.resources.programs.states import DeliveryState, Scope

log = structlog.get_logger(__name__)

DELIVER = "autosilo.deliver"
TIMEOUT_S = 5.0
BACK_OFF = [timedelta(seconds=one) for one in (10, 60, 300, 1800, 7200, 21600, 43200)]
"""Waits between tries, about 18 hours in all; then it is given up until somebody asks for it again."""
MOST_WEBHOOKS = 5
HELD_WHILE_SENDING = timedelta(seconds=30)


class CannotListen(Refusal):
    messages = {
        "address": _("A webhook needs a public https address."),
        "too_many": _("A program has five webhooks at most."),
    }


@transaction.atomic
def register(
    *, slug: str, name: str, scopes: frozenset[str], per_minute: int, now: datetime, by: Person | None = None
) -> tuple[Program, str]:
    """A new program and its secret, which is shown once and kept only as a digest. ``by``: None for a command. Raises
    ``IntegrityError`` when there is one of this name already."""
    secret = tokens.new_secret()
    known = sorted(scopes & frozenset(Scope.values))
    row = Program.objects.create(
        pk=slug,
        name=name,
        secret_digest=tokens.digest(secret),
        scopes=known,
        per_minute=per_minute,
        created_at=now,
    )
    detail = {"scopes": known, "per_minute": per_minute}
    audit.record(actor=by, action="program_added", target=audit.target_of(row), detail=detail, now=now)
    return row, secret


def link(*, program: Program, person: Person, subject: str, now: datetime) -> Link:
    """The shopper lets the program book for them."""
    row, _made = Link.objects.get_or_create(
        program=program, person=person, defaults={"subject": subject, "made_at": now}
    )
    return row


def listen(*, program: str, url: str, now: datetime) -> Webhook:
    """Tell this address from now on. Raises ``CannotListen``."""
    if not outside.may_be_named(url, loopback=settings.DEMO):
        raise CannotListen("address")
    with transaction.atomic():
        owner = Program.objects.select_for_update().get(pk=program)
        if Webhook.objects.filter(program=owner, is_active=True).count() >= MOST_WEBHOOKS:
            raise CannotListen("too_many")
        return Webhook.objects.create(program=owner, url=url, secret=tokens.new_secret(), created_at=now)


def stop_listening(*, hook: Webhook) -> None:
    Webhook.objects.filter(pk=hook.pk).update(is_active=False)


def announce(*, program: str, event: UUID, kind: str, payload: Mapping[str, Any], now: datetime) -> int:
    """Write a delivery for each of the program's addresses, in the caller's transaction; returns how many."""
    hooks = list(Webhook.objects.filter(program=program, is_active=True))
    for hook in hooks:
        row, made = Delivery.objects.get_or_create(
            webhook=hook,
            event=event,
            defaults={"kind": kind, "payload": dict(payload), "next_at": now, "made_at": now},
        )
        if made:
            jobs.defer(DELIVER, delivery=str(row.pk))
    return len(hooks)


def deliver(*, delivery: UUID, now: datetime) -> bool:
    """Try once, if its time has come. The row is put off first, so that no two workers send it at once and no lock is
    held while the other side thinks."""
    waiting = Delivery.objects.filter(pk=delivery, state=DeliveryState.WAITING, next_at__lte=now)
    if waiting.update(next_at=now + HELD_WHILE_SENDING) != 1:
        return False
    row = Delivery.objects.select_related("webhook").get(pk=delivery)
    begun = time.monotonic()
    status, problem = _post(row)
    taken = status is not None and 200 <= status < 300
    with transaction.atomic():
        Attempt.objects.create(
            delivery=row, at=now, status=status, problem=problem, took_ms=int(1000 * (time.monotonic() - begun))
        )
        _settle(row, taken=taken, now=now)
    return taken


def replay(*, delivery: Delivery, now: datetime) -> bool:
    """Send it once more, as if it were new; False while it is on its way anyway."""
    over = Delivery.objects.filter(pk=delivery.pk).exclude(state=DeliveryState.WAITING)
    if over.update(state=DeliveryState.WAITING, attempts=0, next_at=now) != 1:
        return False
    jobs.defer(DELIVER, delivery=str(delivery.pk))
    return True


def signature(*, secret: str, at: int, body: bytes) -> str:
    """``t=UNIX,v1=HEX``: HMAC-SHA-256 under the webhook's secret over the time, a full stop and the body."""
    mac = hmac.new(secret.encode(), str(at).encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={mac}"


def _settle(row: Delivery, *, taken: bool, now: datetime) -> None:
    attempts = row.attempts + 1
    fields: dict[str, Any] = {"attempts": attempts}
    if taken:
        fields |= {"state": DeliveryState.DELIVERED, "delivered_at": now}
    elif attempts > len(BACK_OFF):
        fields |= {"state": DeliveryState.GIVEN_UP}
    else:
        next_at = now + BACK_OFF[attempts - 1]
        fields |= {"next_at": next_at}
        jobs.defer(DELIVER, at=clock.real(next_at), delivery=str(row.pk))
    Delivery.objects.filter(pk=row.pk, state=DeliveryState.WAITING).update(**fields)


def _post(row: Delivery) -> tuple[int | None, str]:
    body = json.dumps(
        {"id": str(row.event), "kind": row.kind, "made_at": row.made_at.isoformat(), "data": row.payload},
        ensure_ascii=False,
        separators=(",", ":"),
    ).encode()
    at = int(time.time())
    headers = {
        "Content-Type": "application/json",
        "Autosilo-Delivery": str(row.pk),
        "Autosilo-Signature": signature(secret=row.webhook.secret, at=at, body=body),
    }
    try:
        status = outside.post(row.webhook.url, body=body, headers=headers, timeout_s=TIMEOUT_S, loopback=settings.DEMO)
    except httpx.HTTPError as error:
        log.warning("webhook not reached", delivery=str(row.pk), kind=type(error).__name__)
        return None, type(error).__name__[:60]
    return status, ""
