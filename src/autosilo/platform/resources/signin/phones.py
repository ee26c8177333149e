"""Sign in with a code by text message, to a number that was shown to be one's own.

A code is six digits, derived from the id of its question under the installation's key, so that no table, job or log has
it. The id stays in the session of the browser that asked: a code is worth nothing elsewhere. Whether anybody signs in
with a number is never said: the same row, job and answer are made either way.
"""

import hmac
import re
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from autosilo.platform.kit import jobs, limits
from autosilo.platform.kit.refusals import Refusal
from autosilo.platform.resources.people import audit
from autosilo.platform.resources.people.models import Person
from autosilo.platform.resources.signin import remaining, texts
from autosilo.platform.resources.signin.models import PhoneCode, PhoneLogin
from autosilo.platform.resources.signin.telling import tell_added

log = structlog.get_logger(__name__)

SEND_CODE = "autosilo.send_code"
SALT = "autosilo.signin.code"
LIMIT_SALT = "autosilo.signin.limit"
DIGITS = 6
LIVES = timedelta(minutes=10)
TRIES = 5
"""Of each question. With ``NUMBER_A_DAY`` questions, somebody who guesses has 50 in a million a day."""
NUMBER_A_WHILE, WHILE = 3, timedelta(minutes=10)
NUMBER_A_DAY, DEVICE_A_DAY, DAY = 10, 20, timedelta(days=1)
_E164 = re.compile(r"^\+[1-9][0-9]{7,14}$")
_FILLING = re.compile(r"[\s().\u2010-\u2015-]")


class CannotUsePhone(Refusal):
    messages = {
        "number": _("This is not a phone number. Begin with + and the country."),
        "often": _("That was too often in a short time. Please wait a little and try again."),
        "wrong": _("This code is not right, or no longer good. Look again, or ask for another one."),
        "taken": _("Another account signs in with this number. Sign in to that one, and remove it there."),
        "gone": _("This number is not there any more."),
        "last": _("This is your only way in. Add another one first."),
    }


def offered() -> bool:
    """Has the operator a sender of text messages?"""
    return bool(settings.SMS_URL)


def normal(number: str) -> str:
    """E.164; a number without a country is of ``PHONE_COUNTRY``. Raises ``CannotUsePhone``."""
    bare = _FILLING.sub("", number)
    if bare.startswith("00"):
        bare = "+" + bare[2:]
    elif not bare.startswith("+"):
        bare = f"+{settings.PHONE_COUNTRY}{bare.removeprefix('0')}"
    if not bare.isascii() or not _E164.match(bare):
        raise CannotUsePhone("number", field="number")
    return bare


def shown(number: str) -> str:
    """As much as its owner needs to know it again."""
    return f"{number[:3]} ••• {number[-4:]}"


def phone_of(person: Person) -> PhoneLogin | None:
    return PhoneLogin.objects.filter(person=person).first()


def ask_to_enter(*, number: str, device: str, now: datetime) -> PhoneCode:
    """Send a code, if anybody signs in with this number. Raises ``CannotUsePhone``; never because nobody does."""
    number = _counted(number, device)
    held = PhoneLogin.objects.filter(number=number, person__is_active=True).first()
    return _asked(person_id=held.person_id if held else None, number=number if held else "", enrols=False, now=now)


def enter(*, code_id: UUID, code: str, now: datetime) -> Person:
    """Whose number the code was sent to. Raises ``CannotUsePhone``."""
    asked = _redeemed(code_id, code, enrols=False, now=now)
    held = PhoneLogin.objects.select_related("person").filter(number=asked.number, person=asked.person_id).first()
    if held is None or not held.person.is_active:
        raise CannotUsePhone("wrong", field="code")
    held.last_used_at = now
    held.save(update_fields=["last_used_at"])
    return held.person


def ask_to_enrol(*, person: Person, number: str, device: str, now: datetime) -> PhoneCode:
    """Send a code to a number that somebody says is theirs. Raises ``CannotUsePhone``."""
    number = _counted(number, device)
    return _asked(person_id=person.pk, number=number, enrols=True, now=now)


def enrol(*, person: Person, code_id: UUID, code: str, now: datetime) -> PhoneLogin:
    """The number is theirs; it takes the place of an earlier one. That another account has it is told only to who holds
    the telephone. Raises ``CannotUsePhone``."""
    asked = _redeemed(code_id, code, enrols=True, now=now)
    if asked.person_id != person.pk:
        raise CannotUsePhone("wrong", field="code")
    try:
        with transaction.atomic():
            held, _made = PhoneLogin.objects.update_or_create(
                person=person, defaults={"number": asked.number, "since": now, "last_used_at": None}
            )
            audit.record(actor=None, action="phone_added", target=audit.target_of(person), now=now)
            tell_added(person=person, way=_("a code by text message"), name=shown(held.number), now=now)
    except IntegrityError as error:
        raise CannotUsePhone("taken") from error
    return held


@transaction.atomic
def remove(*, person: Person, now: datetime) -> None:
    """Raises ``CannotUsePhone``."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    held = phone_of(person)
    if held is None:
        raise CannotUsePhone("gone")
    if remaining.is_last(person):
        raise CannotUsePhone("last")
    held.delete()
    audit.record(actor=None, action="phone_removed", target=audit.target_of(person), now=now)


def send(*, code_id: UUID, now: datetime) -> bool:
    """Send the message, at most once: it is marked first, and never sent again. False when there was none to send."""
    waiting = PhoneCode.objects.filter(pk=code_id, sent_at=None, ends_at__gt=now, person__isnull=False)
    if waiting.update(sent_at=now) != 1:
        return False
    asked = PhoneCode.objects.select_related("person").get(pk=code_id)
    if not limits.allow(key="texts", limit=settings.SMS_PER_HOUR, per=timedelta(hours=1)):
        log.error("no more text messages in this hour", most=settings.SMS_PER_HOUR)
        return False
    with override(asked.person.language if asked.person else None):
        body = _words(code_of(asked))
    try:
        texts.sender().send(to=asked.number, body=body)
    except texts.TextFailure as failure:
        log.warning("text message not sent", why=failure.kind, code=failure.code)
        return False
    return True


def forget_codes(*, now: datetime) -> int:
    """Delete the questions that are over; returns how many."""
    gone, _each = PhoneCode.objects.filter(ends_at__lt=now).delete()
    return gone


def code_of(asked: PhoneCode) -> str:
    """Six digits."""
    digest = salted_hmac(SALT, str(asked.pk), algorithm="sha256").digest()
    return f"{int.from_bytes(digest[:8], 'big') % 10**DIGITS:0{DIGITS}d}"


def _words(code: str) -> str:
    """The last line lets telephones fill the code in on the shop's page alone (WICG, origin-bound one-time codes)."""
    said = gettext("%(code)s is your code for autosilo, good for 10 minutes. Nobody of ours will ever ask you for it.")
    return f"{said % {'code': code}}\n\n@{urlsplit(settings.WEB_URL).hostname} #{code}"


def _counted(number: str, device: str) -> str:
    """The number as it is kept, if it and the device have not been used too often. Raises ``CannotUsePhone``."""
    number = normal(number)
    fine = _allow("texts-to-a-while", number, NUMBER_A_WHILE, WHILE) and _allow(
        "texts-to-a-day", number, NUMBER_A_DAY, DAY
    )
    if device:
        fine = _allow("texts-from-a-day", device, DEVICE_A_DAY, DAY) and fine
    if not fine:
        raise CannotUsePhone("often")
    return number


def _allow(name: str, of: str, limit: int, per: timedelta) -> bool:
    """Counted under a keyed digest: a table of limits is no list of telephone numbers."""
    return limits.allow(
        key=f"{name}:{salted_hmac(LIMIT_SALT, of, algorithm='sha256').hexdigest()}", limit=limit, per=per
    )


def _asked(*, person_id: int | None, number: str, enrols: bool, now: datetime) -> PhoneCode:
    with transaction.atomic():
        asked = PhoneCode.objects.create(
            person_id=person_id, number=number, enrols=enrols, asked_at=now, ends_at=now + LIVES
        )
        jobs.defer(SEND_CODE, code=str(asked.pk))
    return asked


def _redeemed(code_id: UUID, code: str, *, enrols: bool, now: datetime) -> PhoneCode:
    """Count the try, then compare; a right code is used up. Raises ``CannotUsePhone``."""
    open_ = PhoneCode.objects.filter(pk=code_id, enrols=enrols, used_at=None, ends_at__gt=now)
    if open_.filter(tries__lt=TRIES).update(tries=F("tries") + 1) != 1:
        raise CannotUsePhone("wrong", field="code")
    asked = PhoneCode.objects.get(pk=code_id)
    given = re.sub(r"\s", "", code)[: DIGITS * 2]
    right = hmac.compare_digest(code_of(asked).encode(), given.encode())
    if not right or asked.person_id is None or open_.update(used_at=now) != 1:
        raise CannotUsePhone("wrong", field="code")
    return asked
