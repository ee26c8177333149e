"""How somebody can still get in."""

from allauth.mfa.models import Authenticator

from autosilo.platform.resources.people.models import Person
from autosilo.platform.resources.signin.models import Identity


def count(person: Person) -> int:
    """Ways in that the person has: the password, each passkey, each marketplace."""
    passkeys = Authenticator.objects.filter(user=person, type=Authenticator.Type.WEBAUTHN).count()
    return int(person.has_usable_password()) + passkeys + Identity.objects.filter(person=person).count()


def is_last(person: Person) -> bool:
    """Would nothing be left without one of them? Ask with the person's row locked."""
    return count(person) <= 1
