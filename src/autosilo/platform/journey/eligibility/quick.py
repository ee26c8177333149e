"""The facts of a decision in one read.

Says what ``queries.facts_of`` says, without an object for each row; a test holds the two against each other.
"""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from autosilo.platform.journey.eligibility.queries import standing_of
from autosilo.platform.kit import hot
from autosilo.platform.policies.facts import CreditFact, EarlierTrial, Membership, TrialFacts
from autosilo.platform.policies.policy import WAIVABLE, Policy
from autosilo.platform.resources.catalogue.models import CarModel
from autosilo.platform.resources.people.models import Tier
from autosilo.platform.resources.sites.models import Site

_FACTS = """
    SELECT p.id, p.birth_date, p.is_active, p.first_name <> '' AND p.last_name <> '' AND p.phone <> '',
           l.number, l.expires_on, m.tier, m.until, c.meets, c.asked_at, c.valid_until, t.earlier, w.rules,
           CASE WHEN f.at >= l.stated_at THEN f.expires_on END
    FROM people_person p
    LEFT JOIN people_drivinglicence l ON l.person_id = p.id
    LEFT JOIN licences_licenceproof f ON f.licence_id = l.id
    LEFT JOIN people_membership m ON m.person_id = p.id
    LEFT JOIN LATERAL (
        SELECT k.meets, k.asked_at, k.valid_until FROM eligibility_creditcheck k
        WHERE k.person_id = p.id AND k.threshold = %(threshold)s AND k.valid_until > %(now)s
              AND k.asked_at >= l.stated_at
        ORDER BY k.asked_at DESC LIMIT 1
    ) c ON true
    LEFT JOIN LATERAL (
        SELECT array_agg(ARRAY[
            e.car_model_id, extract(epoch FROM coalesce(e.handed_over_at, e.slot_start))::text, e.state,
            extract(epoch FROM e.created_at)::text
        ]) AS earlier
        FROM trial_trial e WHERE e.person_id = p.id
    ) t ON true
    LEFT JOIN LATERAL (
        SELECT array_agg(d.rules::text) AS rules
        FROM eligibility_review v
        JOIN eligibility_eligibilitydecision d ON d.id = v.decision_id
        JOIN sites_site s ON s.slug = v.site_id
        WHERE v.person_id = p.id AND v.car_model_id = %(model)s AND s.market = %(market)s
              AND v.state = 'overturned' AND v.book_until > %(now)s
    ) w ON true
    WHERE p.id = {who}
"""


@dataclass(frozen=True)
class Seeker:
    """Who wants to drive, as one row tells it. ``made_at``: when each earlier booking was made."""

    person: int
    complete: bool
    birth_date: date | None
    licence_until: date | None
    tier: str | None
    member_until: datetime | None
    credit: CreditFact | None
    earlier: tuple[EarlierTrial, ...]
    made_at: tuple[datetime, ...]
    waived: tuple[str, ...]
    proved_until: date | None

    def facts(
        self, *, car_model: CarModel, currency: str, starts_at: datetime, zone: ZoneInfo, now: datetime
    ) -> TrialFacts:
        """Everything that a market rule may know; of the model that was asked about."""
        lapsed = self.member_until is not None and self.member_until <= now
        held = Tier.BASIC.value if lapsed else self.tier
        return TrialFacts(
            now=now,
            starts_at=starts_at,
            zone=zone,
            model=car_model.pk,
            birth_date=self.birth_date,
            licence_valid_until=self.licence_until,
            membership=Membership(held) if held else None,
            membership_until=self.member_until.astimezone(zone).date() if self.member_until else None,
            credit=self.credit,
            earlier=self.earlier,
            price_minor=car_model.price_minor if car_model.currency == currency else None,
            waived=self.waived,
            licence_proved_until=self.proved_until,
        )


def facts_sql(who: str) -> str:
    """The read of one person, who is named by the SQL expression ``who``; needs ``parameters``."""
    return _FACTS.format(who=who)


BY_ID = facts_sql("%(who)s")


def seeker(*, person: int, policy: Policy, car_model: CarModel, site: Site, now: datetime) -> Seeker | None:
    """Of a person by their number; None for an account that is shut. One query."""
    values = parameters(policy=policy, car_model=car_model, site=site, now=now)
    found = hot.rows(BY_ID, {**values, "who": person})
    return seeker_of(found[0], threshold=policy.credit_threshold, utc=UTC) if found else None


def seeker_of(row: tuple[Any, ...], *, threshold: int | None, utc: Any) -> Seeker | None:
    """From a row of ``facts_sql``; None for an account that is shut."""
    person, birth, is_active, named, number, expires, tier, until, *answer, earlier, passed, proved = row
    meets, asked_at, valid_until = answer
    if not is_active:
        return None
    credit = None
    if meets is not None and threshold is not None:
        credit = CreditFact(threshold=threshold, meets=meets, asked_at=asked_at, valid_until=valid_until)
    rows = earlier or []
    return Seeker(
        person=person,
        complete=bool(named and birth and number and expires),
        birth_date=birth,
        licence_until=expires,
        tier=tier,
        member_until=until,
        credit=credit,
        earlier=tuple(
            EarlierTrial(model=model, starts_at=datetime.fromtimestamp(float(at), utc), standing=standing_of(state))
            for model, at, state, _made in rows
        ),
        made_at=tuple(datetime.fromtimestamp(float(made), utc) for _model, _at, _state, made in rows),
        waived=_waived(passed or []),
        proved_until=proved,
    )


def parameters(*, policy: Policy, car_model: CarModel, site: Site, now: datetime) -> dict[str, Any]:
    """What ``facts_sql`` needs beside ``who``."""
    threshold = policy.credit_threshold if policy.credit_threshold is not None else -1
    return {"threshold": threshold, "now": now, "model": car_model.pk, "market": site.market}


def _waived(passed: list[str]) -> tuple[str, ...]:
    return tuple(sorted({rule["rule"] for rules in passed for rule in json.loads(rules) if not rule["met"]} & WAIVABLE))
