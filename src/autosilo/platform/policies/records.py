"""Facts as JSON, kept beside a decision so that it can be made again: by the same rules, or to try others. Pure.

Neither a name nor a number of a document or a person is among them.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from autosilo.platform.policies.facts import CreditFact, EarlierTrial, Membership, Standing, TrialFacts


class NotFacts(ValueError):
    """A record that is not of facts, or of a version that is not known."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", from_attributes=True)


class _Credit(_Part):
    threshold: int
    meets: bool
    asked_at: AwareDatetime
    valid_until: AwareDatetime


class _Earlier(_Part):
    model: str
    starts_at: AwareDatetime
    standing: Standing


class _Facts(_Part):
    v: Literal[1] = 1
    now: AwareDatetime
    starts_at: AwareDatetime
    zone: str
    model: str
    price_minor: int | None
    birth_date: date | None
    licence_valid_until: date | None
    membership: Membership | None
    membership_until: date | None
    credit: _Credit | None
    earlier: tuple[_Earlier, ...]
    waived: tuple[str, ...]
    licence_proved_until: date | None = None
    """Not in records of before licences were verified."""


def to_record(facts: TrialFacts) -> dict[str, Any]:
    """JSON values only."""
    fields = {name: getattr(facts, name) for name in _Facts.model_fields if name not in ("v", "zone")}
    return _Facts(**fields, zone=facts.zone.key).model_dump(mode="json")


def from_record(record: Mapping[str, Any]) -> TrialFacts:
    """The facts again. Raises ``NotFacts``."""
    try:
        read = _Facts.model_validate(record, strict=False)
        zone = ZoneInfo(read.zone)
    except (ValidationError, ValueError, KeyError) as error:
        raise NotFacts("not a record of facts") from error
    return TrialFacts(
        now=read.now,
        starts_at=read.starts_at,
        zone=zone,
        model=read.model,
        price_minor=read.price_minor,
        birth_date=read.birth_date,
        licence_valid_until=read.licence_valid_until,
        membership=read.membership,
        membership_until=read.membership_until,
        credit=CreditFact(**read.credit.model_dump()) if read.credit else None,
        earlier=tuple(EarlierTrial(**one.model_dump()) for one in read.earlier),
        waived=read.waived,
        licence_proved_until=read.licence_proved_until,
    )
