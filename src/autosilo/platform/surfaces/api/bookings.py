"""Bookings by programs, for the shoppers who are linked to them."""

import hashlib
import json
import time
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Header, Query, Router

from autosilo.platform.journey.booking import actions as booking
from autosilo.platform.journey.booking import availability, claim, said, soldout
from autosilo.platform.journey.booking.calendar import BOOKABLE_DAYS
from autosilo.platform.journey.booking.wishes import wishes
from autosilo.platform.journey.returns import moving
from autosilo.platform.journey.trial import queries as trials
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.kit import clock
from autosilo.platform.resources.people.models import Person
from autosilo.platform.resources.programs.states import Scope
from autosilo.platform.resources.programs.tokens import Access
from autosilo.platform.surfaces.api import paging
from autosilo.platform.surfaces.api.access import ProgramToken, access_of
from autosilo.platform.surfaces.api.problems import Problem
from autosilo.platform.surfaces.api.schemas import AvailabilityOut, BookingIn, BookingOut, BookingsOut, MoveIn
from autosilo.platform.surfaces.replies import Reply, problem, told, with_etag

router = Router(tags=["bookings"])
REFUSED = {401: Problem, 402: Problem, 403: Problem, 404: Problem, 409: Problem, 422: Problem, 429: Problem}
READING = {304: None, 401: Problem, 403: Problem, 404: Problem, 422: Problem, 429: Problem}
STATUS_OF = {
    "not_offered": HTTPStatus.NOT_FOUND,
    "unknown_person": HTTPStatus.NOT_FOUND,
    "key_reused": HTTPStatus.UNPROCESSABLE_ENTITY,
    "too_many_holds": HTTPStatus.TOO_MANY_REQUESTS,
    "not_eligible": HTTPStatus.FORBIDDEN,
    "unpaid": HTTPStatus.PAYMENT_REQUIRED,
}
KEY_LENGTH = 100
FRESH_S = 1.0
"""So long an availability answer is given again without a look at the database."""
KEPT = 2048

_answers: dict[tuple[str, str, str, int], tuple[float, Reply]] = {}


def create(access: Access, body: BookingIn, key: str, now: datetime) -> Reply:
    """Hold or book, once for each key."""
    if not 0 < len(key) <= KEY_LENGTH or not key.isprintable():
        return problem(422, f"Idempotency-Key must have 1 to {KEY_LENGTH} printable characters.", code="key_missing")
    asked = hashlib.sha256(body.model_dump_json().encode()).hexdigest()
    try:
        wish = wishes.wish(
            model=body.model,
            paint=body.paint,
            site=body.site,
            slot_start=body.slot_start.astimezone(UTC),
            channel=access.program,
        )
        sought = claim.Key(scope=f"program:{access.program}", key=key, request_hash=asked)
        if soldout.is_known(soldout.key_of(wish)):
            claimed = claim.served(sought)
            if claimed is None:
                raise booking.CannotBook("car_taken")
            return _created(claimed)
        claimed = claim.claim(
            person=claim.Subject(program=access.program, subject=body.shopper),
            wish=wish,
            now=now,
            hold_for=None if body.confirm else claim.HOLD,
            key=sought,
        )
    except booking.CannotBook as refusal:
        if "record" in refusal.detail:
            booking.keep_refusal(person=Person.objects.get(pk=refusal.detail["person"]), wish=wish, now=now)
        if refusal.reason == "car_taken":
            soldout.remember(soldout.key_of(wish))
        return refused(refusal)
    return _created(claimed)


def _created(claimed: claim.Claimed) -> Reply:
    headers = {"Location": f"/api/v1/bookings/{claimed.trial}"}
    if claimed.replayed:
        headers["Idempotency-Replayed"] = "true"
    return Reply(HTTPStatus.CREATED, claimed.answer.encode(), headers=headers)


def refused(refusal: booking.CannotBook) -> Reply:
    status = STATUS_OF.get(refusal.reason, HTTPStatus.CONFLICT)
    more = {"Retry_After": "600"} if status == HTTPStatus.TOO_MANY_REQUESTS else {}
    return problem(status, str(refusal), code=refusal.detail.get("why") or refusal.reason, **more)


def answer_availability(model: str, site: str, paint: str, days: int, if_none_match: str) -> Reply:
    """The same answer for everybody who asks within ``FRESH_S``."""
    return fresh_availability(model, site, paint, days, if_none_match) or look_up(
        model, site, paint, days, if_none_match
    )


def fresh_availability(model: str, site: str, paint: str, days: int, if_none_match: str) -> Reply | None:
    """Without a query; None when nobody has asked of late."""
    known = _answers.get((model, site, paint, days))
    if known is None or known[0] < time.monotonic():
        return None
    return with_etag(known[1], if_none_match)


def look_up(model: str, site: str, paint: str, days: int, if_none_match: str) -> Reply:
    try:
        wish = wishes.wish(model=model, paint=paint, site=site, slot_start=datetime.now(UTC))
    except booking.CannotBook as refusal:
        return refused(refusal)
    now = clock.now()
    found = availability.free(car_model=wish.car_model, paints=wish.paints, site=wish.site, now=now, days=days)
    content = {
        "model": model,
        "site": site,
        "paint": paint or None,
        "cars": found.cars,
        "whereabouts": {
            name: [_utc(at) for at in value] if isinstance(value, tuple) else value
            for name, value in vars(found.where).items()
        },
        "sold_out": not any(found.free),
        "slots": [{"start": _utc(start), "free": free} for start, free in zip(found.starts, found.free, strict=True)],
    }
    body = json.dumps(content, separators=(",", ":")).encode()
    reply = Reply(HTTPStatus.OK, body, headers={"Cache-Control": f"public, max-age={FRESH_S:.0f}"})
    if len(_answers) >= KEPT:
        _answers.clear()
    _answers[(model, site, paint, days)] = (time.monotonic() + FRESH_S, reply)
    return with_etag(reply, if_none_match)


def _utc(instant: float) -> str:
    return datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def forget_answers() -> None:
    _answers.clear()


@router.get("/availability", response={200: AvailabilityOut, 304: None} | {404: Problem, 422: Problem, 429: Problem})
def get_availability(
    request: HttpRequest,
    model: str,
    site: str,
    paint: str = "",
    days: Annotated[int, Query(ge=1, le=BOOKABLE_DAYS)] = BOOKABLE_DAYS,
    if_none_match: Annotated[str, Header(alias="If-None-Match")] = "",
) -> HttpResponse:
    """How many cars of a model each coming slot has left, at one site; with an ETag, at most a second old."""
    return answer_availability(model, site, paint, days, if_none_match).for_django()


@router.post("/bookings", auth=ProgramToken(Scope.WRITE), response={201: BookingOut} | REFUSED, summary="Hold or book")
def post_booking(
    request: HttpRequest, body: BookingIn, idempotency_key: Annotated[str, Header(alias="Idempotency-Key")]
) -> HttpResponse:
    """Holds a car for ten minutes, or books it at once with ``confirm``.

    Where the answer has ``costs``, the shopper pays at ``pay_at`` with their own card while the car is held; that
    confirms the booking, of which you hear as ``booking.confirmed``. With ``confirm`` such a trial is refused: 402,
    ``unpaid``.

    The same key with the same body is answered as the first time (with the header ``Idempotency-Replayed``); with
    another body it is refused. A refusal is not kept: the same request may succeed later.
    """
    return create(access_of(request), body, idempotency_key, clock.now()).for_django()


@router.get("/bookings", auth=ProgramToken(Scope.READ), response={200: BookingsOut} | READING, summary="Your bookings")
def list_bookings(
    request: HttpRequest,
    cursor: str = "",
    limit: Annotated[int, Query(ge=1, le=paging.MOST)] = paging.USUAL,
    if_none_match: Annotated[str, Header(alias="If-None-Match")] = "",
) -> HttpResponse:
    """Those that your program has made, newest first."""
    rows = trials.of_channel(access_of(request).program, before=paging.place(cursor), limit=limit + 1)
    shown = rows[:limit]
    last = (shown[-1].created_at, shown[-1].pk) if shown else None
    content = {"items": [said.booking(row) for row in shown], "next": paging.following(rows, limit, last)}
    return _told(content, if_none_match)


@router.get("/bookings/{booking_id}", auth=ProgramToken(Scope.READ), response={200: BookingOut} | READING)
def get_booking(
    request: HttpRequest, booking_id: UUID, if_none_match: Annotated[str, Header(alias="If-None-Match")] = ""
) -> HttpResponse:
    """One of your program's bookings as it stands."""
    return _told(said.booking(_mine(request, booking_id)), if_none_match)


@router.post("/bookings/{booking_id}/confirm", auth=ProgramToken(Scope.WRITE), response={200: BookingOut} | REFUSED)
def confirm(request: HttpRequest, booking_id: UUID) -> HttpResponse:
    """The shopper has agreed to the terms: the hold becomes a booking. Asking again changes nothing.

    A trial with a fee or a deposit is confirmed by the shopper's payment only: 402, ``unpaid``, until then.
    """
    row = _mine(request, booking_id)
    try:
        booking.confirm(trial=row, now=clock.now())
    except booking.CannotConfirm as refusal:
        if refusal.reason != "confirmed":
            return problem(STATUS_OF.get(refusal.reason, 409), str(refusal), code=refusal.reason).for_django()
    return _told(said.booking(_mine(request, booking_id)), "")


@router.post("/bookings/{booking_id}/move", auth=ProgramToken(Scope.WRITE), response={200: BookingOut} | REFUSED)
def move(request: HttpRequest, booking_id: UUID, body: MoveIn) -> HttpResponse:
    """Another pick-up time, with the same car or another of its kind; a refusal leaves the booking as it is."""
    row = _mine(request, booking_id)
    if row.slot_start != body.slot_start:
        try:
            moving.move(trial=row, slot_start=body.slot_start, now=clock.now())
        except booking.CannotMoveSlot as refusal:
            return problem(409, str(refusal), code=refusal.reason).for_django()
    return _told(said.booking(_mine(request, booking_id)), "")


@router.post("/bookings/{booking_id}/cancel", auth=ProgramToken(Scope.WRITE), response={200: BookingOut} | REFUSED)
def cancel(request: HttpRequest, booking_id: UUID) -> HttpResponse:
    """Free of charge until the car is on its way. Asking again changes nothing."""
    row = _mine(request, booking_id)
    try:
        booking.cancel(trial=row, by=row.person, now=clock.now())
    except booking.CannotCancel as refusal:
        if not (refusal.reason == "over" and row.state == "cancelled"):
            return problem(409, str(refusal), code=refusal.reason).for_django()
    return _told(said.booking(_mine(request, booking_id)), "")


def _mine(request: HttpRequest, booking_id: UUID) -> Trial:
    """Another program's booking is as unknown as one that does not exist."""
    row = trials.get(booking_id)
    if row is None or row.channel != access_of(request).program:
        raise Http404("Your program has no such booking.")
    return row


def _told(content: object, if_none_match: str) -> HttpResponse:
    return told(json.dumps(content, ensure_ascii=False).encode(), if_none_match)
