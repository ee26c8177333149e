"""What is anticipated and safe to show: ``CannotX(reason)`` beside action X."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.functional import Promise


class Refusal(Exception):
    """Base of every ``CannotX``. ``reason`` is one of ``messages``; ``str()`` is that message in the active language.

    ``detail`` is for the caller's screen (fields, a decision), never for secrets.
    """

    messages: ClassVar[Mapping[str, Promise | str]] = {}

    def __init__(self, reason: str, **detail: Any) -> None:
        if reason not in self.messages:
            raise KeyError(f"{type(self).__name__} has no message for {reason!r}")
        super().__init__(reason)
        self.reason = str(reason)
        self.detail = detail

    def __str__(self) -> str:
        return str(self.messages[self.reason])


class DeviceFailure(Exception):
    """A driver could not do its work. ``kind`` is a short code; ``permanent`` says that trying again will not help."""

    def __init__(self, kind: str, *, permanent: bool = False) -> None:
        super().__init__(kind)
        self.kind = kind
        self.permanent = permanent
