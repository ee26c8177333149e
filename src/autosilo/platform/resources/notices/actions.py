"""Write to a shopper, once about each thing."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.core.mail import EmailMessage
from django.db import transaction

from autosilo.platform.kit import jobs
from autosilo.platform.resources.notices.models import Notice
from autosilo.platform.resources.notices.render import render
from autosilo.platform.resources.people.models import Person

SEND = "autosilo.send_notice"

LETTERS_KEPT = timedelta(days=90)
"""What was written is there to answer for it while somebody may ask; then only that something was written."""


def notify(*, person: Person, kind: str, about: UUID, context: Mapping[str, str], now: datetime) -> Notice:
    """Write a notice in the person's language, and a job that sends it, in the caller's transaction.

    A second one of the same kind about the same trial is not written; the first is returned.
    """
    subject, body = render(kind=kind, language=person.language, context=context)
    notice, made = Notice.objects.get_or_create(
        kind=kind,
        about=about,
        defaults={"person": person, "subject": subject[:200], "body": body, "created_at": now},
    )
    if made:
        jobs.defer(SEND, notice=notice.pk)
    return notice


@transaction.atomic
def send(*, notice: int, now: datetime) -> bool:
    """Send by e-mail unless that was done; False when there was nothing to do.

    The row is locked while the mail server takes the letter, so that no two workers send it. Only a crash between the
    server's yes and our commit can send a letter twice; losing one would be worse.
    """
    row = Notice.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=notice, sent_at=None).first()
    if row is None:
        return False
    EmailMessage(subject=row.subject, body=row.body, to=[row.person.email]).send()
    row.sent_at = now
    row.save(update_fields=["sent_at"])
    return True


def forget_letters(*, now: datetime) -> int:
    """Empty the letters that were sent ``LETTERS_KEPT`` ago; returns how many. The rows stay: nothing is sent twice."""
    old = Notice.objects.filter(sent_at__lt=now - LETTERS_KEPT).exclude(body="")
    return old.update(subject="", body="")
