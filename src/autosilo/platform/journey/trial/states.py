from django.db import models

from autosilo.platform.kit.states import Transitions


class TrialState(models.TextChoices):
    BOOKED = "booked", "booked"
    HANDING_OVER = "handing_over", "handing over"
    DRIVING = "driving", "driving"
    OVERDUE = "overdue", "overdue"
    RETURNING = "returning", "returning"
    RETURNED = "returned", "returned"
    PURCHASED = "purchased", "purchased"
    CANCELLED = "cancelled", "cancelled"
    NO_SHOW = "no_show", "no show"


S = TrialState

TRANSITIONS = Transitions(
    {
        S.BOOKED: frozenset({S.HANDING_OVER, S.DRIVING, S.CANCELLED, S.NO_SHOW}),
        # The car may leave before the word of it arrives; a failed hand-over goes back to booked.
        S.HANDING_OVER: frozenset({S.DRIVING, S.BOOKED, S.CANCELLED}),
        S.DRIVING: frozenset({S.OVERDUE, S.RETURNING, S.RETURNED, S.PURCHASED}),
        S.OVERDUE: frozenset({S.RETURNING, S.RETURNED, S.PURCHASED}),
        # A refused intake leaves the shopper with the car.
        S.RETURNING: frozenset({S.RETURNED, S.DRIVING, S.OVERDUE}),
    }
)

ACTIVE = frozenset({S.BOOKED, S.HANDING_OVER, S.DRIVING, S.OVERDUE, S.RETURNING})
WITH_SHOPPER = frozenset({S.DRIVING, S.OVERDUE, S.RETURNING})
COUNTED = frozenset(S) - {S.CANCELLED, S.NO_SHOW}  # what counts as having tried a model
