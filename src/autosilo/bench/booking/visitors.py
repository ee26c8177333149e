"""``python -m autosilo.bench.booking.visitors FIRST COUNT``: signed-in sessions, as the login page makes them.

Prints one session key a line, in order of the persons' numbers. With ``password`` as third word: gives those persons a
password instead, and prints nothing.
"""

import sys
from datetime import timedelta

PASSWORD = "a long walk by the river"  # noqa: S105  of accounts that live as long as the run


def main(argv: list[str]) -> int:
    import django

    django.setup()
    from autosilo.platform.resources.people.models import Person

    first, count = int(argv[0]), int(argv[1])
    persons = list(Person.objects.filter(pk__gte=first, pk__lt=first + count).order_by("pk"))
    if argv[2:] == ["password"]:
        _give_password(persons)
    else:
        print("\n".join(_sessions(persons)))
    return 0


def _give_password(persons: list) -> None:
    from django.contrib.auth.hashers import make_password

    digest = make_password(PASSWORD)
    for person in persons:
        person.password = digest
        person.save(update_fields=["password"])


def _sessions(persons: list) -> list[str]:
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.contrib.sessions.models import Session
    from django.utils import timezone
    from django.utils.crypto import get_random_string

    store = SessionStore()
    rows = []
    for person in persons:
        content = {
            SESSION_KEY: str(person.pk),
            BACKEND_SESSION_KEY: "django.contrib.auth.backends.ModelBackend",
            HASH_SESSION_KEY: person.get_session_auth_hash(),
        }
        rows.append(
            Session(
                session_key=get_random_string(32, "abcdefghijklmnopqrstuvwxyz0123456789"),
                session_data=store.encode(content),
                expire_date=timezone.now() + timedelta(days=1),
            )
        )
    Session.objects.bulk_create(rows, batch_size=1000)
    return [str(row.session_key) for row in rows]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
