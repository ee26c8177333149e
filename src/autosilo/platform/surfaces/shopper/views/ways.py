"""My ways in."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from autosilo.platform.resources.signin import marketplace, passkeys, phones
from autosilo.platform.surfaces.shopper.entering import is_fresh
from autosilo.platform.surfaces.shopper.marketplaces import logins
from autosilo.platform.surfaces.shopper.views.asking import person_of


@never_cache
@login_required
@require_safe
def ways(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    identities = marketplace.identities_of(person)
    held = {one.issuer for one in identities}
    language = get_language() or "en"
    phone = phones.phone_of(person)
    context = {
        "phone": phone,
        "phone_shown": phones.shown(phone.number) if phone else "",
        "phones_offered": phones.offered(),
        "identities": [(one, _name_of(one.issuer, language)) for one in identities],
        "logins": [one for one in logins(language) if one.issuer not in held],
        "passkeys": passkeys.passkeys_of(person),
        "passkeys_offered": passkeys.offered_at(request.get_host()),
        "by_name": f"http://localhost:{request.get_port()}/me/ways",
        "fresh": is_fresh(request),
    }
    return render(request, "shopper/ways.html", context)


def _name_of(issuer: str, language: str) -> str:
    """An operator may have taken a login away that somebody still has."""
    login = marketplace.login_of(issuer)
    return login.name_in(language) if login else issuer
