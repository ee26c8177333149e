"""Signs that two accounts are one person, or one trick: the same licence, device or payment card. No faces.

A mark is a keyed digest: the value itself is not kept, and without the installation's secret key nobody can try numbers
against it. Marks only ever open a flag for an operator to look at; no rule and no booking asks them.
"""

import unicodedata
from datetime import datetime

import structlog
from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from autosilo.platform.kit.refusals import Refusal
from autosilo.platform.resources.people import audit
from autosilo.platform.resources.people.models import Flag, FlagState, Mark, MarkKind, Person

log = structlog.get_logger(__name__)

SALT = "autosilo.people.marks"
ACCOUNTS_ALLOWED = {MarkKind.LICENCE: 1, MarkKind.CARD: 2, MarkKind.DEVICE: 3}
"""More accounts than these on one of them open a flag. A licence is one person's; couples share a card, and families a
device. The shop's own choice."""
LEAST_NOTE = 3


class CannotCloseFlag(Refusal):
    messages = {
        "closed": _("Somebody has closed this already."),
        "note_missing": _("Write down what was found, in at least three letters."),
    }


def mark_new(*, person: Person, kind: MarkKind, value: str, now: datetime) -> None:
    """This account was used with something that nobody has had before: a device whose name was drawn just now."""
    Mark.objects.create(person=person, kind=kind, digest=digest_of(kind, value), at=now)


def mark(*, person: Person, kind: MarkKind, value: str, now: datetime) -> Flag | None:
    """This account was used with this licence number, device or card. The flag that this opens, if it does."""
    normal = _normal(value)
    if not normal:
        return None
    digest = digest_of(kind, normal)
    _row, made = Mark.objects.get_or_create(person=person, kind=kind, digest=digest, defaults={"at": now})
    if not made:
        return None
    accounts = Mark.objects.filter(kind=kind, digest=digest).count()
    return _flag(kind, digest, accounts, now=now) if accounts > ACCOUNTS_ALLOWED[kind] else None


def digest_of(kind: MarkKind, value: str) -> str:
    """Hex HMAC-SHA256 under the installation's secret key; kinds do not mix."""
    return salted_hmac(f"{SALT}.{kind.value}", _normal(value), algorithm="sha256").hexdigest()


@transaction.atomic
def close(*, flag: Flag, is_abuse: bool, note: str, by: Person, now: datetime) -> Flag:
    """What an operator found; a further account on the same mark opens it again. Raises ``CannotCloseFlag``."""
    if len(note.strip()) < LEAST_NOTE:
        raise CannotCloseFlag("note_missing")
    state = FlagState.ABUSE if is_abuse else FlagState.HARMLESS
    closed = Flag.objects.filter(pk=flag.pk, state=FlagState.OPEN).update(
        state=state, note=note.strip()[:300], closed_at=now, closed_by=by
    )
    if closed != 1:
        raise CannotCloseFlag("closed")
    detail = {"kind": flag.kind, "outcome": state.value, "note": note.strip()}
    audit.record(actor=by, action="flag_closed", target=audit.target_of(flag), detail=detail, now=now)
    flag.refresh_from_db()
    return flag


def _flag(kind: MarkKind, digest: str, accounts: int, *, now: datetime) -> Flag:
    """One open flag for each mark, whoever is faster."""
    try:
        with transaction.atomic():
            flag, made = Flag.objects.get_or_create(
                kind=kind, digest=digest, state=FlagState.OPEN, defaults={"opened_at": now}
            )
    except IntegrityError:
        flag, made = Flag.objects.get(kind=kind, digest=digest, state=FlagState.OPEN), False
    if made:
        log.info("flag opened", kind=kind.value, accounts=accounts)
    return flag


def _normal(value: str) -> str:
    """As people write one number in several ways: full-width digits, spaces, hyphens, small letters."""
    folded = unicodedata.normalize("NFKC", value).upper()
    return "".join(letter for letter in folded if letter.isalnum())
