"""What people do to their accounts."""

import re
from datetime import date, datetime

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from autosilo.platform.kit.refusals import Refusal
from autosilo.platform.resources.people.marks import mark
from autosilo.platform.resources.people.models import DrivingLicence, MarkKind, Membership, Person, Tier

OLDEST_YEARS = 120
PHONE = re.compile(r"^\+?[0-9][0-9 ()-]{4,18}$")
LICENCE_NUMBER = re.compile(r"^[0-9A-Za-z][0-9A-Za-z -]{3,28}$")


class CannotRegister(Refusal):
    """``detail["password"]``: what is wrong with it, one sentence each."""

    messages = {
        "email_invalid": _("This is not an e-mail address."),
        "email_taken": _("There is an account with this e-mail address already. Sign in instead."),
        "password_weak": _("Please choose another password."),
        "name_missing": _("Please give your name."),
    }


class CannotSaveDetails(Refusal):
    """``detail["field"]`` names the field."""

    messages = {
        "name_missing": _("Please give your name as it stands in your licence."),
        "birth_date_invalid": _("This date of birth cannot be right."),
        "phone_invalid": _("This is not a phone number."),
        "licence_number_invalid": _("This is not the number of a driving licence."),
        "licence_expired": _("This driving licence has expired."),
    }


def register(*, email: str, password: str, given_name: str, language: str, now: datetime) -> Person:
    """Open an account. Raises ``CannotRegister``."""
    person = _new(email, given_name, language, now)
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise CannotRegister("password_weak", field="password", password=error.messages) from error
    person.set_password(password)
    return _opened(person, now)


def register_without_password(*, email: str, given_name: str, language: str, now: datetime) -> Person:
    """Open an account that is entered by other ways. Raises ``CannotRegister``."""
    person = _new(email, given_name, language, now)
    person.set_unusable_password()
    return _opened(person, now)


def _new(email: str, given_name: str, language: str, now: datetime) -> Person:
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise CannotRegister("email_invalid", field="email") from error
    if not given_name.strip():
        raise CannotRegister("name_missing", field="given_name")
    return Person(email=email, first_name=given_name.strip()[:150], language=_known(language), date_joined=now)


def _opened(person: Person, now: datetime) -> Person:
    try:
        with transaction.atomic():
            person.save()
            Membership.objects.create(person=person, tier=Tier.BASIC, since=now, source="platform")
    except IntegrityError as error:
        raise CannotRegister("email_taken", field="email") from error
    return person


@transaction.atomic
def save_details(
    *,
    person: Person,
    given_name: str,
    family_name: str,
    birth_date: date,
    phone: str,
    licence_number: str,
    licence_expires_on: date,
    now: datetime,
) -> Person:
    """Basic information and driving licence. Raises ``CannotSaveDetails``, and then nothing was written.

    The licence's ``stated_at`` moves only when name, birth date or number change: what others answered about the
    person before that was about somebody else.
    """
    today = now.date()
    if not given_name.strip() or not family_name.strip():
        raise CannotSaveDetails("name_missing", field="given_name" if not given_name.strip() else "family_name")
    if not date(today.year - OLDEST_YEARS, 1, 1) < birth_date < today:
        raise CannotSaveDetails("birth_date_invalid", field="birth_date")
    if not PHONE.match(phone.strip()):
        raise CannotSaveDetails("phone_invalid", field="phone")
    if not LICENCE_NUMBER.match(licence_number.strip()):
        raise CannotSaveDetails("licence_number_invalid", field="licence_number")
    if licence_expires_on < today:
        raise CannotSaveDetails("licence_expired", field="licence_expires_on")
    number = licence_number.strip().upper()
    was = _identity(person)
    person.first_name, person.last_name = given_name.strip()[:150], family_name.strip()[:150]
    person.birth_date, person.phone = birth_date, phone.strip()
    person.save(update_fields=["first_name", "last_name", "birth_date", "phone"])
    licence, _made = DrivingLicence.objects.get_or_create(
        person=person, defaults={"number": number, "expires_on": licence_expires_on, "stated_at": now}
    )
    if was != _identity(person) or licence.number != number:
        licence.stated_at = now
    licence.number, licence.expires_on = number, licence_expires_on
    licence.save()
    mark(person=person, kind=MarkKind.LICENCE, value=number, now=now)
    return person


def _identity(person: Person) -> tuple[str, str, date | None]:
    return person.first_name, person.last_name, person.birth_date


def become_premium(*, person: Person, now: datetime) -> Membership:
    """The platform's own premium tier, without end. Doing it twice changes nothing."""
    membership, _made = Membership.objects.get_or_create(
        person=person, defaults={"tier": Tier.PREMIUM, "since": now, "source": "platform"}
    )
    if membership.tier != Tier.PREMIUM or (membership.until is not None and membership.until <= now):
        membership.tier, membership.since, membership.until, membership.source = Tier.PREMIUM, now, None, "platform"
        membership.save()
    return membership


def speak(*, person: Person, language: str) -> None:
    """Remember the language in which this person is written to; an unknown one falls back to English."""
    person.language = _known(language)
    person.save(update_fields=["language"])


def _known(language: str) -> str:
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
