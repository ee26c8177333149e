"""Who may open and do what in the console.

Every console view carries ``needs(...)``: a person of staff, with a one-time code given in this session, in a group
whose rights include the one asked for. A test walks all addresses to see that none was forgotten.
"""

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Any, TypeGuard
from urllib.parse import urlencode, urlsplit

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from autosilo.platform.resources.people.models import Person
from autosilo.platform.resources.people.roles import Role

View = Callable[..., HttpResponse]
RIGHT_OF_VIEW = "console_right"


class StaffRequest(HttpRequest):
    """A request that ``needs()`` has let through: who it is, and with which rights."""

    user: Person
    rights: frozenset["Right"]


class Right(StrEnum):
    """What one may do; a view asks for one, a template shows controls by them."""

    SEE = "see"
    SEE_TOWER = "see_tower"
    AUDIT = "audit"
    RESOLVE = "resolve"
    SEE_CALLER = "see_caller"
    TEND_TOWER = "tend_tower"
    ACT = "act"
    TEACH = "teach"
    PLAN = "plan"
    RULE = "rule"
    MOVE_CLOCK = "move_clock"
    MANAGE_STAFF = "manage_staff"
    CONNECT = "connect"


RIGHTS: dict[str, frozenset[Right]] = {
    Role.OPERATOR: frozenset(Right),
    Role.TECHNICIAN: frozenset({Right.SEE, Right.SEE_TOWER, Right.AUDIT, Right.RESOLVE, Right.TEND_TOWER}),
    Role.AUDITOR: frozenset({Right.AUDIT, Right.SEE_TOWER}),
}


def works_here(person: AbstractBaseUser | AnonymousUser) -> TypeGuard[Person]:
    """Staff whose account is switched on."""
    return isinstance(person, Person) and person.is_active and person.is_staff


def rights_of(person: Person) -> frozenset[Right]:
    """By the person's groups; a superuser has every right. Asks the database once."""
    if person.is_superuser:
        return frozenset(Right)
    names = person.groups.values_list("name", flat=True)
    return frozenset[Right]().union(*(RIGHTS.get(name, frozenset()) for name in names))


def worker_of(request: HttpRequest) -> Person | None:
    """Who of the staff asks, after a one-time code in this session."""
    person = request.user
    # a lazy object: isinstance() looks through it
    return person if works_here(person) and person.is_verified() else None  # type: ignore[attr-defined]  # django-otp's


def has_second_factor(request: HttpRequest) -> bool:
    """Was a one-time code given in this session?"""
    return worker_of(request) is not None


def login_address(request: HttpRequest) -> str:
    return f"{reverse('console:login')}?{urlencode({'next': request.get_full_path()})}"


def _to_login(request: HttpRequest) -> HttpResponse:
    """A part of a page would show the login inside the page: htmx is told to leave the page for it."""
    if request.headers.get("HX-Request") != "true":
        return HttpResponseRedirect(login_address(request))
    shown = urlsplit(request.headers.get("HX-Current-URL", "")).path
    address = f"{reverse('console:login')}?{urlencode({'next': shown})}"
    return HttpResponse(status=401, headers={"HX-Redirect": address})


def needs(right: Right) -> Callable[[View], View]:
    """Let in only who has ``right``: others are sent to the login, or told that they may not (403).

    The person's rights are put on the request, for templates: ``request.rights``.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            person = worker_of(request)
            if person is None:
                return _to_login(request)
            rights = rights_of(person)
            if right not in rights:
                raise PermissionDenied
            request.rights = rights  # type: ignore[attr-defined]  # see StaffRequest
            return view(request, *args, **kwargs)

        setattr(guarded, RIGHT_OF_VIEW, right)
        return guarded

    return decorate


def may(request: HttpRequest, right: Right) -> bool:
    """For a view that cannot lead to the login: is it somebody with this right?"""
    person = worker_of(request)
    return person is not None and right in rights_of(person)
