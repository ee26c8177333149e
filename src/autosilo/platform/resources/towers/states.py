"""What becomes of an order that somebody of staff gave to a tower."""

from django.db import models


class OrderState(models.TextChoices):
    GIVEN = "given", "given"
    """Written; nothing is known of it yet."""
    DONE = "done", "done"
    """The tower's books show what it asked for."""
    REFUSED = "refused", "refused"
    """The site said that it had no effect, and why."""
    REPLACED = "replaced", "replaced"
    """A later order about the same thing was given before anything was heard of this one."""
