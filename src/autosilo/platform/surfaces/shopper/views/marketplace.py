"""A marketplace's login: to sign in with, to open an account with, and to join to one's account."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from autosilo.platform.kit import clock
from autosilo.platform.kit.limits import rate_limited
from autosilo.platform.resources.people.actions import CannotRegister
from autosilo.platform.resources.signin import marketplace
from autosilo.platform.resources.signin.marketplace import CannotUseLogin
from autosilo.platform.resources.signin.openid import Identity, LoginFailure, Provider
from autosilo.platform.surfaces.shopper import arrivals
from autosilo.platform.surfaces.shopper.entering import enter, is_fresh
from autosilo.platform.surfaces.shopper.forms import ArrivalForm
from autosilo.platform.surfaces.shopper.limits import JOIN, OFTEN, SIGN_IN
from autosilo.platform.surfaces.shopper.views.asking import person_of
from autosilo.platform.surfaces.shopper.views.language import safe_next
from autosilo.platform.surfaces.telling import telling

WAYS, LINK = "/me/ways", "/me/ways/link"
SIGN_IN_AGAIN = f"/login?next={WAYS}"


@never_cache
@require_GET
@rate_limited("marketplace", methods=("GET",), **SIGN_IN)
def begin(request: HttpRequest, slug: str) -> HttpResponse:
    """Off to the marketplace. A link and no form, since our content policy keeps forms on this site through every
    redirection; another site must not begin it for a visitor, and browsers say when one does (Fetch Metadata)."""
    provider = _provider(slug)
    if request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
        return HttpResponseRedirect("/login")
    try:
        return HttpResponseRedirect(provider.begin(request, back=_back(request, slug), after=safe_next(request, "")))
    except LoginFailure as failure:
        return _failed(request, provider, failure)


@never_cache
@require_GET
@rate_limited("marketplace-back", methods=("GET",), **SIGN_IN)
def back(request: HttpRequest, slug: str) -> HttpResponse:
    """Back from the marketplace."""
    provider = _provider(slug)
    try:
        who, after = provider.finish(request, back=_back(request, slug))
    except LoginFailure as failure:
        return _failed(request, provider, failure)
    try:
        person = marketplace.enter(who=who, now=clock.now())
    except CannotUseLogin as refusal:
        return _said(request, refusal)
    if person is None:
        arrivals.keep(request, who)
        return HttpResponseRedirect(LINK if request.user.is_authenticated else "/join/with")
    if request.user.is_authenticated and request.user.pk != person.pk:
        return _said(request, CannotUseLogin("taken"))
    return enter(request, HttpResponseRedirect(after or "/"), person=person)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@rate_limited("join", **JOIN)
def join(request: HttpRequest) -> HttpResponse:
    """Somebody whom the marketplace knows and we do not: a new account, or one that they have already."""
    who = arrivals.kept(request)
    if who is None or request.user.is_authenticated:
        return HttpResponseRedirect("/login")
    form = ArrivalForm(request.POST or None, initial={"given_name": who.name, "email": who.email})
    if request.method == "POST" and form.is_valid():
        try:
            person = marketplace.join(who=who, **form.cleaned_data, language=get_language() or "en", now=clock.now())
        except (CannotRegister, CannotUseLogin) as refusal:
            form.refuse(refusal)
        else:
            arrivals.forget(request)
            messages.success(request, _("Welcome, %(name)s.") % {"name": person.first_name})
            return enter(request, HttpResponseRedirect("/me"), person=person)
    context = {"form": form, "login_name": _name_of(who)}
    return render(request, "shopper/join_with.html", context, status=422 if form.errors else 200)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@rate_limited("marketplace-link", **OFTEN)
def link(request: HttpRequest) -> HttpResponse:
    """Ask before an identity is joined to the account that is signed in."""
    who = arrivals.kept(request)
    if who is None:
        return HttpResponseRedirect(WAYS)
    if not is_fresh(request):
        return HttpResponseRedirect(f"/login?next={LINK}")
    if request.method != "POST":
        return render(request, "shopper/link.html", {"who": who, "login_name": _name_of(who)})
    arrivals.forget(request)
    with telling(request, _("You can sign in with %(name)s from now on.") % {"name": _name_of(who)}):
        marketplace.link(person=person_of(request), who=who, now=clock.now())
    return HttpResponseRedirect(WAYS)


@login_required
@require_POST
@rate_limited("marketplace-unlink", **OFTEN)
def unlink(request: HttpRequest, identity_id: int) -> HttpResponse:
    if not is_fresh(request):
        return HttpResponseRedirect(SIGN_IN_AGAIN)
    with telling(request, _("The login is removed, and a membership that came with it.")):
        marketplace.unlink(person=person_of(request), identity_id=identity_id, now=clock.now())
    return HttpResponseRedirect(WAYS)


def _provider(slug: str) -> Provider:
    provider = marketplace.provider_of(slug)
    if provider is None:
        raise Http404
    return provider


def _back(request: HttpRequest, slug: str) -> str:
    """What the marketplace has to have on its list of addresses."""
    return request.build_absolute_uri(f"/login/with/{slug}/back")


def _name_of(who: Identity) -> str:
    login = marketplace.login_of(who.issuer)
    return login.name_in(get_language() or "en") if login else who.issuer


def _failed(request: HttpRequest, provider: Provider, failure: LoginFailure) -> HttpResponse:
    marketplace.note(provider.login, failure)
    return _said(request, marketplace.refusal_of(failure))


def _said(request: HttpRequest, refusal: CannotUseLogin) -> HttpResponse:
    messages.error(request, str(refusal))
    return HttpResponseRedirect(WAYS if request.user.is_authenticated else "/login")
