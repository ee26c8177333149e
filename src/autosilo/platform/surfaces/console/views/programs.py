"""``/console/programs``: who uses the API, what each may do, and what became of what it was told."""

from uuid import UUID

from django.contrib import messages
from django.db import IntegrityError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from autosilo.platform.kit import clock
from autosilo.platform.resources.programs import actions, keeping
from autosilo.platform.surfaces.console.access import Right, StaffRequest, needs
from autosilo.platform.surfaces.console.forms import ProgramForm, ProgramScopesForm
from autosilo.platform.surfaces.console.pages import changes_limited, page
from autosilo.platform.surfaces.console.queries.programs import ProgramPage, delivery_of, program_page, programs

SECTION = "programs"
USUAL_PER_MINUTE = 600


@never_cache
@require_http_methods(["GET", "POST"])
@needs(Right.CONNECT)
@changes_limited
def listing(request: StaffRequest) -> HttpResponse:
    """The programs, and letting one in; its secret is on the answer and nowhere else."""
    given = request.method == "POST"
    form = ProgramForm(request.POST if given else None, initial={"per_minute": USUAL_PER_MINUTE})
    if given and form.is_valid():
        asked = form.cleaned_data
        try:
            row, secret = actions.register(
                slug=asked["slug"],
                name=asked["name"],
                scopes=frozenset(asked["scopes"]),
                per_minute=asked["per_minute"],
                by=request.user,
                now=clock.now(),
            )
        except IntegrityError:
            form.add_error("slug", _("There is a program of this name already."))
        else:
            return page(request, "console/program_secret.html", {"program": row, "secret": secret}, section=SECTION)
    context = {"form": form, "programs": programs()}
    return page(request, "console/programs.html", context, section=SECTION, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "POST"])
@needs(Right.CONNECT)
@changes_limited
def one(request: StaffRequest, slug: str) -> HttpResponse:
    """A program, and what it may do."""
    found = _found(slug)
    now = {"scopes": found.program.scopes, "per_minute": found.program.per_minute}
    form = ProgramScopesForm(request.POST if request.method == "POST" else None, initial=now)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        keeping.change(
            program=found.program,
            scopes=frozenset(asked["scopes"]),
            per_minute=asked["per_minute"],
            by=request.user,
            now=clock.now(),
        )
        messages.success(request, _("Changed. The program has to get a new token."))
        return redirect("console:program", slug=slug)
    context = {"found": found, "program": found.program, "form": form}
    return page(request, "console/program.html", context, section=SECTION, status=422 if form.errors else 200)


@never_cache
@require_POST
@needs(Right.CONNECT)
@changes_limited
def rotate(request: StaffRequest, slug: str) -> HttpResponse:
    """A new secret; it is on the answer and nowhere else."""
    program = _found(slug).program
    secret = keeping.rotate(program=program, by=request.user, now=clock.now())
    return page(request, "console/program_secret.html", {"program": program, "secret": secret}, section=SECTION)


@require_POST
@needs(Right.CONNECT)
@changes_limited
def switch(request: StaffRequest, slug: str) -> HttpResponse:
    """Stop it, or let it in again."""
    program, on = _found(slug).program, request.POST.get("on") == "yes"
    keeping.switch(program=program, on=on, by=request.user, now=clock.now())
    messages.success(request, _("The program is let in again.") if on else _("The program is stopped."))
    return redirect("console:program", slug=slug)


@require_POST
@needs(Right.CONNECT)
@changes_limited
def replay(request: StaffRequest, slug: str, delivery_id: UUID) -> HttpResponse:
    """Send a message once more, newly signed."""
    row = delivery_of(slug, delivery_id)
    if row is None:
        raise Http404
    again = actions.replay(delivery=row, now=clock.now())
    messages.success(request, _("It is sent again.") if again else _("It is on its way already."))
    return redirect("console:program", slug=slug)


def _found(slug: str) -> ProgramPage:
    found = program_page(slug)
    if found is None:
        raise Http404
    return found
