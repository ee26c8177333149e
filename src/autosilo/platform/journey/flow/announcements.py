"""What programs are told about the bookings that they have made: each change, with the booking as it is then."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol
from uuid import uuid5

from autosilo.platform.journey.booking import said
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.resources.programs.actions import announce


class AboutTrial(Protocol):
    """A fact about one trial."""

    @property
    def trial(self) -> Trial: ...
    @property
    def now(self) -> datetime: ...


def announcing(kind: str) -> Callable[[AboutTrial], None]:
    """A handler that tells of ``booking.KIND``; nothing for a booking of the shop's own."""

    def tell(fact: AboutTrial) -> None:
        trial = fact.trial
        if trial.channel:
            row = Trial.objects.select_related("car", "paint").get(pk=trial.pk)
            event = uuid5(trial.pk, f"{kind} {fact.now.isoformat()}")
            announce(
                program=trial.channel, event=event, kind=f"booking.{kind}", payload=said.booking(row), now=fact.now
            )

    return tell
