"""A refusal that a person looks at."""

from django.db import models

from autosilo.platform.kit.states import Transitions


class ReviewState(models.TextChoices):
    OPEN = "open", "open"
    UPHELD = "upheld", "upheld"
    OVERTURNED = "overturned", "overturned"


TRANSITIONS = Transitions({ReviewState.OPEN: frozenset({ReviewState.UPHELD, ReviewState.OVERTURNED})})
