"""Who may open and do what in the console.

Every console view carries ``needs(...)``: a person of staff, with a one-time code given in this session, in a group
whose rights include the one asked for. A test walks all addresses to see that none was forgotten.
"""

from collections.abc import Awaitable, Callable
from enum import StrEnum
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from autosilo.platform.resources.people.models import Person
from autosilo.platform.resources.people.roles import Role

View = Callable[..., HttpResponse]
AsyncView = Callable[..., Awaitable[HttpResponse]]
RIGHT_OF_VIEW = "console_right"


class Right(StrEnum):
    """What one may do; a view asks for one, a template shows controls by them."""

    SEE = "see"
    AUDIT = "audit"
    RESOLVE = "resolve"
    ACT = "act"
    MOVE_CLOCK = "move_clock"
    MANAGE_STAFF = "manage_staff"


RIGHTS: dict[str, frozenset[Right]] = {
    Role.OPERATOR: frozenset(Right),
    Role.TECHNICIAN: frozenset({Right.SEE, Right.AUDIT, Right.RESOLVE}),
    Role.AUDITOR: frozenset({Right.AUDIT}),
}


def works_here(person: Person | AnonymousUser) -> bool:
    """Staff whose account is switched on."""
    return person.is_authenticated and person.is_active and person.is_staff


def rights_of(person: Person) -> frozenset[Right]:
    """By the person's groups; a superuser has every right. Asks the database once."""
    if person.is_superuser:
        return frozenset(Right)
    names = person.groups.values_list("name", flat=True)
    return frozenset[Right]().union(*(RIGHTS.get(name, frozenset()) for name in names))


def has_second_factor(request: HttpRequest) -> bool:
    """Was a one-time code given in this session?"""
    return works_here(request.user) and request.user.is_verified()  # type: ignore[union-attr]  by django-otp's middleware


def login_address(request: HttpRequest) -> str:
    return f"{reverse('console:login')}?{urlencode({'next': request.get_full_path()})}"


def needs(right: Right) -> Callable[[View], View]:
    """Let in only who has ``right``: others are sent to the login, or told that they may not (403).

    The person's rights are put on the request, for templates: ``request.rights``.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not has_second_factor(request):
                return HttpResponseRedirect(login_address(request))
            rights = rights_of(request.user)  # type: ignore[arg-type]  has_second_factor() has seen a person
            if right not in rights:
                raise PermissionDenied
            request.rights = rights  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)

        setattr(guarded, RIGHT_OF_VIEW, right)
        return guarded

    return decorate


def may(request: HttpRequest, right: Right) -> bool:
    """For a fresh look at a session while a stream is open: is it still somebody with this right?"""
    return has_second_factor(request) and right in rights_of(request.user)  # type: ignore[arg-type]
