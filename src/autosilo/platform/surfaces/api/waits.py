"""Places on the wait-list, for the shoppers who are linked to a program."""

from datetime import timedelta
from http import HTTPStatus
from typing import Annotated

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Header, Query, Router, Status

from autosilo.platform.journey.booking import queries, waiting
from autosilo.platform.journey.booking.calendar import BOOKABLE_DAYS
from autosilo.platform.journey.booking.models import WaitState
from autosilo.platform.journey.booking.queries import Waiting
from autosilo.platform.journey.booking.refusals import CannotBook
from autosilo.platform.journey.booking.wishes import wishes
from autosilo.platform.kit import clock
from autosilo.platform.resources.people.models import Person
from autosilo.platform.resources.programs.queries import linked, subjects_of
from autosilo.platform.resources.programs.states import Scope
from autosilo.platform.surfaces.api import paging
from autosilo.platform.surfaces.api.access import ProgramToken, access_of
from autosilo.platform.surfaces.api.problems import Problem, problem
from autosilo.platform.surfaces.api.schemas import WaitIn, WaitOut, WaitsOut
from autosilo.platform.surfaces.replies import told

router = Router(tags=["wait-list"])
READING = {304: None, 401: Problem, 403: Problem, 404: Problem, 422: Problem, 429: Problem}
WRITING = {401: Problem, 403: Problem, 404: Problem, 409: Problem, 422: Problem, 429: Problem}
STATUS_OF = {"not_offered": HTTPStatus.NOT_FOUND, "window": HTTPStatus.UNPROCESSABLE_ENTITY}


@router.post(
    "/waits",
    auth=ProgramToken(Scope.WRITE),
    response={201: WaitOut, 200: WaitOut} | WRITING,
    summary="Wait for a car",
)
def wait(request: HttpRequest, body: WaitIn) -> HttpResponse:
    """A place at the end of the list. When it is its turn, a car is held for half an hour, and you hear
    ``booking.offered``. Asking again while it waits changes nothing (200)."""
    program, now = access_of(request).program, clock.now()
    person = linked(program, body.shopper)
    if person is None:
        return problem(HTTPStatus.NOT_FOUND, str(CannotBook("unknown_person")), code="unknown_person")
    try:
        wish = wishes.wish(model=body.model, paint=body.paint, site=body.site, slot_start=now)
        entry = waiting.wait(
            person=person,
            car_model=wish.car_model,
            paint=wish.paints[0] if body.paint else None,
            site=wish.site,
            not_before=body.not_before or now,
            not_after=body.not_after or now + timedelta(days=BOOKABLE_DAYS),
            now=now,
            channel=program,
        )
    except (CannotBook, waiting.CannotWait) as refusal:
        known = _known(program, person, body) if refusal.reason == "waiting" else None
        if known is not None:
            return _reply(_told(known, body.shopper))
        return problem(STATUS_OF.get(refusal.reason, HTTPStatus.CONFLICT), str(refusal), code=refusal.reason)
    return _reply(_told(_mine(program, entry.pk), body.shopper), status=HTTPStatus.CREATED)


@router.get("/waits", auth=ProgramToken(Scope.READ), response={200: WaitsOut} | READING, summary="Your places")
def waits(
    request: HttpRequest,
    cursor: str = "",
    limit: Annotated[int, Query(ge=1, le=paging.MOST)] = paging.USUAL,
    if_none_match: Annotated[str, Header(alias="If-None-Match")] = "",
) -> HttpResponse:
    """Those that your program has asked for, newest first."""
    program = access_of(request).program
    rows = queries.waits_of_channel(program, before=paging.number(cursor), limit=limit + 1)
    shown = rows[:limit]
    names = subjects_of(program, {one.entry.person_id for one in shown})
    items = [_told(one, names.get(one.entry.person_id, "")) for one in shown]
    following = str(shown[-1].entry.pk) if len(rows) > limit else None
    return _reply(WaitsOut(items=items, next=following), if_none_match)


@router.get("/waits/{wait_id}", auth=ProgramToken(Scope.READ), response={200: WaitOut} | READING, summary="One place")
def one_wait(
    request: HttpRequest, wait_id: int, if_none_match: Annotated[str, Header(alias="If-None-Match")] = ""
) -> HttpResponse:
    """How it stands: how many are before it, or which hold was offered."""
    program = access_of(request).program
    found = _mine(program, wait_id)
    names = subjects_of(program, [found.entry.person_id])
    return _reply(_told(found, names.get(found.entry.person_id, "")), if_none_match)


@router.delete("/waits/{wait_id}", auth=ProgramToken(Scope.WRITE), response={204: None} | WRITING, summary="Leave")
def leave(request: HttpRequest, wait_id: int) -> Status[None]:
    """Give the place up. Nothing happens when it waits no more; a hold that was offered is cancelled as a booking."""
    waiting.leave(entry=_mine(access_of(request).program, wait_id).entry)
    return Status(HTTPStatus.NO_CONTENT, None)


def _mine(program: str, wait_id: int) -> Waiting:
    """Another program's place is as unknown as one that does not exist."""
    fits = 0 <= wait_id < 10**paging.MOST_DIGITS
    found = queries.waits_of_channel(program, number=wait_id) if fits else []
    if not found:
        raise Http404("Your program has no such place on a wait-list.")
    return found[0]


def _known(program: str, person: Person, body: WaitIn) -> Waiting | None:
    """The place that waits already for the same; None when the shopper asked for it elsewhere, or for another paint."""
    places = (one for one in queries.still_waiting(person) if one.entry.channel == program)
    wanted = (body.model, body.site, body.paint)
    return next((one for one in places if _wish_of(one) == wanted), None)


def _wish_of(one: Waiting) -> tuple[str, str, str]:
    return one.entry.car_model_id, one.entry.site_id, one.entry.paint.code if one.entry.paint else ""


def _told(one: Waiting, shopper: str) -> WaitOut:
    entry = one.entry
    return WaitOut(
        id=entry.pk,
        shopper=shopper,
        model=entry.car_model_id,
        paint=entry.paint.code if entry.paint else None,
        site=entry.site_id,
        not_before=entry.not_before,
        not_after=entry.not_after,
        state=entry.state,
        ahead=one.ahead if entry.state == WaitState.WAITING else None,
        booking=entry.trial_id,
        made_at=entry.made_at,
        offered_at=entry.offered_at,
    )


def _reply(content: WaitOut | WaitsOut, if_none_match: str = "", *, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    return told(content.model_dump_json().encode(), if_none_match, status=status)
