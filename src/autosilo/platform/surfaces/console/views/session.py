"""Signing in and out, and the first authenticator."""

from base64 import b32encode

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from autosilo.platform.kit import clock
from autosilo.platform.resources.people import audit
from autosilo.platform.surfaces.console.access import has_second_factor, worker_of
from autosilo.platform.surfaces.console.forms import EnrolForm, LoginForm
from autosilo.platform.surfaces.console.sign_in import (
    CannotSignIn,
    MustEnrol,
    confirm_device,
    enrolling,
    new_device,
    qr_code,
    sign_in,
)

REFUSED = 401
NEXT_KEY = "console_next"


@never_cache
@require_http_methods(["GET", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    if has_second_factor(request):
        return redirect(_next(request))
    form = LoginForm(request.POST or None)
    error = ""
    if request.method == "POST" and form.is_valid():
        where = _next(request)
        try:
            sign_in(request=request, now=clock.now(), **form.cleaned_data)
        except MustEnrol:
            request.session[NEXT_KEY] = where
            return redirect("console:enrol")
        except CannotSignIn as refused:
            error = str(refused)
        else:
            return redirect(where)
    context = {"form": form, "error": error, "next": request.GET.get("next", "")}
    return render(request, "console/login.html", context, status=REFUSED if error else 200)


@never_cache
@require_http_methods(["GET", "POST"])
def enrol(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    person = enrolling(request, now=now)
    if person is None:
        return redirect("console:login")
    form = EnrolForm(request.POST or None)
    error = ""
    if request.method == "POST" and form.is_valid():
        where = request.session.get(NEXT_KEY, "")
        try:
            confirm_device(request=request, person=person, code=form.cleaned_data["code"], now=now)
        except CannotSignIn as refused:
            error = str(refused)
        else:
            return redirect(where or "console:overview")
    device = new_device(person)
    context = {"form": form, "error": error, "qr": qr_code(device), "secret": b32encode(device.bin_key).decode()}
    return render(request, "console/enrol.html", context, status=REFUSED if error else 200)


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    person = worker_of(request)
    if person is not None:
        audit.record(actor=person, action="signed_out", target=f"person {person.pk}", detail={}, now=clock.now())
    logout(request)
    return redirect("console:login")


def _next(request: HttpRequest) -> str:
    """Where to go after signing in: an address of this shop only."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if not wanted.startswith("/"):  # redirect() would take it for the name of a view
        return "console:overview"
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return wanted
    return "console:overview"
