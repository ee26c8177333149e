"""Reads about people."""

from collections import defaultdict
from datetime import date, datetime

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from autosilo.platform.resources.people.models import (
    AuditEntry,
    DrivingLicence,
    Flag,
    FlagState,
    Mark,
    Membership,
    Person,
    Tier,
)


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
    return tier_by(membership_of(person=person), now=now)


def tier_by(membership: Membership | None, *, now: datetime) -> str:
    """As ``tier_of``, of a membership that was read already."""
    if membership is None or (membership.until is not None and membership.until <= now):
        return Tier.BASIC
    return membership.tier


def licence_valid(*, person: Person, on: date) -> bool:
    licence = licence_of(person=person)
    return licence is not None and licence.expires_on >= on


def audit_trail(*, limit: int = 200) -> list[AuditEntry]:
    """The latest entries, newest first, with their actors."""
    return list(AuditEntry.objects.select_related("actor")[:limit])


def open_flags() -> QuerySet[Flag]:
    """The longest open first, each with ``accounts``: how many share the mark."""
    return _flags().filter(state=FlagState.OPEN).order_by("opened_at", "pk")


def closed_flags() -> QuerySet[Flag]:
    return _flags().exclude(state=FlagState.OPEN).order_by("-closed_at", "pk")


def _flags() -> QuerySet[Flag]:
    same = Mark.objects.filter(kind=OuterRef("kind"), digest=OuterRef("digest")).order_by()
    number = same.values("digest").annotate(number=Count("pk")).values("number")
    return Flag.objects.select_related("closed_by").annotate(accounts=Coalesce(Subquery(number), 0))


def accounts_of(flags: list[Flag]) -> dict[int, list[Person]]:
    """The accounts that share each flag's mark, the oldest first, by the flag's id. One query for all."""
    wanted = {(flag.kind, flag.digest): flag.pk for flag in flags}
    rows = Mark.objects.filter(digest__in=[flag.digest for flag in flags]).select_related("person").order_by("at", "pk")
    found: dict[int, list[Person]] = defaultdict(list)
    for row in rows:
        if (row.kind, row.digest) in wanted:
            found[wanted[row.kind, row.digest]].append(row.person)
    return found
