from django.db import models

from autosilo.platform.kit.states import Transitions


class DeliveryState(models.TextChoices):
    WAITING = "waiting", "waiting"
    DELIVERED = "delivered", "delivered"
    GIVEN_UP = "given_up", "given up"


class Scope(models.TextChoices):
    """What a program may do. A token carries some of its program's scopes."""

    READ = "bookings:read", "read its bookings"
    WRITE = "bookings:write", "book, confirm, move and cancel"
    WEBHOOKS = "webhooks", "say where it wants to be told"


TRANSITIONS = Transitions(
    {
        DeliveryState.WAITING: frozenset({DeliveryState.DELIVERED, DeliveryState.GIVEN_UP}),
        # Somebody asked for it once more.
        DeliveryState.GIVEN_UP: frozenset({DeliveryState.WAITING}),
        DeliveryState.DELIVERED: frozenset({DeliveryState.WAITING}),
    }
)
