"""The letter that says that an account has another way in."""

from datetime import datetime
from uuid import uuid4

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import override

from autosilo.platform.resources.notices.actions import notify
from autosilo.platform.resources.people.models import Person


def tell_added(*, person: Person, way: str | Promise, name: str, now: datetime) -> None:
    """``way``: a lazy text, put into the person's language; ``name``: which one."""
    with override(person.language):
        context = {
            "given_name": person.first_name,
            "way": f"{way}: {name}",
            "link": f"{settings.WEB_URL}/me/ways",
        }
        notify(person=person, kind="way_added", about=uuid4(), context=context, now=now)
