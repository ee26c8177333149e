"""Reads about people."""

from datetime import date, datetime

from autosilo.platform.resources.people.models import AuditEntry, DrivingLicence, Membership, Person, Tier


def details_complete(*, person: Person) -> bool:
    """Is everything there that a decision on a trial needs: name, birth date, phone, licence?"""
    return not missing_details(person=person)


def missing_details(*, person: Person) -> list[str]:
    """Names of the fields that are still empty, in the order of the form."""
    licence = licence_of(person=person)
    values: dict[str, object] = {
        "given_name": person.first_name,
        "family_name": person.last_name,
        "birth_date": person.birth_date,
        "phone": person.phone,
        "licence_number": licence and licence.number,
        "licence_expires_on": licence and licence.expires_on,
    }
    return [name for name, value in values.items() if not value]


def licence_of(*, person: Person) -> DrivingLicence | None:
    return DrivingLicence.objects.filter(person=person).first()


def membership_of(*, person: Person) -> Membership | None:
    return Membership.objects.filter(person=person).first()


def tier_of(*, person: Person, now: datetime) -> str:
    """``premium`` or ``basic``; a membership that has run out counts as basic."""
    membership = membership_of(person=person)
    if membership is None or (membership.until is not None and membership.until <= now):
        return Tier.BASIC
    return membership.tier


def licence_valid(*, person: Person, on: date) -> bool:
    licence = licence_of(person=person)
    return licence is not None and licence.expires_on >= on


def audit_trail(*, limit: int = 200) -> list[AuditEntry]:
    """The latest entries, newest first, with their actors."""
    return list(AuditEntry.objects.select_related("actor")[:limit])
