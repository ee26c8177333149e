from django.db import models
from django.utils.translation import gettext_lazy as _


class DueKind(models.TextChoices):
    FEE = "fee", _("fee")
    DEPOSIT = "deposit", _("deposit")


CAME_BACK: dict[str, str] = {DueKind.FEE: "fee_refunded", DueKind.DEPOSIT: "deposit_released"}
"""What it is called, in the trial's story and in letters, when it went back to the shopper."""


class Wanted(models.TextChoices):
    """What shall become of the money. Set once, in the transaction of whatever decides it; carried out afterwards."""

    UNDECIDED = "", "not decided yet"
    BACK = "back", "goes back to the shopper"
    KEPT = "kept", "is kept, wholly or in part"


class Why(models.TextChoices):
    UNDECIDED = "", ""
    LAPSED = "lapsed", _("the hold ran out before all was paid")
    CANCELLED = "cancelled", _("the booking was cancelled")
    NO_SHOW = "no_show", _("nobody came")
    OUR_FAULT = "our_fault", _("our fault")
    RETURNED = "returned", _("the car is back")
    PURCHASED = "purchased", _("the car was bought")
    OPERATOR = "operator", _("decided by a person")
