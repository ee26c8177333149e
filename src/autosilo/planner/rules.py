"""Which of the policies a run uses. The product's is the default; the others are baselines to compare with."""

from dataclasses import dataclass, field
from enum import StrEnum

from autosilo.tower.storage.alike import Likeness
from autosilo.tower.storage.rearrange import Rearrangement
from autosilo.tower.storage.staging import Staging
from autosilo.tower.storage.urgency import Patience


class Order(StrEnum):
    POLICY = "policy"
    """``tower.dispatch.decide``, as in the site controller."""
    FIRST_COME = "first-come"
    """Each lift takes what was asked for first."""


class Storage(StrEnum):
    TURNOVER = "turnover"
    """``tower.storage.choose_bay``: by what is known of the departure."""
    NEAREST = "nearest"
    """The nearest free bay."""
    ZONES = "zones"
    """Class-based: near, middle and far bays for models of high, middle and low demand."""
    RANDOM = "random"


class Choice(StrEnum):
    """Which of several equal cars (of one model and colour) a shopper gets."""

    ON_ARRIVAL = "on-arrival"
    """The one that is promised, by chance; when the shopper has come, or the time to bring it down ahead has, whichever
    is there soonest of those that nobody has been promised (``tower.storage.alike``), as the site controller does."""
    AT_SET_OUT = "at-set-out"
    """Nothing is settled before a lift sets out. No site can do that: the shopper has been told which car."""
    PROMISED = "promised"
    """The one that is promised, by chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The policy's settings: ``staging``, ``patience`` and ``rearrangement`` (while the site is shut), see there.

    ``park``: an idle lift goes to where the next request is expected.
    """

    order: Order = Order.POLICY
    storage: Storage = Storage.TURNOVER
    staging: Staging = field(default_factory=Staging)
    patience: Patience = field(default_factory=Patience)
    rearrangement: Rearrangement | None = field(default_factory=Rearrangement)
    park: bool = True
    choice: Choice = Choice.ON_ARRIVAL
    likeness: Likeness = field(default_factory=Likeness)


_PLAIN = {
    "staging": Staging(ahead_s=0.0, keep_free=0),
    "patience": Patience(keep_free=0, spread_s=0.0),
    "rearrangement": None,
    "park": False,
    "choice": Choice.PROMISED,
}
BASELINE_FIRST_COME = Rules(order=Order.FIRST_COME, storage=Storage.NEAREST, **_PLAIN)  # type: ignore[arg-type]
"""First come, first served, nearest free bay."""
BASELINE_ZONES = Rules(storage=Storage.ZONES, **_PLAIN)  # type: ignore[arg-type]
"""Class-based storage, the policy's sequencing; nothing is prepared before anybody asks."""
