"""Sessions as Django keeps them in its table, read with a plan that PostgreSQL keeps: every page of a signed-in person
begins with this read."""

from typing import Any

from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.contrib.sessions.backends.db import SessionStore as Kept
from django.utils import timezone
from django.utils.crypto import get_random_string

from autosilo.platform.kit.prepared import Given, Prepared

KEY_LENGTH = 32


class SessionStore(Kept):
    """Django's, by the same name, so that sessions and their signatures stay what they were."""

    def _get_session_from_db(self) -> Any:
        found = _READ.one(key=self.session_key, now=timezone.now())
        if found is None:
            self._session_key = None
        return found

    def cycle_key(self) -> None:
        """A session that was never kept has no key that somebody could know: it gets one when it is saved, so that who
        signs in writes one row, once."""
        if self.session_key is None:
            self.modified = True
        else:
            super().cycle_key()

    def _get_new_session_key(self) -> str:
        """Without a look whether it is taken: ``create`` finds that out when it writes, and tries another."""
        return get_random_string(KEY_LENGTH, VALID_KEY_CHARS)


_READ = Prepared(
    lambda: (
        SessionStore.get_model_class().objects.order_by().filter(session_key=Given("key"), expire_date__gt=Given("now"))
    )
)
