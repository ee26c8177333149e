"""The demo's people. Passwords and one-time-code secrets are drawn once and kept in a file for its owner only."""

import json
import os
import secrets
from base64 import b32decode, b32encode
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.contrib.auth.models import Group
from django_otp.plugins.otp_totp.models import TOTPDevice

from autosilo.platform.resources.people.actions import become_premium, save_details
from autosilo.platform.resources.people.models import Person
from autosilo.platform.resources.people.roles import Role

DEVICE = "demo"
SECRET_BYTES = 20  # RFC 4226 recommends 160 bits
STAFF = (
    ("operator", "operator@autosilo.example", "Olivia", Role.OPERATOR),
    ("technician", "technician@autosilo.example", "Tao", Role.TECHNICIAN),
)
SHOPPER = ("shopper", "shopper@autosilo.example", "Lin")


def seed_people(*, file: Path, now: datetime) -> dict[str, Any]:
    """An operator, a technician, and a premium shopper with a licence. Idempotent; the logins are also in ``file``.

    A password that somebody changed since stays changed.
    """
    for role in Role:
        Group.objects.get_or_create(name=role.value)
    logins: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    for name, email, given_name, role in STAFF:
        login = logins.setdefault(name, _draw(email, with_secret=True))
        person = _person(login, given_name, is_staff=True)
        person.groups.add(Group.objects.get(name=role.value))
        TOTPDevice.objects.get_or_create(
            user=person, name=DEVICE, defaults={"key": b32decode(login["totp_secret"]).hex(), "confirmed": True}
        )
    name, email, given_name = SHOPPER
    shopper = _person(logins.setdefault(name, _draw(email, with_secret=False)), given_name, is_staff=False)
    if shopper.birth_date is None:
        _give_details(shopper, now)
    become_premium(person=shopper, now=now)
    _write_private(file, logins)
    return logins


def _draw(email: str, *, with_secret: bool) -> dict[str, str]:
    login = {"email": email, "password": secrets.token_urlsafe(12)}
    if with_secret:
        login["totp_secret"] = b32encode(secrets.token_bytes(SECRET_BYTES)).decode()  # as an authenticator app takes it
    return login


def _person(login: dict[str, str], given_name: str, *, is_staff: bool) -> Person:
    person = Person.objects.filter(email=login["email"]).first()
    if person is None:
        person = Person.objects.create_user(login["email"], login["password"], first_name=given_name, is_staff=is_staff)
    return person


def _give_details(person: Person, now: datetime) -> None:
    save_details(
        person=person,
        given_name=person.first_name,
        family_name="Demo",
        birth_date=date(1990, 5, 17),
        phone="+86 138 0000 0000",
        licence_number="310101199005170019",
        licence_expires_on=date(now.year + 6, 5, 17),
        now=now,
    )


def _write_private(file: Path, logins: dict[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(".tmp")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        json.dump(logins, out, indent=1)
    os.replace(draft, file)
