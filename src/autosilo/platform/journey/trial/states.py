from django.db import models

from autosilo.platform.kit.states import Transitions


class TrialState(models.TextChoices):
    HELD = "held", "held"
    BOOKED = "booked", "booked"
    HANDING_OVER = "handing_over", "handing over"
    DRIVING = "driving", "driving"
    OVERDUE = "overdue", "overdue"
    RETURNING = "returning", "returning"
    RETURNED = "returned", "returned"
    PURCHASED = "purchased", "purchased"
    CANCELLED = "cancelled", "cancelled"
    NO_SHOW = "no_show", "no show"
    EXPIRED = "expired", "expired"


S = TrialState

TRANSITIONS = Transitions(
    {
        S.HELD: frozenset({S.BOOKED, S.EXPIRED, S.CANCELLED}),
        S.BOOKED: frozenset({S.HANDING_OVER, S.DRIVING, S.CANCELLED, S.NO_SHOW}),
        # The car may leave before the word of it arrives; a failed hand-over goes back to booked.
        S.HANDING_OVER: frozenset({S.DRIVING, S.BOOKED, S.CANCELLED}),
        S.DRIVING: frozenset({S.OVERDUE, S.RETURNING, S.RETURNED, S.PURCHASED}),
        S.OVERDUE: frozenset({S.RETURNING, S.RETURNED, S.PURCHASED}),
        # A refused intake leaves the shopper with the car.
        S.RETURNING: frozenset({S.RETURNED, S.DRIVING, S.OVERDUE}),
    }
)

ACTIVE = frozenset({S.HELD, S.BOOKED, S.HANDING_OVER, S.DRIVING, S.OVERDUE, S.RETURNING})
BEFORE_PICK_UP = frozenset({S.HELD, S.BOOKED})  # another car or time can still be given
TO_BE_COLLECTED = frozenset({S.BOOKED, S.HANDING_OVER})
CONFIRMED = ACTIVE - {S.HELD}  # of these the site is told
WITH_SHOPPER = frozenset({S.DRIVING, S.OVERDUE, S.RETURNING})
NOT_DRIVEN = frozenset({S.CANCELLED, S.NO_SHOW, S.EXPIRED})  # over before the car left
NEED_NOT_BE_PAID = frozenset({S.HELD, S.CANCELLED, S.EXPIRED})  # a fee or a deposit may still be owed
COUNTED = frozenset(S) - NOT_DRIVEN  # what counts as having tried a model
