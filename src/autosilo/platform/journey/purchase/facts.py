from dataclasses import dataclass
from datetime import datetime

from autosilo.platform.journey.purchase.models import Purchase
from autosilo.platform.kit.facts import Fact


@dataclass(frozen=True, kw_only=True)
class CarPurchased(Fact):
    """Paid: the car belongs to the shopper."""

    purchase: Purchase
    now: datetime
