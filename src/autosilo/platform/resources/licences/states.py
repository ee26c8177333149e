"""What becomes of a question to a wallet."""

from typing import Final

from django.db.models import TextChoices

from autosilo.platform.kit.states import Transitions


class AskState(TextChoices):
    """One answer for each question: an answer that was used, good or bad, is never heard again."""

    OPEN = "open", "open"
    PROVEN = "proven", "proven"
    REFUSED = "refused", "refused"


class ReviewState(TextChoices):
    """Of a photo that an operator is to look at."""

    OPEN = "open", "open"
    ACCEPTED = "accepted", "accepted"
    REFUSED = "refused", "refused"
    WITHDRAWN = "withdrawn", "withdrawn"
    LAPSED = "lapsed", "lapsed"


REVIEW_TRANSITIONS: Final = Transitions({ReviewState.OPEN: frozenset(set(ReviewState) - {ReviewState.OPEN})})


class Way(TextChoices):
    """Who says that the licence is real."""

    WALLET = "wallet", "a mobile driving licence"
    REVIEW = "review", "an operator who saw it"
    DEMO = "demo", "nobody: it is a demo"
