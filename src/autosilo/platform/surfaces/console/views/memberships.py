"""``/console/memberships``: import memberships from somebody else's list, after a look at what it would do."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from autosilo.platform.kit import clock
from autosilo.platform.resources.people import importing
from autosilo.platform.surfaces.console.access import Right, StaffRequest, needs
from autosilo.platform.surfaces.console.forms import ImportForm
from autosilo.platform.surfaces.console.pages import changes_limited, page

UNPROCESSABLE = 422
MOST_SHOWN = 100


@never_cache
@require_http_methods(["GET", "POST"])
@needs(Right.RULE)
@changes_limited
def import_list(request: StaffRequest) -> HttpResponse:
    """A file or a text; looked at first, then applied as a whole."""
    given = request.method == "POST"
    form = ImportForm(request.POST if given else None, request.FILES if given else None)
    context: dict[str, Any] = {"form": form, "text": request.POST.get("text", "")}
    if given and form.is_valid():
        try:
            text = context["text"] = _text(form)
            if "apply" in request.POST:
                return _applied(request, text, form.cleaned_data["source"])
            context |= _shown(importing.plan(text=text, source=form.cleaned_data["source"], now=clock.now()))
        except importing.CannotImport as refused:
            form.add_error("source" if refused.reason == "source" else "text", str(refused))
            if "plan" in refused.detail:
                context |= _shown(refused.detail["plan"])
    status = UNPROCESSABLE if form.errors else 200
    return page(request, "console/memberships.html", context, section="memberships", status=status)


def _text(form: ImportForm) -> str:
    file = form.cleaned_data["file"]
    return importing.decode(file.read()) if file else form.cleaned_data["text"]


def _applied(request: StaffRequest, text: str, source: str) -> HttpResponse:
    done = importing.apply(text=text, source=source, by=request.user, now=clock.now())
    new, changed = done.count(importing.Outcome.NEW), done.count(importing.Outcome.CHANGED)
    said = _("Applied: %(new)s new, %(changed)s changed memberships.")
    messages.success(request, said % {"new": new, "changed": changed})
    return redirect("console:memberships")


def _shown(found: importing.Plan) -> dict[str, Any]:
    return {
        "plan": found,
        "counts": found.counts,
        "mistakes": [(line, importing.MISTAKES[line.mistake]) for line in found.mistakes[:MOST_SHOWN] if line.mistake],
        "more": max(0, len(found.mistakes) - MOST_SHOWN),
    }
