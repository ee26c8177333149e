"""Joining, signing in and out."""

from django.contrib import auth, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from autosilo.platform.kit import clock
from autosilo.platform.kit.limits import allow, rate_limited, too_many
from autosilo.platform.resources.people import actions as people
from autosilo.platform.resources.signin import phones
from autosilo.platform.resources.signin.passkeys import offered_at
from autosilo.platform.surfaces.shopper.entering import enter
from autosilo.platform.surfaces.shopper.forms import JoinForm, LoginForm
from autosilo.platform.surfaces.shopper.limits import JOIN, OFTEN, SIGN_IN
from autosilo.platform.surfaces.shopper.marketplaces import logins
from autosilo.platform.surfaces.shopper.views.language import safe_next


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@rate_limited("join", **JOIN)
def join(request: HttpRequest) -> HttpResponse:
    """Open an account and sign in with it."""
    form = JoinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            person = people.register(**form.cleaned_data, language=get_language() or "en", now=clock.now())
        except people.CannotRegister as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Welcome, %(name)s.") % {"name": person.first_name})
            return enter(request, HttpResponseRedirect(safe_next(request, "/me")), person=person)
    context = {"form": form, "next": safe_next(request, ""), "logins": logins(get_language() or "en")}
    return render(request, "shopper/join.html", context, status=422 if form.errors else 200)


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@rate_limited("login", **SIGN_IN)
def login(request: HttpRequest) -> HttpResponse:
    """Sign in. One answer for a wrong password and an unknown address; both count against the address' limit."""
    form = LoginForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        if not allow(key=f"login-of:{email.lower()}", **SIGN_IN):
            return too_many(request, SIGN_IN["per"])
        found = auth.authenticate(request, username=email, password=form.cleaned_data["password"])
        if found is not None:
            return enter(request, HttpResponseRedirect(safe_next(request, "/")), person=found)
        form.add_error(None, _("E-mail address and password do not go together."))
    context = {
        "form": form,
        "next": safe_next(request, ""),
        "logins": logins(get_language() or "en"),
        "phones_offered": phones.offered(),
        "passkeys_offered": offered_at(request.get_host()),
    }
    return render(request, "shopper/login.html", context, status=422 if form.errors else 200)


@require_POST
@rate_limited("logout", **OFTEN)
def logout(request: HttpRequest) -> HttpResponse:
    auth.logout(request)
    messages.success(request, _("You are signed out."))
    return HttpResponseRedirect("/")
