"""Signing in to the console: e-mail, password and one-time code, and the enrolment of a first authenticator.

Every refusal reads the same, so that it does not tell which part was wrong or who works here.
"""

from datetime import datetime, timedelta

import segno
from django.contrib.auth import authenticate, login
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django_otp import verify_token
from django_otp.plugins.otp_totp.models import TOTPDevice

from autosilo.platform.kit import limits
from autosilo.platform.resources.people import audit
from autosilo.platform.resources.people.models import Person
from autosilo.platform.surfaces.console.access import rights_of, works_here

TRIES_PER_ACCOUNT = 10
TRIES_PER_ADDRESS = 30
TRIES_WINDOW = timedelta(minutes=15)
SESSION_LENGTH = timedelta(hours=10)
"""A long shift; after it one signs in again."""
ENROLMENT_LENGTH = timedelta(minutes=10)
ENROLLING_KEY = "console_enrolling"
QR_SCALE = 5


class CannotSignIn(Exception):
    """``reason``: ``wrong`` or ``too_often``."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(
            _("Too many attempts. Wait a quarter of an hour, then try again.")
            if reason == "too_often"
            else _("E-mail, password or code is not right. A code works once: wait for the next one.")
        )


class MustEnrol(Exception):
    """The password was right, and no authenticator is known yet: one must be set up first."""


def sign_in(*, request: HttpRequest, email: str, password: str, code: str, now: datetime) -> Person:
    """Open a verified session. Raises ``CannotSignIn`` or, for a person without a device, ``MustEnrol``."""
    check_rate(request=request, account=email)
    person = authenticate(request, username=email, password=password)
    if not isinstance(person, Person) or not works_here(person) or not rights_of(person):
        raise CannotSignIn("wrong")
    devices = TOTPDevice.objects.filter(user=person, confirmed=True)
    if not devices:
        remember_enrolling(request, person, now=now)
        raise MustEnrol
    device = next((one for one in devices if verify_token(person, one.persistent_id, code)), None)
    if device is None:
        audit.record(actor=None, action="sign_in_refused", target=f"person {person.pk}", detail={}, now=now)
        raise CannotSignIn("wrong")
    open_session(request, person, device, now=now)
    return person


def check_rate(*, request: HttpRequest, account: str) -> None:
    """Count this attempt. Raises ``CannotSignIn``."""
    address = limits.address_of(request)
    by_address = limits.allow(key=f"console-login:{address}", limit=TRIES_PER_ADDRESS, per=TRIES_WINDOW)
    name = account.strip().lower()[:100]
    by_account = limits.allow(key=f"console-login:{name}", limit=TRIES_PER_ACCOUNT, per=TRIES_WINDOW)
    if not (by_address and by_account):
        raise CannotSignIn("too_often")


def open_session(request: HttpRequest, person: Person, device: TOTPDevice, *, now: datetime) -> None:
    person.otp_device = device  # type: ignore[attr-defined]  # django-otp keeps it in the session at login
    login(request, person, backend="django.contrib.auth.backends.ModelBackend")
    request.session.set_expiry(int(SESSION_LENGTH.total_seconds()))
    audit.record(actor=person, action="signed_in", target=f"person {person.pk}", detail={}, now=now)


# --- enrolment ---


def remember_enrolling(request: HttpRequest, person: Person, *, now: datetime) -> None:
    request.session.cycle_key()
    request.session[ENROLLING_KEY] = {"person": person.pk, "until": (now + ENROLMENT_LENGTH).timestamp()}


def enrolling(request: HttpRequest, *, now: datetime) -> Person | None:
    """Who has just given the right password and has no authenticator yet."""
    note = request.session.get(ENROLLING_KEY)
    if not note or now.timestamp() > note["until"]:
        return None
    person = Person.objects.filter(pk=note["person"], is_active=True, is_staff=True).first()
    if person is None or TOTPDevice.objects.filter(user=person, confirmed=True).exists():
        return None
    return person


def new_device(person: Person) -> TOTPDevice:
    """The device that is being set up; the same one while its page is reloaded."""
    device, _created = TOTPDevice.objects.get_or_create(
        user=person, confirmed=False, defaults={"name": "authenticator app"}
    )
    return device


def qr_code(device: TOTPDevice) -> str:
    """An SVG element, without style attributes, of the device's ``otpauth`` address."""
    return segno.make(device.config_url, error="m").svg_inline(scale=QR_SCALE, border=3, dark="#000", light="#fff")


def confirm_device(*, request: HttpRequest, person: Person, code: str, now: datetime) -> None:
    """Take the device into use and open the session. Raises ``CannotSignIn``."""
    check_rate(request=request, account=person.email)
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)  # two enrolments of one person wait for each other
        device = TOTPDevice.objects.filter(user=person, confirmed=False).first()
        known = TOTPDevice.objects.filter(user=person, confirmed=True).exists()
        verified = bool(device) and not known and bool(verify_token(person, device.persistent_id, code))
        if verified:
            TOTPDevice.objects.filter(pk=device.pk).update(confirmed=True)
    if not verified or device is None:
        raise CannotSignIn("wrong")
    device.refresh_from_db()
    request.session.pop(ENROLLING_KEY, None)
    audit.record(actor=person, action="second_factor_enrolled", target=f"person {person.pk}", detail={}, now=now)
    open_session(request, person, device, now=now)


def forget_devices(*, person: Person, by: Person | None, reason: str, now: datetime) -> int:
    """Recovery: the person signs in with the password alone once and sets up a new authenticator.

    Sessions that were opened with a forgotten device lose their rights at once. Returns how many devices were known.
    """
    with transaction.atomic():
        gone, _each = TOTPDevice.objects.filter(user=person).delete()
        audit.record(
            actor=by, action="second_factor_forgotten", target=f"person {person.pk}", detail={"reason": reason}, now=now
        )
    return gone
