"""The one table: what follows from each fact inside the platform.

Handlers run in the transaction that tells the fact, so all of it happens or nothing.
"""

from autosilo.platform.journey.booking import actions as booking
from autosilo.platform.journey.booking import facts as booked
from autosilo.platform.journey.booking import waiting
from autosilo.platform.journey.drive import actions as drive
from autosilo.platform.journey.drive import facts as driven
from autosilo.platform.journey.dues import actions as dues
from autosilo.platform.journey.dues.states import CAME_BACK, Why
from autosilo.platform.journey.flow import letters
from autosilo.platform.journey.flow.announcements import announcing
from autosilo.platform.journey.flow.instead import car_is_back, find_other_cars
from autosilo.platform.journey.flow.names import GIVE_UP_PAYMENT, SWEEP
from autosilo.platform.journey.handover import actions as handover
from autosilo.platform.journey.handover import facts as handed
from autosilo.platform.journey.identity import actions as identity
from autosilo.platform.journey.identity import facts as identified
from autosilo.platform.journey.purchase import actions as purchase
from autosilo.platform.journey.purchase import facts as purchased
from autosilo.platform.journey.purchase.queries import purchase_of
from autosilo.platform.journey.returns import facts as returned
from autosilo.platform.journey.trial import actions as trials
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.kit import jobs
from autosilo.platform.kit.clock_actions import ClockAdvanced
from autosilo.platform.kit.facts import lay_down
from autosilo.platform.resources.fleet.facts import CarRepaired, CarTakenOut
from autosilo.platform.resources.incidents.actions import close_by_key, open_incident
from autosilo.platform.resources.payments.facts import (
    PaymentAuthorised,
    PaymentKept,
    PaymentReceived,
    PaymentReturned,
)
from autosilo.platform.resources.payments.states import PaymentState
from autosilo.platform.resources.sites.actions import send
from autosilo.platform.resources.sites.queries import all_sites
from autosilo.wire.bus import ShiftClock

LETTERS = {
    booked.Because.FAILED: "car_changed",
    booked.Because.CHOSEN: "car_settled",
    booked.Because.BACK: "car_back",
}
"""Of another car, by the reason for it."""


def issue_pass(fact: booked.TrialBooked) -> None:
    identity.issue_pass(trial=fact.trial, now=fact.now)


def tell_site(
    fact: booked.TrialBooked
    | booked.TrialMoved
    | booked.CarReplaced
    | booked.CarFollowed
    | identified.FaceEnrolled
    | identified.PassChanged
    | handed.CarLeft,
) -> None:
    handover.tell_site(trial=fact.trial, now=fact.now)


def tell_site_without_face(fact: identified.FaceWithdrawn) -> None:
    """Not a farewell: the next revision carries no template, and the site shreds the one that it has."""
    handover.tell_site(trial=fact.trial, now=fact.now)


def confirm_booking(fact: booked.TrialBooked) -> None:
    letters.write(trial=fact.trial, kind="booked", now=fact.now)


def confirm_cancellation(fact: booked.TrialCancelled) -> None:
    letters.write(trial=fact.trial, kind="called_off" if fact.unanswered else "cancelled", now=fact.now)


def tell_lapse(fact: booked.TrialLapsed) -> None:
    letters.write(trial=fact.trial, kind="no_show", now=fact.now)


def tell_other_car(fact: booked.CarReplaced) -> None:
    letters.write(trial=fact.trial, kind=LETTERS[fact.because], now=fact.now, again=fact.now.isoformat())


def tell_instead(fact: booked.InsteadOffered) -> None:
    letters.write(
        trial=fact.trial, kind=f"instead_{fact.offer.otherwise}", now=fact.now, again=f"offer {fact.offer.pk}"
    )


def tell_site_of_kept(fact: booked.InsteadOffered) -> None:
    """A booking that its site has not heard of yet is told to it, as it is then, when it settles in."""
    if fact.offer.kept and fact.trial.site_revision:
        handover.tell_site(trial=fact.trial, now=fact.now)


def announce_kept(fact: booked.InsteadOffered) -> None:
    if fact.offer.kept and fact.trial.site_revision:
        announcing("car_changed")(fact)


def tell_settled(fact: booked.KeptCarStays) -> None:
    letters.write(trial=fact.trial, kind="car_settled", now=fact.now, again=fact.now.isoformat())


def tell_car_back(fact: booked.BookedCarIsBack) -> None:
    letters.write(trial=fact.trial, kind="car_back", now=fact.now, again=fact.now.isoformat())


def tell_move(fact: booked.TrialMoved) -> None:
    letters.write(trial=fact.trial, kind="moved", now=fact.now, again=fact.trial.slot_start.isoformat())


def tell_offer(fact: booked.CarOffered) -> None:
    letters.write(trial=fact.trial, kind="offered", now=fact.now)


def tell_payment(fact: booked.TrialBooked) -> None:
    if fact.trial.costs:
        letters.write(trial=fact.trial, kind="dues_paid", now=fact.now)


def return_of_lapsed(fact: booked.HoldExpired) -> None:
    """A hold that ran out, or that its shopper let go: whatever was paid by then goes back."""
    dues.want_back(trial=fact.trial, why=Why.LAPSED, now=fact.now)


def return_of_cancelled(fact: booked.TrialCancelled) -> None:
    dues.want_back(trial=fact.trial, why=Why.OUR_FAULT if fact.our_fault else Why.CANCELLED, now=fact.now)


def dues_after_no_show(fact: booked.TrialLapsed) -> None:
    dues.after_no_show(trial=fact.trial, now=fact.now)


def dues_after_return(fact: returned.CarReturned) -> None:
    dues.after_return(trial=fact.trial, now=fact.now)


def dues_after_purchase(fact: purchased.CarPurchased) -> None:
    """The contract says it: for the trial of a car that is bought nothing is charged."""
    dues.want_back(trial=fact.purchase.trial, why=Why.PURCHASED, now=fact.now)


def confirm_paid(fact: PaymentReceived | PaymentAuthorised) -> None:
    dues.secured(payment=fact.payment, now=fact.now)


def tell_returned(fact: PaymentReturned) -> None:
    due = dues.note_returned(payment=fact.payment, now=fact.now)
    if due is not None:
        letters.write(trial=due.trial, kind=CAME_BACK[due.kind], now=fact.now)


def tell_kept(fact: PaymentKept) -> None:
    due = dues.note_kept(payment=fact.payment, now=fact.now)
    if due is not None:
        letters.write(trial=due.trial, kind="deposit_kept", now=fact.now)


def offer_to_waiting(fact: booked.CarFreed | returned.CarReturned) -> None:
    waiting.look_soon(site=fact.trial.site, car_model=fact.trial.car_model)


def forget_cancelled(fact: booked.TrialCancelled) -> None:
    _forget(fact.trial, "cancelled", fact)


def forget_lapsed(fact: booked.TrialLapsed) -> None:
    _forget(fact.trial, "no_show", fact)


def forget_returned(fact: returned.CarReturned) -> None:
    _forget(fact.trial, "returned", fact)


def forget_purchased(fact: purchased.CarPurchased) -> None:
    _forget(fact.purchase.trial, "purchased", fact)


def start_clock(fact: handed.CarLeft) -> None:
    drive.start(trial=fact.trial, now=fact.now)


def settle_no_show(fact: handed.CarLeft) -> None:
    trials.settle_deadlines(fact.trial, kinds=[booking.NO_SHOW], now=fact.now)


def tell_hand_over(fact: handed.CarLeft) -> None:
    letters.write(trial=fact.trial, kind="handed_over", now=fact.now)


def tell_time(fact: driven.TimeRunsOut) -> None:
    letters.write(trial=fact.trial, kind=fact.kind, now=fact.now)


def tell_overdue(fact: driven.TrialOverdue) -> None:
    letters.write(trial=fact.trial, kind="overdue", now=fact.now)


def ask_after_car(fact: driven.TrialOverdue) -> None:
    open_incident(
        key=overdue_key(fact.trial), kind="car_overdue", site=fact.trial.site, trial=fact.trial.pk, now=fact.now
    )


def tell_return(fact: returned.CarReturned) -> None:
    letters.write(trial=fact.trial, kind="returned", now=fact.now)


def close_overdue(fact: returned.CarReturned | purchased.CarPurchased) -> None:
    trial = fact.trial if isinstance(fact, returned.CarReturned) else fact.purchase.trial
    close_by_key(key=overdue_key(trial), note="the car is back or bought", now=fact.now)


def stop_asking_for_money(fact: returned.CarReturned) -> None:
    """A contract that was accepted but not paid: the car went back, so nobody may pay for it any more."""
    open_purchase = purchase_of(fact.trial)
    if open_purchase is not None and open_purchase.payment.state == PaymentState.ASKED:
        jobs.defer(GIVE_UP_PAYMENT, payment=str(open_purchase.payment_id))


def complete_purchase(fact: PaymentReceived) -> None:
    purchase.complete(payment=fact.payment, now=fact.now)


def tell_purchase(fact: purchased.CarPurchased) -> None:
    letters.write(trial=fact.purchase.trial, kind="purchased", now=fact.now)


def find_others_for_sold(fact: purchased.CarPurchased) -> None:
    find_other_cars(fact.purchase.trial.car, kind="car_sold", now=fact.now)


def find_others_for_late(fact: driven.TrialOverdue) -> None:
    find_other_cars(fact.trial.car, kind="car_late", now=fact.now)


def tell_back(fact: returned.CarReturned) -> None:
    car_is_back(fact.trial.car, now=fact.now)


def find_others_for_failed(fact: CarTakenOut) -> None:
    find_other_cars(fact.car, kind="car_failed", now=fact.now)


def tell_repaired(fact: CarRepaired) -> None:
    car_is_back(fact.car, now=fact.now)


def shift_sites(fact: ClockAdvanced) -> None:
    for site in all_sites():
        send(site=site, order=ShiftClock(offset_s=fact.offset.total_seconds()), now=fact.now)


def sweep_at_once(fact: ClockAdvanced) -> None:
    jobs.defer(SWEEP, timestamp=0)


def find_others_for_charging(fact: booked.CarNotReady) -> None:
    find_other_cars(fact.car, kind="car_not_ready", now=fact.now, before=fact.ready_from)


def find_others_for_moved(fact: booked.CarMoved) -> None:
    find_other_cars(fact.car, kind="car_moved", now=fact.now)


def overdue_key(trial: Trial) -> str:
    return f"overdue:{trial.pk}"


def _forget(
    trial: Trial,
    reason: handover.Farewell,
    fact: booked.TrialCancelled | booked.TrialLapsed | returned.CarReturned | purchased.CarPurchased,
) -> None:
    """The purpose is met or gone: the template is destroyed here, and the site is told to do the same."""
    identity.destroy_face(trial=trial, now=fact.now)
    handover.forget_at_site(trial=trial, reason=reason, now=fact.now)


def lay_down_all() -> None:
    """Install the table."""
    lay_down(
        {
            booked.TrialBooked: (issue_pass, tell_site, confirm_booking, tell_payment, announcing("confirmed")),
            booked.TrialCancelled: (
                forget_cancelled,
                confirm_cancellation,
                return_of_cancelled,
                announcing("cancelled"),
            ),
            booked.TrialLapsed: (forget_lapsed, tell_lapse, dues_after_no_show, announcing("no_show")),
            booked.CarNotReady: (find_others_for_charging,),
            booked.CarMoved: (find_others_for_moved,),
            booked.CarReplaced: (tell_site, tell_other_car, announcing("car_changed")),
            booked.CarFollowed: (tell_site, announcing("car_changed")),
            booked.InsteadOffered: (tell_site_of_kept, tell_instead, announce_kept),
            booked.KeptCarStays: (tell_settled,),
            booked.BookedCarIsBack: (tell_car_back,),
            booked.TrialMoved: (tell_site, tell_move, announcing("moved")),
            booked.HoldExpired: (return_of_lapsed, announcing("released")),
            booked.CarOffered: (tell_offer, announcing("offered")),
            booked.CarFreed: (offer_to_waiting,),
            identified.FaceEnrolled: (tell_site,),
            identified.FaceWithdrawn: (tell_site_without_face,),
            identified.PassChanged: (tell_site,),
            handed.CarLeft: (settle_no_show, start_clock, tell_site, tell_hand_over, announcing("handed_over")),
            driven.TimeRunsOut: (tell_time,),
            driven.TrialOverdue: (tell_overdue, ask_after_car, find_others_for_late),
            returned.CarReturned: (
                forget_returned,
                close_overdue,
                tell_back,
                stop_asking_for_money,
                tell_return,
                dues_after_return,
                offer_to_waiting,
                announcing("returned"),
            ),
            PaymentReceived: (complete_purchase, confirm_paid),
            PaymentAuthorised: (confirm_paid,),
            PaymentKept: (tell_kept,),
            PaymentReturned: (tell_returned,),
            purchased.CarPurchased: (
                forget_purchased,
                close_overdue,
                find_others_for_sold,
                tell_purchase,
                dues_after_purchase,
            ),
            CarTakenOut: (find_others_for_failed,),
            CarRepaired: (tell_repaired,),
            ClockAdvanced: (shift_sites, sweep_at_once),
        }
    )
