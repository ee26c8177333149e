"""Memberships that an identity provider says somebody has, renewed at each sign-in with it.

The source owns what it once set: it may raise, renew and lower that. A standing premium membership from elsewhere is
never touched (as with a list, see ``importing``).
"""

from datetime import datetime

from django.db import transaction

from autosilo.platform.resources.people import audit
from autosilo.platform.resources.people.models import Membership, Person, Tier


@transaction.atomic
def renew(*, person: Person, source: str, until: datetime | None, now: datetime) -> Membership | None:
    """``until``: premium so long, as ``source`` says; None: no premium member there. The membership that stands now."""
    held = Membership.objects.select_for_update().filter(person=person).first()
    ours = held is not None and held.source == source
    stands = held is not None and held.tier == Tier.PREMIUM and (held.until is None or held.until > now)
    if (stands or until is None) and not ours:
        return held
    if held is None:
        held = Membership(person=person)
    raised, lowered = until is not None and not stands, until is None and held.tier == Tier.PREMIUM
    if raised or lowered:
        held.since = now
    held.tier, held.until, held.source = Tier.PREMIUM if until else Tier.BASIC, until, source
    held.save()
    if raised or lowered:
        detail = {"source": source, "tier": held.tier}
        audit.record(actor=None, action="membership_claimed", target=audit.target_of(person), detail=detail, now=now)
    return held
