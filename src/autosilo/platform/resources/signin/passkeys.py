"""Passkeys: a key that stays in the shopper's device, instead of a password (Web Authentication Level 3).

The ceremonies, and the table of what was enrolled, are django-allauth's. They keep the challenge in the session of the
request that is in hand (``allauth.core.context``). What is tightened here: a challenge serves for one try and for
``CHALLENGE_LIVES``, a passkey belongs to one account, and a counter that runs backwards is refused.
"""

from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Any

import structlog
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from fido2.webauthn import AuthenticationResponse, RegistrationResponse

from autosilo.platform.kit.refusals import Refusal
from autosilo.platform.resources.people import audit
from autosilo.platform.resources.people.models import Person
from autosilo.platform.resources.signin import remaining
from autosilo.platform.resources.signin.credentials import NewCredential, UsedCredential
from autosilo.platform.resources.signin.telling import tell_added

log = structlog.get_logger(__name__)

MOST = 10
"""Passkeys of one person: a phone, a computer, a key on the ring, and room."""
CHALLENGE_LIVES = timedelta(minutes=5)
NAME_LENGTH = 60
ASKED_AT = "asked_at"
BROKEN = (ValidationError, ValueError, TypeError, KeyError, AttributeError)
"""What allauth and fido2 raise for an answer that is wrong or makes no sense."""


class CannotUsePasskey(Refusal):
    messages = {
        "refused": _("This passkey did not open the door. Try again, or choose another way."),
        "known": _("This passkey is enrolled already."),
        "too_many": _("You have ten passkeys. Remove one that you no longer use."),
        "gone": _("This passkey is not there any more."),
        "last": _("This is your only way in. Add another one first."),
    }


def offered_at(host: str) -> bool:
    """Browsers bind a passkey to a name: an address of numbers has none. ``host`` with or without its port."""
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    try:
        ip_address(name.strip("[]"))
    except ValueError:
        return True
    return False


def passkeys_of(person: Person) -> list[Authenticator]:
    """The oldest first."""
    return list(Authenticator.objects.filter(user=person, type=Authenticator.Type.WEBAUTHN).order_by("pk"))


def ask_to_enrol(*, person: Person) -> dict[str, Any]:
    """Options for ``navigator.credentials.create``, as JSON. Raises ``CannotUsePasskey``."""
    if len(passkeys_of(person)) >= MOST:
        raise CannotUsePasskey("too_many")
    return _asked(auth.begin_registration(person, passwordless=True))


def enrol(*, person: Person, name: str, credential: NewCredential, now: datetime) -> Authenticator:
    """Keep a new passkey, and tell its owner. Raises ``CannotUsePasskey``."""
    given = credential.model_dump()
    try:
        _still_good()
        auth.complete_registration(given)
    except BROKEN as error:
        log.info("passkey not enrolled", why=type(error).__name__)
        raise CannotUsePasskey("refused") from error
    finally:
        auth.clear_state()
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)
        if len(passkeys_of(person)) >= MOST:
            raise CannotUsePasskey("too_many")
        return _kept(person, name.strip()[:NAME_LENGTH] or "–", credential, now)


def ask_to_enter() -> dict[str, Any]:
    """Options for ``navigator.credentials.get``, as JSON: any passkey of this shop that the device has."""
    return _asked(auth.begin_authentication())


def enter(*, credential: UsedCredential, now: datetime) -> Person:
    """Whose passkey this is. One answer for whatever is wrong. Raises ``CannotUsePasskey``."""
    given = credential.model_dump()
    try:
        _still_good()
        person = auth.extract_user_from_response(given)
        used = auth.complete_authentication(person, given)
        _count(used, AuthenticationResponse.from_dict(given).response.authenticator_data.counter)
    except BROKEN as error:
        log.info("passkey refused", why=type(error).__name__)
        raise CannotUsePasskey("refused") from error
    finally:
        auth.clear_state()
    if not isinstance(person, Person) or not person.is_active:
        raise CannotUsePasskey("refused")
    used.last_used_at = now
    used.save(update_fields=["last_used_at", "data"])
    return person


@transaction.atomic
def remove(*, person: Person, passkey_id: int, now: datetime) -> None:
    """Raises ``CannotUsePasskey``."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    held = Authenticator.objects.filter(pk=passkey_id, user=person, type=Authenticator.Type.WEBAUTHN).first()
    if held is None:
        raise CannotUsePasskey("gone")
    if remaining.is_last(person):
        raise CannotUsePasskey("last")
    held.delete()
    audit.record(actor=None, action="passkey_removed", target=audit.target_of(person), now=now)


def _kept(person: Person, name: str, credential: NewCredential, now: datetime) -> Authenticator:
    given = credential.model_dump()
    counter = RegistrationResponse.from_dict(given).response.attestation_object.auth_data.counter
    try:
        with transaction.atomic():
            kept = auth.WebAuthn.add(person, name, given).instance
    except IntegrityError as error:
        raise CannotUsePasskey("known") from error
    kept.data["counter"] = counter
    kept.created_at = now
    kept.save(update_fields=["data", "created_at"])
    audit.record(actor=None, action="passkey_added", target=audit.target_of(person), now=now)
    tell_added(person=person, way=_("a passkey"), name=name, now=now)
    return kept


def _asked(options: dict[str, Any]) -> dict[str, Any]:
    """Note when the challenge was given, beside it. Real time, whatever the demo clock says."""
    auth.set_state({**(auth.get_state() or {}), ASKED_AT: timezone.now().timestamp()})
    return options


def _still_good() -> None:
    """Raises ``ValueError``."""
    asked_at = (auth.get_state() or {}).get(ASKED_AT, 0)
    if timezone.now().timestamp() - asked_at > CHALLENGE_LIVES.total_seconds():
        raise ValueError("no challenge, or an old one")


def _count(used: Authenticator, counter: int) -> None:
    """Section 7.2, step 22: a counter that does not grow says that the key was copied; passkeys that are synchronised
    have none, and send 0. Raises ``ValueError``."""
    before = used.data.get("counter", 0)
    if (counter or before) and counter <= before:
        log.warning("passkey's counter runs backwards", passkey=used.pk, person=used.user_id)
        raise ValueError("counter")
    used.data["counter"] = counter
