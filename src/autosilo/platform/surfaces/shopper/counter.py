"""The counter: the one button that thousands press at the same moment.

Answered in the order of what an answer costs: a bot that asks too often, and a car that is sold out, cost no query; a
place in the line costs two statements; only who is at the counter costs a claim. Session and protection against forgery
are Django's own, called here without the rest of its middleware.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from io import BytesIO
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.contrib.auth import get_user
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.translation import override

from autosilo.platform.journey.booking import actions as booking
from autosilo.platform.journey.booking import line, soldout
from autosilo.platform.journey.booking.claim import Wish
from autosilo.platform.journey.booking.wishes import wishes
from autosilo.platform.kit import clock
from autosilo.platform.kit.buckets import Buckets
from autosilo.platform.kit.sessions import SessionStore
from autosilo.platform.resources.people.models import Person
from autosilo.platform.surfaces.door import Asked, Door
from autosilo.platform.surfaces.replies import Reply
from autosilo.platform.surfaces.shopper import counter_pages as pages
from autosilo.platform.surfaces.shopper.picking import moment

CROWD = 24
"""More than so many before the threads, and a line forms."""
TRIES_PER_MINUTE = 60
"""Of one session; the page of the line asks twelve times."""
LINE_AFTER_OPENING = timedelta(minutes=15)
"""So long after a sale has opened everybody passes by the line, in its order."""
FORM = "application/x-www-form-urlencoded"
HTML = "text/html; charset=utf-8"

tries = Buckets()


@dataclass(frozen=True)
class Wanted:
    """What the form says, unread."""

    model: str
    paint: str
    site: str
    slot: str

    @property
    def key(self) -> soldout.Key:
        return (self.model, self.paint, self.site, self.slot)

    @property
    def picker(self) -> str:
        return f"/book/{self.model}?" + urlencode({"paint": self.paint, "site": self.site})


def forget() -> None:
    """What is remembered between requests (tests)."""
    soldout.forget()
    tries.forget()


async def at_counter(door: Door, asked: Asked) -> Reply:
    """Hold this car for this shopper, say where they stand in the line, or why not."""
    wanted = _wanted(asked)
    language = _language(asked)
    if not tries.allow(_who(asked), per_minute=TRIES_PER_MINUTE * settings.LIMITS_FACTOR):
        return _page(asked, pages.too_often(language), HTTPStatus.TOO_MANY_REQUESTS, {"Retry-After": "10"})
    if soldout.is_known(wanted.key):
        return _page(asked, pages.sold_out(language, wanted.picker), HTTPStatus.CONFLICT)

    def sorry(status: HTTPStatus) -> Reply:
        page = pages.away(language, _form(asked), wanted.picker)
        return _page(asked, page, status, {"Retry-After": "5"})

    return await door.in_thread(_serve, asked, wanted, language, door.waiting >= CROWD, sorry=sorry)


def _serve(asked: Asked, wanted: Wanted, language: str, crowd: bool) -> Reply:
    if soldout.is_known(wanted.key):  # somebody found out while this one waited for a thread
        return _page(asked, pages.sold_out(language, wanted.picker), HTTPStatus.CONFLICT)
    request = ASGIRequest(dict(asked.scope), BytesIO(asked.body))
    forged = _forged(request)
    if forged is not None:
        return Reply(forged.status_code, forged.content, HTML)
    request.session = SessionStore(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
    person = get_user(request)
    if not isinstance(person, Person):
        return _elsewhere(asked, "/login?" + urlencode({"next": wanted.picker}))
    with override(language):
        return _attempt(asked, wanted, person, crowd)


def _attempt(asked: Asked, wanted: Wanted, person: Person, crowd: bool) -> Reply:
    language, now = _language(asked), clock.now()
    try:
        wish = wishes.wish(model=wanted.model, paint=wanted.paint, site=wanted.site, slot_start=_start(wanted.slot))
        place = _place(person, wish, now, crowd)
        if place is not None and not place.may_try:
            return _page(asked, pages.waiting(language, place, _form(asked), wanted.picker), HTTPStatus.ACCEPTED)
        held = booking.hold(person=person, wish=wish, now=now)
    except booking.CannotBook as refusal:
        return _refused(asked, wanted, refusal)
    if place is not None:
        line.leave(person=person.pk, model=wanted.model, site=wanted.site, now=now)
    return _elsewhere(asked, f"/trials/{held.trial}/confirm")


def _place(person: Person, wish: Wish, now: datetime, crowd: bool) -> line.Place | None:
    """None when there is no line: no crowd, and no sale that opens later."""
    model, site = wish.car_model.pk, wish.site.pk
    opens = line.opens_at(model=model, site=site)
    if not crowd and (opens is None or now >= opens + LINE_AFTER_OPENING):
        return None
    return line.stand(person=person.pk, model=model, site=site, now=now)


def _refused(asked: Asked, wanted: Wanted, refusal: booking.CannotBook) -> Reply:
    language = _language(asked)
    if refusal.reason == "car_taken":
        soldout.remember(wanted.key)
        return _page(asked, pages.sold_out(language, wanted.picker), HTTPStatus.CONFLICT)
    if refusal.reason == "not_eligible":
        return _elsewhere(asked, wanted.picker)
    return _page(asked, pages.refused(language, str(refusal), wanted.picker), HTTPStatus.CONFLICT)


def _forged(request: HttpRequest) -> HttpResponse | None:
    """Django's own check of origin and token."""
    check = CsrfViewMiddleware(_nothing)
    check.process_request(request)
    return check.process_view(request, _nothing, (), {})


def _nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def _wanted(asked: Asked) -> Wanted:
    path = asked.scope["path"]
    form = _form(asked)
    slug = path.removeprefix("/book/").removesuffix("/hold")
    return Wanted(slug, *(form.get(name, "").replace("\0", "") for name in ("paint", "site", "slot")))


def _form(asked: Asked) -> dict[str, str]:
    return (
        dict(parse_qsl(asked.body.decode("utf-8", "replace"))) if asked.text(b"content-type").startswith(FORM) else {}
    )


def _start(slot: str) -> datetime:
    start = moment(slot)
    if start is None:
        raise booking.CannotBook("slot_past")
    return start


def _who(asked: Asked) -> str:
    """The session, or the address of who has none."""
    cookies = asked.text(b"cookie")
    at = cookies.find(f"{settings.SESSION_COOKIE_NAME}=")
    return cookies[at : at + 60].partition(";")[0] if at >= 0 else asked.address


def _language(asked: Asked) -> str:
    """As Django chooses it: the cookie, then what the browser prefers."""
    cookies, name = asked.text(b"cookie"), f"{settings.LANGUAGE_COOKIE_NAME}="
    at = cookies.find(name)
    chosen = cookies[at + len(name) :].partition(";")[0] if at >= 0 else asked.text(b"accept-language")
    return "zh-hans" if chosen.lower().startswith("zh") else "en"


def _elsewhere(asked: Asked, address: str) -> Reply:
    """303, or for htmx the header that it follows as a whole page."""
    if b"hx-request" in asked.headers:
        return Reply(HTTPStatus.OK, b"", HTML, {"HX-Redirect": address, "Cache-Control": "no-store"})
    return Reply(HTTPStatus.SEE_OTHER, b"", HTML, {"Location": address, "Cache-Control": "no-store"})


def _page(asked: Asked, page: pages.Page, status: int, more: dict[str, str] | None = None) -> Reply:
    headers = {"Cache-Control": "no-store", "Content-Security-Policy": pages.policy(), **(more or {})}
    return Reply(status, page.body, HTML, headers)
