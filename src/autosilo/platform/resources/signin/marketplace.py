"""What a marketplace's login means here: whose account it opens, a new one, and which tier of membership.

Nobody gets into an account because a marketplace names its e-mail address: an identity is joined to an account only by
somebody who is signed in to that account.
"""

from datetime import datetime

import structlog
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from autosilo.platform.kit.providers import Socket
from autosilo.platform.kit.refusals import Refusal
from autosilo.platform.resources.people import actions as people
from autosilo.platform.resources.people import audit, claimed
from autosilo.platform.resources.people.models import Person
from autosilo.platform.resources.signin import openid, remaining
from autosilo.platform.resources.signin.logins import Login
from autosilo.platform.resources.signin.models import Identity
from autosilo.platform.resources.signin.openid import Provider
from autosilo.platform.resources.signin.telling import tell_added

log = structlog.get_logger(__name__)

providers: Socket[tuple[Provider, ...]] = Socket("the logins of marketplaces")


class CannotUseLogin(Refusal):
    messages = {
        "denied": _("You did not agree there. Nothing has changed here."),
        "state": _("That took too long, or it was begun in another browser. Please start again."),
        "failed": _("The marketplace did not tell us who you are. Try again, or choose another way."),
        "closed": _("This account is closed."),
        "taken": _("This marketplace account belongs to another account of the shop already."),
        "another": _("Your account is joined to another account of this marketplace. Remove that one first."),
        "gone": _("This login is not there any more."),
        "last": _("This is your only way in. Add another one first."),
    }


def provider_of(slug: str) -> Provider | None:
    return next((one for one in providers() if one.login.slug == slug), None)


def login_of(issuer: str) -> Login | None:
    return next((one.login for one in providers() if one.login.issuer == issuer), None)


def note(login: Login, failure: openid.LoginFailure) -> None:
    """For the operator: which login failed, and at what."""
    log.warning("marketplace login failed", login=login.slug, why=failure.kind, cause=type(failure.__cause__).__name__)


def refusal_of(failure: openid.LoginFailure) -> CannotUseLogin:
    """In words; what exactly did not hold stands in the log alone."""
    return CannotUseLogin(failure.kind if failure.kind in ("denied", "state") else "failed")


def enter(*, who: openid.Identity, now: datetime) -> Person | None:
    """The person whose identity this is; None for one that nobody has here. Raises ``CannotUseLogin``."""
    found = Identity.objects.select_related("person").filter(issuer=who.issuer, subject=who.subject).first()
    if found is None:
        return None
    if not found.person.is_active:
        raise CannotUseLogin("closed")
    found.name, found.last_used_at = who.name, now
    found.save(update_fields=["name", "last_used_at"])
    _renew(found.person, who, now)
    return found.person


@transaction.atomic
def link(*, person: Person, who: openid.Identity, tell: bool = True, now: datetime) -> Identity:
    """Join the identity to the account of somebody who is signed in, and ``tell`` them. Raises ``CannotUseLogin``."""
    held = Identity.objects.filter(issuer=who.issuer, subject=who.subject).first()
    if held is not None:
        if held.person_id != person.pk:
            raise CannotUseLogin("taken")
        return held
    try:
        with transaction.atomic():
            made = Identity.objects.create(
                person=person, issuer=who.issuer, subject=who.subject, name=who.name, since=now
            )
    except IntegrityError as error:
        raise CannotUseLogin("another") from error
    audit.record(
        actor=None, action="login_linked", target=audit.target_of(person), detail={"issuer": who.issuer}, now=now
    )
    if tell and (login := login_of(who.issuer)):
        tell_added(person=person, way=_("a marketplace's login"), name=login.name_in(person.language), now=now)
    _renew(person, who, now)
    return made


@transaction.atomic
def join(*, who: openid.Identity, email: str, given_name: str, language: str, now: datetime) -> Person:
    """A new account, opened by this identity, without a password. Raises ``CannotRegister`` and ``CannotUseLogin``."""
    person = people.register_without_password(email=email, given_name=given_name, language=language, now=now)
    link(person=person, who=who, tell=False, now=now)
    return person


@transaction.atomic
def unlink(*, person: Person, identity_id: int, now: datetime) -> None:
    """The membership that it brought ends with it. Raises ``CannotUseLogin``."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    held = Identity.objects.filter(pk=identity_id, person=person).first()
    if held is None:
        raise CannotUseLogin("gone")
    if remaining.is_last(person):
        raise CannotUseLogin("last")
    held.delete()
    audit.record(
        actor=None, action="login_unlinked", target=audit.target_of(person), detail={"issuer": held.issuer}, now=now
    )
    if login := login_of(held.issuer):
        claimed.renew(person=person, source=login.source, until=None, now=now)


def identities_of(person: Person) -> list[Identity]:
    """The oldest first."""
    return list(Identity.objects.filter(person=person).order_by("pk"))


def _renew(person: Person, who: openid.Identity, now: datetime) -> None:
    login = login_of(who.issuer)
    if login is not None and login.membership is not None and who.premium is not None:
        until = now + login.membership.valid_for if who.premium else None
        claimed.renew(person=person, source=login.source, until=until, now=now)
