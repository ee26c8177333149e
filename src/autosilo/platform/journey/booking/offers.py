"""The rows of offers: what stands open, and that each is settled once. On the trial's locked row."""

from datetime import datetime

from autosilo.platform.journey.booking.models import Alternative, Offer, OfferState
from autosilo.platform.journey.trial import actions as trials
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.journey.trial.states import TrialState

DEADLINE = "offer"
"""The deadline at which an offer that nobody answered is settled as it says."""
TOLD = {
    OfferState.TAKEN: "offer_taken",
    OfferState.LAPSED: "offer_lapsed",
    OfferState.WITHDRAWN: "offer_withdrawn",
}
"""What the trial's story says of it; the other ends have a line of their own."""


def open_of(trial: Trial) -> Offer | None:
    """The offer that this trial's shopper may answer, with what was booked. One query."""
    found = Offer.objects.select_related("car_model", "paint").filter(trial=trial, state=OfferState.OPEN)
    return found.first()


def standing(*, site: str = "", car_model: str = "", limit: int = 200) -> list[Trial]:
    """Trials whose shoppers may answer, the soonest deadline first; those of one site and booked model, if given."""
    found = Offer.objects.filter(state=OfferState.OPEN, trial__state=TrialState.BOOKED).select_related("trial")
    if site:
        found = found.filter(trial__site=site, car_model=car_model)
    return [offer.trial for offer in found.order_by("until")[:limit]]


def choices_of(offer: Offer) -> list[Alternative]:
    """In the order in which they are shown. One query."""
    return list(offer.alternatives.select_related("car_model", "paint"))


def settle(offer: Offer, *, to: OfferState, now: datetime, taken: Alternative | None = None) -> bool:
    """Compare-and-set; False when it was settled before."""
    touched = Offer.objects.filter(pk=offer.pk, state=OfferState.OPEN).update(state=to, settled_at=now, taken=taken)
    if touched and to in TOLD:
        trials.note(offer.trial, kind=TOLD[to], now=now)
    if touched:
        trials.settle_deadlines(offer.trial, kinds=[DEADLINE], now=now)
    return touched == 1
