"""Take a car for somebody: the one way in which a booking begins, made for thousands at once.

Two statements: the facts of the decision, and the claim. The claim probes the cars of the wish one after another in
random order, passes over those that somebody else is taking at this instant, and writes the trial, its reservation,
its decision, its history and its job at once. The exclusion constraint has the last word: a claim that it refuses is
tried again.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import psycopg
import structlog
from django.db import transaction

from autosilo.platform.journey.booking import calendar, line, overbooking
from autosilo.platform.journey.booking.claim_sql import EAGER, PATIENT
from autosilo.platform.journey.booking.refusals import CannotBook
from autosilo.platform.journey.booking.reliance import past_delays
from autosilo.platform.journey.booking.said import costs
from autosilo.platform.journey.eligibility import quick
from autosilo.platform.journey.trial.states import TrialState
from autosilo.platform.kit import hot
from autosilo.platform.policies.decision import Rule
from autosilo.platform.policies.overbooking import OverBooking
from autosilo.platform.policies.records import to_record
from autosilo.platform.policies.registry import policy_for
from autosilo.platform.resources.catalogue.models import CarModel, Paint
from autosilo.platform.resources.sites.models import Site
from autosilo.platform.resources.sites.queries import zone_of

log = structlog.get_logger(__name__)

HOLD = timedelta(minutes=10)
"""A car that is held and not confirmed by then is free again."""
MOST_TRIES_AN_HOUR = 10
"""Holds and bookings of one person: changing one's mind is fine, keeping cars from others is not."""
HOUR = timedelta(hours=1)
SETTLE_IN = "autosilo.settle_in"
"""The job that gives a confirmed booking its pass and tells the site."""
DECIDED = ("policy", "rules", "terms", "facts", "fee", "deposit", "currency")
ATTEMPTS = 6
"""Claims that meet in the constraint are tried again; each meeting means that somebody else got a car."""

REASON_OF_RULE = {Rule.ONE_AT_A_TIME: "already_active", Rule.MODEL_ONCE: "model_tried"}
REASON_OF_CONSTRAINT = {
    "one_active_trial_per_person": "already_active",
    "each_model_once_per_person": "model_tried",
    "car_booked_once_at_a_time": "car_taken",
    "idempotency_key_once": "key_used",
}


@dataclass(frozen=True, kw_only=True)
class Wish:
    """``paints``: any of them will do. ``slot_start`` is aware, in UTC."""

    car_model: CarModel
    paints: tuple[Paint, ...]
    site: Site
    slot_start: datetime
    channel: str = ""
    """The program that books, if any."""


@dataclass(frozen=True, kw_only=True)
class Key:
    """A request that may come twice (``Idempotency-Key``): whose it is, its name, and a hash of what it asks."""

    scope: str
    key: str
    request_hash: str


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """``answer``: JSON, as it was given the first time. ``replayed``: this very request had been served before."""

    trial: UUID
    answer: str
    replayed: bool = False


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A person as a program knows them (``programs.Link``)."""

    program: str
    subject: str


_BY_SUBJECT = quick.facts_sql(
    "(SELECT person_id FROM programs_link WHERE program_id = %(program)s AND subject = %(subject)s)"
)


def claim(
    *,
    person: int | Subject,
    wish: Wish,
    now: datetime,
    hold_for: timedelta | None = HOLD,
    key: Key | None = None,
) -> Claimed:
    """Hold a car for a while, or book it at once when ``hold_for`` is None.

    Raises ``CannotBook``; then nothing was written.

    The same ``key`` again is answered as the first time; with another wish it is refused (``key_reused``).
    """
    try:
        return _claim(person, wish, hold_for, now, key)
    except CannotBook:
        if key is None:
            raise
        earlier = served(key)
        if earlier is None:
            raise
        return earlier


def _claim(person: int | Subject, wish: Wish, hold_for: timedelta | None, now: datetime, key: Key | None) -> Claimed:
    check_wish(wish, now=now)
    opens = line.opens_at(model=wish.car_model.pk, site=wish.site.pk)
    if opens is not None and now < opens:
        raise CannotBook("not_open")
    policy = policy_for(wish.site.market, now)
    values = quick.parameters(policy=policy, car_model=wish.car_model, site=wish.site, now=now)
    if isinstance(person, Subject):
        found = hot.rows(_BY_SUBJECT, {**values, "program": person.program, "subject": person.subject})
    else:
        found = hot.rows(quick.BY_ID, {**values, "who": person})
    seeker = quick.seeker_of(found[0], threshold=policy.credit_threshold, utc=UTC) if found else None
    if seeker is None:
        raise CannotBook("unknown_person")
    if not seeker.complete:
        raise CannotBook("not_eligible", why="details_missing")
    if policy.credit_threshold is not None and policy.credit_required and seeker.credit is None:
        raise CannotBook("not_eligible", why="consent_needed")
    if sum(made > now - HOUR for made in seeker.made_at) >= MOST_TRIES_AN_HOUR:
        raise CannotBook("too_many_holds")
    zone = zone_of(wish.site)
    facts = seeker.facts(
        car_model=wish.car_model, currency=policy.currency, starts_at=wish.slot_start, zone=zone, now=now
    )
    record = policy.decide(facts).as_record()
    if not record["allowed"]:
        raise _refused(record, seeker.person)
    terms = record["terms"]
    if hold_for is None and (terms["fee_minor"] or terms["deposit_minor"]):
        raise CannotBook("unpaid")
    values |= {
        "policy": policy.full_name,
        "rules": json.dumps(record["rules"]),
        "terms": json.dumps(terms),
        "fee": terms["fee_minor"],
        "deposit": terms["deposit_minor"],
        "currency": terms["currency"],
        "facts": json.dumps(to_record(facts)),
    }
    take = partial(_take, seeker.person, wish, hold_for, now, key, values, policy.trial_length)
    try:
        return take()
    except CannotBook as refusal:
        if refusal.reason != "car_taken" or policy.over_booking is None:
            raise
        limit = policy.over_booking
    return _over_book(take, wish.site, limit)


@transaction.atomic
def _over_book(take: Callable[..., Claimed], site: Site, limit: OverBooking) -> Claimed:
    """A car that is due back shortly before, where the policy lets so many be booked at such a risk. What was taken is
    judged and given back when it is too much, so that the judgement is of that car and not of some other."""
    overbooking.lock(site)
    taken = take(relief=limit.relief)
    if not overbooking.over_booked(site, limit=limit, delays=past_delays(site)).is_within:
        raise CannotBook("car_taken")
    return taken


def _refused(record: dict[str, Any], person: int) -> CannotBook:
    """The plainest word for the rules that are not met."""
    rules = {rule["rule"] for rule in record["rules"] if not rule["met"]}
    plain = [reason for rule, reason in REASON_OF_RULE.items() if rule.value in rules]
    reason = plain[0] if plain and rules <= {rule.value for rule in REASON_OF_RULE} else "not_eligible"
    return CannotBook(reason, record=record, person=person)


def _take(
    person: int,
    wish: Wish,
    hold_for: timedelta | None,
    now: datetime,
    key: Key | None,
    decided: dict[str, Any],
    length: timedelta,
    relief: timedelta = timedelta(),
) -> Claimed:
    """``relief``: so much of a car's turn-round before this trial need not be over when its time begins."""
    trial = uuid4()
    values = _values(trial, person, wish, hold_for, now, length, decided) | {
        **{name: decided[name] for name in DECIDED},
        "scope": key.scope if key else "",
        "key": key.key if key else "",
        "hash": key.request_hash if key else "",
    }
    values["kept_from"] += relief
    for attempt in range(ATTEMPTS):
        try:
            found = hot.rows(PATIENT if attempt else EAGER, values)
        except (psycopg.errors.ExclusionViolation, psycopg.errors.UniqueViolation) as error:
            reason = REASON_OF_CONSTRAINT.get(error.diag.constraint_name or "")
            if reason is None:
                raise
            if reason != "car_taken":
                raise CannotBook(reason) from error
            continue
        except psycopg.errors.DeadlockDetected:
            continue
        if found:
            log.debug("car claimed", trial=str(trial), site=wish.site.pk, held=hold_for is not None)
            return Claimed(trial=trial, answer=found[0][0])
        if attempt:
            break
    raise CannotBook("car_taken")


def _values(
    trial: UUID,
    person: int,
    wish: Wish,
    hold_for: timedelta | None,
    now: datetime,
    length: timedelta,
    decided: dict[str, Any],
) -> dict[str, Any]:
    times = calendar.times_of(wish.slot_start, trial_length=length)
    state = TrialState.BOOKED if hold_for is None else TrialState.HELD
    hold_until = None if hold_for is None else now + hold_for
    end = wish.slot_start + calendar.SLOT
    said = {
        "id": str(trial),
        "state": state.value,
        "model": wish.car_model.pk,
        "site": wish.site.pk,
        "slot_start": wish.slot_start.isoformat(),
        "slot_end": end.isoformat(),
        "collect_from": times.collect_from.isoformat(),
        "collect_until": times.collect_until.isoformat(),
        "hold_until": hold_until.isoformat() if hold_until else None,
        **costs(
            trial,
            fee=decided["fee"],
            deposit=decided["deposit"],
            currency=decided["currency"],
            held=hold_until is not None,
        ),
    }
    return {
        "trial": trial,
        "person": person,
        "model": wish.car_model.pk,
        "paints": [paint.pk for paint in wish.paints],
        "site": wish.site.pk,
        "state": state.value,
        "start": wish.slot_start,
        "end": end,
        "collect_from": times.collect_from,
        "collect_until": times.collect_until,
        "kept_from": times.kept_from,
        "ready_by": times.kept_from,
        "kept_until": times.kept_until,
        "hold_until": hold_until,
        "now": now,
        "channel": wish.channel,
        "task": SETTLE_IN,
        "said": json.dumps(said),
    }


def served(key: Key) -> Claimed | None:
    """What this request was answered before; None when it is new. Raises ``CannotBook(key_reused)``."""
    found = hot.rows(
        "SELECT request_hash, answer::text, trial_id FROM booking_idempotencykey"
        " WHERE scope = %(scope)s AND key = %(key)s",
        {"scope": key.scope, "key": key.key},
    )
    if not found:
        return None
    known_hash, answer, trial = found[0]
    if known_hash != key.request_hash:
        raise CannotBook("key_reused")
    return Claimed(trial=trial, answer=answer, replayed=True)


def check_wish(wish: Wish, *, now: datetime) -> None:
    """Is it offered, and is that a time at which a car can be collected? Raises ``CannotBook``."""
    if not wish.car_model.on_sale or any(paint.model_id != wish.car_model.pk for paint in wish.paints):
        raise CannotBook("not_offered")
    if not wish.paints:
        raise CannotBook("not_offered")
    if not wish.site.open_for_booking:
        raise CannotBook("site_closed")
    if not calendar.is_bookable(wish.slot_start, now=now):
        raise CannotBook("slot_past")
    if not calendar.is_slot(wish.site, wish.slot_start):
        raise CannotBook("slot_closed")
    if wish.slot_start - now > timedelta(days=calendar.BOOKABLE_DAYS):
        raise CannotBook("slot_too_far")
