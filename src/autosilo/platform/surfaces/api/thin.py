"""What of the API goes through the quick door."""

from urllib.parse import parse_qsl

from django.conf import settings
from pydantic import ValidationError

from autosilo.platform.journey.booking.calendar import BOOKABLE_DAYS
from autosilo.platform.kit import clock
from autosilo.platform.kit.buckets import Buckets
from autosilo.platform.resources.programs.states import Scope
from autosilo.platform.resources.programs.tokens import Access, gate
from autosilo.platform.surfaces.api import bookings
from autosilo.platform.surfaces.api.schemas import BookingIn
from autosilo.platform.surfaces.door import Asked, Door, Handler
from autosilo.platform.surfaces.replies import Reply, problem

ANONYMOUS_PER_MINUTE = 600

buckets = Buckets()


async def _create(door: Door, asked: Asked) -> Reply:
    token = asked.text(b"authorization").removeprefix("Bearer ").strip()
    return await door.in_thread(_create_here, token, asked.body, asked.text(b"idempotency-key"))


def _create_here(token: str, body: bytes, key: str) -> Reply:
    access = gate.check(token)
    if access is None:
        return problem(401, "This needs a program's token; see /api/v1/oauth/token.", WWW_Authenticate="Bearer")
    if Scope.WRITE.value not in access.scopes:
        return problem(403, f"This needs the scope {Scope.WRITE.value}.")
    if not _allowed(access):
        return problem(429, "Too many requests. Wait, then ask again.", Retry_After="60")
    try:
        wanted = BookingIn.model_validate_json(body)
    except ValidationError as error:
        return _invalid(error)
    return bookings.create(access, wanted, key, clock.now())


async def _availability(door: Door, asked: Asked) -> Reply:
    query = dict(parse_qsl(asked.scope["query_string"].decode("latin-1")))
    days = query.get("days", str(BOOKABLE_DAYS))
    model, site, paint = query.get("model", ""), query.get("site", ""), query.get("paint", "")
    if not (model and site and days.isascii() and days.isdigit() and 1 <= int(days) <= BOOKABLE_DAYS):
        return problem(422, f"model and site are needed, and days from 1 to {BOOKABLE_DAYS}.")
    if "\0" in model + site + paint:
        return problem(404, "There is no such car.")
    if not buckets.allow(f"read:{asked.address}", per_minute=ANONYMOUS_PER_MINUTE * settings.LIMITS_FACTOR):
        return problem(429, "Too many requests. Wait, then ask again.", Retry_After="60")
    known = asked.text(b"if-none-match")
    insists = b"no-cache" in asked.headers.get(b"cache-control", b"")
    fresh = None if insists else bookings.fresh_availability(model, site, paint, int(days), known)
    return fresh or await door.in_thread(bookings.look_up, model, site, paint, int(days), known)


ROUTES: dict[tuple[str, str], Handler] = {
    ("POST", "/api/v1/bookings"): _create,
    ("GET", "/api/v1/availability"): _availability,
}


def _allowed(access: Access) -> bool:
    return buckets.allow(f"program:{access.program}", per_minute=access.per_minute)


def _invalid(error: ValidationError) -> Reply:
    where = "; ".join(f"{'.'.join(map(str, one['loc'])) or 'body'}: {one['msg']}" for one in error.errors()[:5])
    return problem(422, f"The request is not well formed. {where}")
