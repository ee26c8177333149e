"""How somebody can still get in."""

from allauth.mfa.models import Authenticator

from autosilo.platform.resources.people.models import Person
from autosilo.platform.resources.signin.models import Identity, PhoneLogin


def count(person: Person) -> int:
    """Ways in that the person has: the password, each passkey, each marketplace, the telephone."""
    passkeys = Authenticator.objects.filter(user=person, type=Authenticator.Type.WEBAUTHN).count()
    others = (model.objects.filter(person=person).count() for model in (Identity, PhoneLogin))
    return int(person.has_usable_password()) + passkeys + sum(others)


def is_last(person: Person) -> bool:
    """Would nothing be left without one of them? Ask with the person's row locked."""
    return count(person) <= 1
