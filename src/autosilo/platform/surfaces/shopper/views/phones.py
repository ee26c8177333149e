"""A code by text message: to sign in with, and to show that a number is one's own."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from autosilo.platform.kit import clock
from autosilo.platform.kit.limits import rate_limited
from autosilo.platform.resources.signin import phones
from autosilo.platform.resources.signin.phones import CannotUsePhone
from autosilo.platform.surfaces.shopper import device
from autosilo.platform.surfaces.shopper.entering import enter, is_fresh
from autosilo.platform.surfaces.shopper.forms import CodeForm, NumberForm
from autosilo.platform.surfaces.shopper.limits import OFTEN, SIGN_IN, TEXTS
from autosilo.platform.surfaces.shopper.views.asking import person_of
from autosilo.platform.surfaces.shopper.views.language import on_this_site, safe_next
from autosilo.platform.surfaces.telling import telling

WAYS = "/me/ways"
SIGN_IN_AGAIN = f"/login?next={WAYS}"
ASKED = "phone_code"
TOO_MANY = 429


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@rate_limited("phone-ask", **TEXTS)
def ask(request: HttpRequest) -> HttpResponse:
    """Which number? The answer is the same whether anybody signs in with it or not."""
    _or_404()
    form, status = NumberForm(request.POST or None), 200
    if request.method == "POST" and form.is_valid():
        try:
            asked = phones.ask_to_enter(
                number=form.cleaned_data["number"], device=device.token_of(request), now=clock.now()
            )
        except CannotUsePhone as refusal:
            form.refuse(refusal)
            status = TOO_MANY if refusal.reason == "often" else 422
        else:
            request.session[ASKED] = {"id": str(asked.pk), "enrols": False, "next": safe_next(request, "")}
            return HttpResponseRedirect("/login/phone/code")
    if form.errors and status == 200:
        status = 422
    return render(request, "shopper/phone.html", {"form": form, "next": safe_next(request, "")}, status=status)


@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@rate_limited("phone-enter", **SIGN_IN)
def enter_code(request: HttpRequest) -> HttpResponse:
    _or_404()
    asked = _asked(request, enrols=False)
    if asked is None:
        return HttpResponseRedirect("/login/phone")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            person = phones.enter(code_id=asked, code=form.cleaned_data["code"], now=clock.now())
        except CannotUsePhone as refusal:
            form.refuse(refusal)
        else:
            after = on_this_site(request, request.session.pop(ASKED)["next"], "/")
            return enter(request, HttpResponseRedirect(after), person=person)
    context = {"form": form, "again": "/login/phone", "enrols": False}
    return render(request, "shopper/phone_code.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
@rate_limited("phone-enrol-ask", **TEXTS)
def ask_to_enrol(request: HttpRequest) -> HttpResponse:
    _or_404()
    if not is_fresh(request):
        return HttpResponseRedirect(SIGN_IN_AGAIN)
    try:
        asked = phones.ask_to_enrol(
            person=person_of(request),
            number=request.POST.get("number", "")[:40],
            device=device.token_of(request),
            now=clock.now(),
        )
    except CannotUsePhone as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(WAYS)
    request.session[ASKED] = {"id": str(asked.pk), "enrols": True, "next": WAYS}
    return HttpResponseRedirect("/me/ways/phone/code")


@sensitive_post_parameters("code")
@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@rate_limited("phone-enrol", **SIGN_IN)
def enrol(request: HttpRequest) -> HttpResponse:
    _or_404()
    asked = _asked(request, enrols=True)
    if asked is None or not is_fresh(request):
        return HttpResponseRedirect(WAYS)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            phones.enrol(person=person_of(request), code_id=asked, code=form.cleaned_data["code"], now=clock.now())
        except CannotUsePhone as refusal:
            form.refuse(refusal)
        else:
            del request.session[ASKED]
            messages.success(
                request, _("You can sign in with this number from now on. We have written to you about it.")
            )
            return HttpResponseRedirect(WAYS)
    context = {"form": form, "again": WAYS, "enrols": True}
    return render(request, "shopper/phone_code.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
@rate_limited("phone-remove", **OFTEN)
def remove(request: HttpRequest) -> HttpResponse:
    """Also where the operator has taken the sender away."""
    if not is_fresh(request):
        return HttpResponseRedirect(SIGN_IN_AGAIN)
    with telling(request, _("The number is removed.")):
        phones.remove(person=person_of(request), now=clock.now())
    return HttpResponseRedirect(WAYS)


def _or_404() -> None:
    if not phones.offered():
        raise Http404


def _asked(request: HttpRequest, *, enrols: bool) -> UUID | None:
    """The question that this browser asked."""
    found = request.session.get(ASKED)
    return UUID(found["id"]) if found and found["enrols"] == enrols else None
