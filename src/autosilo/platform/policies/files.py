"""A policy as a file: TOML composed of the known rules. Text in, policy out; errors name the line. Pure."""

import tomllib
from collections.abc import Sequence
from datetime import UTC, timedelta
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from autosilo.platform.policies import rules
from autosilo.platform.policies.facts import Membership
from autosilo.platform.policies.overbooking import FULL, OverBooking
from autosilo.platform.policies.policy import DEFAULT_MODES, Policy, Review
from autosilo.platform.policies.terms import Afterwards, FeeBand, TermsOf
from autosilo.tower.toml_lines import line_of, lines_of
from autosilo.wire.identity import IdentityMode

NAME_LENGTH = 30
"""Of name and version together, as a trial keeps them."""
MOST_BYTES = 64 * 1024
MINUTE = timedelta(minutes=1)
ALWAYS_NEEDED = ("one_at_a_time", "model_once", "licence", "age")
"""The database keeps the first two whatever a policy says, and the law asks for the others."""


class PolicyFileError(Exception):
    """A policy that cannot be used: one line for each mistake, ``FILE:LINE: KEY: WORDS``."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Credit(_Part):
    kind: Literal["credit"]
    over: int = Field(ge=0, le=1000)


class _Member(_Part):
    kind: Literal["membership"]
    tier: Membership


class _Count(_Part):
    kind: Literal["trial_count"]
    most: int = Field(ge=1, le=1000)
    months: int | None = Field(default=None, ge=1, le=120)


class _Bare(_Part):
    kind: Literal["one_at_a_time", "model_once"]


class _Licence(_Part):
    """A market that takes the shopper's word has to say so."""

    kind: Literal["licence"]
    verified: bool = True


class _Age(_Part):
    kind: Literal["age"]
    least_years: int = Field(ge=16, le=99)


_AnyPart = _Credit | _Member | _Count | _Bare | _Licence | _Age
_Rule = Annotated[_AnyPart, Field(discriminator="kind")]


class _Fee(_Part):
    price_up_to_minor: int | None = Field(default=None, ge=1)
    fee_minor: int = Field(ge=0)


class _FreeFor(_Part):
    tier: Membership | None = None
    credit_over: int | None = Field(default=None, ge=0, le=1000)


class _Afterwards(_Part):
    no_show: Literal["fee_kept", "fee_returned"] = "fee_kept"
    inspect_hours: int = Field(default=0, ge=0, le=72)
    late_hour_minor: int = Field(default=0, ge=0)


class _Terms(_Part):
    deposit_minor: int = Field(default=0, ge=0)
    free_for: _FreeFor = _FreeFor()
    fee: tuple[_Fee, ...] = ()
    afterwards: _Afterwards = _Afterwards()

    @model_validator(mode="after")
    def _bands_rise(self) -> Self:
        ends = [band.price_up_to_minor for band in self.fee]
        if ends and ends[-1] is not None:
            raise ValueError("the last fee must be for every dearer model: leave its price_up_to_minor out")
        closed = [end for end in ends[:-1] if end is not None]
        if len(closed) != len(ends[:-1]) or sorted(set(closed)) != closed:
            raise ValueError("each fee but the last needs a price_up_to_minor, higher than that of the one before")
        return self


class _OverBooking(_Part):
    """Whoever writes it says all three: nothing of it goes without saying."""

    turn_round_minutes: int = Field(ge=15, lt=FULL // MINUTE)
    most: int = Field(ge=1, le=100)
    most_risk: float = Field(gt=0, le=0.5)


class _File(_Part):
    market: str = Field(pattern=r"^[a-z][a-z0-9-]{0,19}$")
    name: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    version: str = Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z.-]*$")
    valid_from: AwareDatetime
    valid_until: AwareDatetime | None = None
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    trial_hours: int = Field(ge=1, le=24 * 14)
    review: Review
    identity: tuple[IdentityMode, ...] = DEFAULT_MODES
    rule: tuple[_Rule, ...] = Field(min_length=1)
    terms: _Terms = _Terms()
    over_booking: _OverBooking | None = None

    @field_validator("identity")
    @classmethod
    def _nobody_needs_a_face(cls, modes: tuple[IdentityMode, ...]) -> tuple[IdentityMode, ...]:
        if len(set(modes)) != len(modes):
            raise ValueError("a mode is there twice")
        if IdentityMode.PASS_CODE not in modes:
            raise ValueError("pass_code must be among them: nobody has to give a face")
        return modes

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        if len(self.name) + 1 + len(self.version) > NAME_LENGTH:
            raise ValueError(f"name and version together are longer than {NAME_LENGTH - 1} letters")
        if self.valid_until is not None and self.valid_until <= self.valid_from:
            raise ValueError("valid_until must be after valid_from")
        kinds = [rule.kind for rule in self.rule]
        if len(set(kinds)) != len(kinds):
            raise ValueError("a kind of rule is there twice")
        missing = [kind for kind in ALWAYS_NEEDED if kind not in kinds]
        if missing:
            raise ValueError("every market needs the rule " + ", ".join(missing))
        asked = {rule.over for rule in self.rule if isinstance(rule, _Credit)}
        free = self.terms.free_for.credit_over
        if asked and free is not None and asked != {free}:
            raise ValueError("the bureau is asked one question: rule credit and terms.free_for.credit_over must agree")
        return self


def read(text: str, *, name: str = "policy") -> Policy:
    """The policy that ``text`` describes. Raises ``PolicyFileError``; ``name`` is how its lines begin."""
    if len(text.encode()) > MOST_BYTES:
        raise PolicyFileError(f"{name}: longer than {MOST_BYTES // 1024} KiB")
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyFileError(f"{name}: not TOML: {error}") from error
    try:
        return _policy(_File.model_validate(raw))
    except ValidationError as error:
        raise PolicyFileError(_mistakes(name, text, error)) from error


def _policy(file: _File) -> Policy:
    length = timedelta(hours=file.trial_hours)
    free = file.terms.free_for
    asked = next((rule.over for rule in file.rule if isinstance(rule, _Credit)), None)
    return Policy(
        market=file.market,
        name=file.name,
        version=file.version,
        valid_from=file.valid_from.astimezone(UTC),
        valid_until=file.valid_until.astimezone(UTC) if file.valid_until else None,
        trial_length=length,
        credit_threshold=free.credit_over if asked is None else asked,
        credit_required=asked is not None,
        review=file.review,
        identity=file.identity,
        currency=file.currency,
        afterwards=_afterwards(file.terms.afterwards),
        over_booking=_over_booking(file.over_booking),
        rules=tuple(rule for one in file.rule for rule in _rules(one, length)),
        terms=TermsOf(
            currency=file.currency,
            deposit_minor=file.terms.deposit_minor,
            bands=tuple(FeeBand(up_to_minor=one.price_up_to_minor, fee_minor=one.fee_minor) for one in file.terms.fee),
            free_member=rules.MemberOf(tier=free.tier) if free.tier else None,
            free_credit=rules.CreditOver(threshold=free.credit_over) if free.credit_over is not None else None,
        ),
    )


def _afterwards(part: _Afterwards) -> Afterwards:
    return Afterwards(
        no_show_keeps_fee=part.no_show == "fee_kept",
        inspect=timedelta(hours=part.inspect_hours),
        late_hour_minor=part.late_hour_minor,
    )


def _over_booking(part: _OverBooking | None) -> OverBooking | None:
    if part is None:
        return None
    return OverBooking(turn_round=part.turn_round_minutes * MINUTE, most=part.most, most_risk=part.most_risk)


def _rules(one: _AnyPart, length: timedelta) -> tuple[rules.AnyRule, ...]:
    match one:
        case _Credit():
            return (rules.CreditOver(threshold=one.over),)
        case _Member():
            return (rules.MemberOf(tier=one.tier),)
        case _Count():
            return (rules.TrialCount(most=one.most, months=one.months),)
        case _Age():
            return (rules.LeastAge(years=one.least_years),)
        case _Licence():
            valid = rules.LicenceValid(trial_length=length)
            return (valid, rules.LicenceVerified(trial_length=length)) if one.verified else (valid,)
        case _Bare():
            return (rules.OneAtATime() if one.kind == "one_at_a_time" else rules.ModelOnce(),)


def _mistakes(name: str, text: str, error: ValidationError) -> str:
    """One line for each, in the order of the file."""
    lines = lines_of(text)
    found = []
    for one in error.errors(include_url=False):
        where = _in_file(one["loc"])
        line = line_of(lines, where)
        key = ".".join(str(part) for part in where) or "(whole file)"
        words = one["msg"].removeprefix("Value error, ")
        found.append((line or 0, f"{name}{f':{line}' if line else ''}: {key}: {words}"))
    return "\n".join(words for _line, words in sorted(found))


def _in_file(loc: Sequence[str | int]) -> tuple[str | int, ...]:
    """Without pydantic's name of the kind after ``rule.N``, which does not stand in the file."""
    path = tuple(loc)
    return (*path[:2], *path[3:]) if path[:1] == ("rule",) and len(path) > 2 else path
