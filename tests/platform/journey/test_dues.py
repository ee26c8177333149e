"""Fee and deposit: paid before the booking, given back or kept after it, whatever comes late or dies in between."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connections, transaction

from autosilo.platform.journey.booking import actions as booking
from autosilo.platform.journey.booking import claim, offering
from autosilo.platform.journey.booking.claim import Wish
from autosilo.platform.journey.booking.models import Offer
from autosilo.platform.journey.booking.refusals import CannotBook, CannotConfirm
from autosilo.platform.journey.dues import actions as dues
from autosilo.platform.journey.dues import queries
from autosilo.platform.journey.dues.actions import CannotDecide, CannotPay, CannotSettle
from autosilo.platform.journey.dues.models import Due
from autosilo.platform.journey.flow import erasure, sweeper, tasks
from autosilo.platform.journey.flow.instead import find_other_cars
from autosilo.platform.journey.purchase import actions as purchase
from autosilo.platform.journey.purchase import contract
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.journey.trial.states import TrialState
from autosilo.platform.resources.fleet.actions import take_out_of_service
from autosilo.platform.resources.incidents.actions import open_incident
from autosilo.platform.resources.incidents.models import Incident
from autosilo.platform.resources.notices.models import Notice
from autosilo.platform.resources.payments import actions as payments
from autosilo.platform.resources.payments.models import Payment
from autosilo.platform.resources.payments.stripe_gateway import IntentStatus, PaymentFailure
from autosilo.platform.resources.sites.models import Site
from autosilo.wire import bus

FEE, DEPOSIT = 14_800, 300_000  # of a model of 208,800 yuan
HOUR = timedelta(hours=1)
DECEMBER = datetime(2026, 12, 8, 4, 0, tzinfo=UTC)  # under the rules of November: two hours to look at the car


class Guangzhou:
    """A shop in the market where a trial costs something."""

    def __init__(self, shop):
        self.shop = shop
        shop.now = DECEMBER
        shop.site.market = "cn-fee"
        shop.site.save()
        shop.add_cars(1)
        self.person = shop.add_person(eligible=False)

    @property
    def wish(self):
        shop = self.shop
        return Wish(car_model=shop.model, paints=(shop.paint,), site=shop.site, slot_start=shop.now + 24 * HOUR)

    def hold(self):
        held = booking.hold(person=self.person, wish=self.wish, now=self.shop.now)
        return Trial.objects.get(pk=held.trial)

    def agreed(self):
        trial = self.hold()
        dues.agree(trial=trial, now=self.shop.now)
        return trial

    def pay(self, trial, card="tok_visa"):
        return dues.secure(trial=trial, card_token=card, now=self.shop.now)

    def booked(self):
        trial = self.agreed()
        assert self.pay(trial)
        booking.settle_in(trial=trial.pk, now=self.shop.now)
        return fresh(trial)

    def driven(self):
        trial = self.booked()
        self.shop.now = trial.slot_start
        return self.shop.drive_off(trial)

    def sweep(self):
        return sweeper.sweep(now=self.shop.now)

    def states(self):
        """Of deposit and fee."""
        return tuple(Payment.objects.order_by("reference").values_list("state", flat=True))


def fresh(trial):
    return Trial.objects.select_related("car_model", "paint", "car", "site", "person").get(pk=trial.pk)


def letters():
    return set(Notice.objects.values_list("kind", flat=True))


@pytest.fixture
def town(shop):
    return Guangzhou(shop)


# --- before the booking ---


def test_a_trial_keeps_what_it_costs(town):
    trial = town.hold()
    assert (trial.fee_minor, trial.deposit_minor, trial.cost_currency) == (FEE, DEPOSIT, "CNY")


def test_who_is_free_by_the_rules_confirms_as_ever(town):
    town.person = town.shop.add_person()
    trial = town.hold()
    assert not trial.costs
    assert booking.confirm(trial=trial, now=town.shop.now).state == TrialState.BOOKED
    with pytest.raises(CannotSettle):
        dues.agree(trial=trial, now=town.shop.now)


def test_a_trial_that_costs_is_not_confirmed_unpaid(town):
    with pytest.raises(CannotConfirm) as caught:
        booking.confirm(trial=town.hold(), now=town.shop.now)
    assert caught.value.reason == "unpaid"


def test_nor_booked_at_once(town):
    with pytest.raises(CannotBook) as caught:
        booking.take(person=town.person, wish=town.wish, now=town.shop.now)
    assert caught.value.reason == "unpaid"
    assert not Trial.objects.exists()


def test_the_database_refuses_it_too(town):
    trial = town.hold()
    with pytest.raises(IntegrityError, match="nothing_confirmed_unpaid"), transaction.atomic():
        Trial.objects.filter(pk=trial.pk).update(state=TrialState.BOOKED)


def test_paid_and_held_with_one_card_it_is_booked(town, fakes):
    trial = town.agreed()
    assert town.pay(trial)
    trial.refresh_from_db()
    assert (trial.state, trial.settled_at, trial.hold_until) == (TrialState.BOOKED, town.shop.now, None)
    assert town.states() == ("authorised", "paid")
    statuses = {intent.amount_minor: intent.status for intent in fakes.gateway.intents.values()}
    assert statuses == {DEPOSIT: IntentStatus.REQUIRES_CAPTURE, FEE: IntentStatus.SUCCEEDED}
    assert town.pay(trial), "again changes nothing"
    assert len(fakes.gateway.intents) == 2
    booking.settle_in(trial=trial.pk, now=town.shop.now)
    assert letters() >= {"booked", "dues_paid"}
    body = Notice.objects.get(kind="dues_paid").body
    assert "¥148 (receipt R2026-000001)" in body
    assert "Deposit: ¥3,000" in body


def test_nothing_is_paid_before_the_terms_are_agreed(town):
    with pytest.raises(CannotSettle) as caught:
        town.pay(town.hold())
    assert caught.value.reason == "not_agreed"


def test_agreeing_twice_is_one_deposit_and_one_fee(town):
    trial = town.agreed()
    dues.agree(trial=trial, now=town.shop.now)
    assert [due.kind for due in queries.dues_of(trial)] == ["deposit", "fee"]


def test_a_declined_card_books_nothing_and_another_one_pays(town):
    trial = town.agreed()
    with pytest.raises(CannotPay) as caught:
        town.pay(trial, "tok_declined")
    assert caught.value.reason == "declined"
    assert fresh(trial).state == TrialState.HELD
    assert town.pay(trial)


def test_a_fee_that_is_declined_leaves_the_deposit_held_for_another_card(town, fakes, monkeypatch):
    trial = town.agreed()

    def declined(*_args, **_kwargs):
        raise PaymentFailure("declined", permanent=True, code="card_declined")

    with monkeypatch.context() as patch:
        patch.setattr(fakes.gateway, "pay_like", declined)
        with pytest.raises(CannotPay):
            town.pay(trial)
    assert town.states() == ("authorised", "asked")
    with pytest.raises(CannotPay):
        dues.secure(trial=trial, now=town.shop.now)  # looking does not try the declined card again
    assert town.pay(trial, "tok_other")
    assert town.states() == ("authorised", "paid")


def test_a_bank_that_asks_the_holder(town, fakes):
    trial = town.agreed()
    with pytest.raises(CannotPay) as caught:
        town.pay(trial, "tok_action")
    assert caught.value.reason == "action_needed"
    assert town.states() == ("asked", "asked")
    (intent,) = [one for one in fakes.gateway.intents.values() if one.status is IntentStatus.REQUIRES_ACTION]
    fakes.gateway.agree(intent.id)
    assert dues.secure(trial=trial, now=town.shop.now), "looking goes on with the fee, by the same card"
    assert town.states() == ("authorised", "paid")


def test_a_holder_who_says_no_is_told_that_it_was_declined(town, fakes):
    trial = town.agreed()
    with pytest.raises(CannotPay):
        town.pay(trial, "tok_action")
    fakes.gateway.refuse(next(iter(fakes.gateway.intents)))
    with pytest.raises(CannotPay) as caught:
        dues.secure(trial=trial, now=town.shop.now)
    assert caught.value.reason == "declined"


def test_a_hold_that_runs_out_gives_all_back(town, fakes, monkeypatch):
    trial = town.agreed()
    with monkeypatch.context() as patch:
        patch.setattr(fakes.gateway, "pay_like", lambda *_a, **_k: (_ for _ in ()).throw(unavailable()))
        with pytest.raises(CannotPay):
            town.pay(trial)
    town.shop.now += claim.HOLD
    with pytest.raises(CannotSettle):
        town.pay(trial)
    town.sweep()
    assert fresh(trial).state == TrialState.EXPIRED
    assert town.states() == ("released", "failed")
    assert not Due.objects.filter(done_at=None).exists()
    assert letters() == {"deposit_released"}


def test_letting_go_gives_back_too(town):
    trial = town.agreed()
    booking.cancel(trial=trial, by=town.person, now=town.shop.now)
    town.sweep()
    assert town.states() == ("failed", "failed")
    assert letters() == set(), "nothing was paid, so nobody is written to"


def test_money_that_comes_too_late_goes_back(town, fakes):
    """The bank says yes after the hold is over, and nobody but the sweeper hears of it."""
    trial = town.agreed()
    with pytest.raises(CannotPay):
        town.pay(trial, "tok_action")
    town.shop.now += claim.HOLD + timedelta(minutes=1)
    fakes.gateway.agree(next(iter(fakes.gateway.intents)))
    town.sweep()
    town.sweep()
    assert fresh(trial).state == TrialState.EXPIRED
    assert town.states() == ("released", "failed")


def test_a_fee_that_is_charged_after_the_end_is_refunded(town, fakes):
    trial = town.agreed()
    deposit, fee = (due.payment for due in queries.dues_of(trial))
    for payment in (deposit, fee):
        payments.ask_provider(payment=payment, description="")
    fakes.gateway.pay(deposit.intent_id, card_token="tok_visa")
    fakes.gateway.pay(fee.intent_id, card_token="tok_visa")
    town.shop.now += claim.HOLD
    booking.expire(trial=trial.pk, now=town.shop.now)
    tasks.carry_out_dues(trial=str(trial.pk))
    town.sweep()
    assert town.states() == ("released", "refunded")
    assert list(fakes.gateway.refunds) == [fee.intent_id]


def unavailable():
    return PaymentFailure("unavailable", permanent=False)


@pytest.mark.parametrize("method", ["create_intent", "pay", "pay_like", "retrieve"])
@pytest.mark.parametrize("done", [True, False], ids=["done and unheard", "not done"])
def test_a_crash_at_any_call_books_once_or_gives_back(town, fakes, monkeypatch, method, done):
    """Every call to the provider dies in turn; then somebody tries again, and all ends booked and paid once."""
    trial = town.agreed()
    real, count = getattr(fakes.gateway, method), 0
    for fails_at in range(6):
        count = 0

        def dies(*args, fails_at=fails_at, **kwargs):
            nonlocal count
            count += 1
            if count - 1 != fails_at:
                return real(*args, **kwargs)
            if done:
                real(*args, **kwargs)
            raise unavailable()

        monkeypatch.setattr(fakes.gateway, method, dies)
        try:
            booked = town.pay(trial)
        except CannotPay:
            continue
        if booked:
            break
    monkeypatch.setattr(fakes.gateway, method, real)
    assert town.pay(trial)
    assert town.states() == ("authorised", "paid")
    taken = [one for one in fakes.gateway.intents.values() if one.taken_minor]
    assert [one.amount_minor for one in taken] == [FEE]
    live = [one for one in fakes.gateway.intents.values() if one.status is IntentStatus.REQUIRES_CAPTURE]
    assert len(live) == 1


# --- afterwards ---


def test_cancelled_in_time_all_goes_back(town):
    trial = town.booked()
    booking.cancel(trial=trial, by=town.person, now=town.shop.now)
    town.sweep()
    assert town.states() == ("released", "refunded")
    assert letters() >= {"cancelled", "deposit_released", "fee_refunded"}


def test_who_does_not_come_loses_the_fee_and_not_the_deposit(town):
    trial = town.booked()
    town.shop.now = trial.collect_until
    town.sweep()
    assert fresh(trial).state == TrialState.NO_SHOW
    assert town.states() == ("released", "paid")
    assert not Due.objects.filter(done_at=None).exists()


@pytest.mark.parametrize("fault", ["incident", "held", "failed"])
def test_nobody_pays_for_our_fault(town, fault):
    trial = town.booked()
    shop = town.shop
    shop.now = trial.slot_start
    if fault == "incident":
        open_incident(key="x", kind="car_sold", site=shop.site, trial=trial.pk, now=shop.now)
    elif fault == "held":
        shop.say(bus.TowerHeld, reason="a bay is blocked", look_at="L1.B0101")
    else:
        shop.say(bus.VisitorIdentified, trial, method="pass", purpose="collect")
        shop.say(bus.HelpWanted, trial, reason="collect_failed")
    shop.now = trial.collect_until
    Site.objects.update(heard_until=None)
    town.sweep()
    assert fresh(trial).state == TrialState.NO_SHOW
    assert town.states() == ("released", "refunded")


def test_a_car_that_is_back_in_time_frees_the_deposit_after_a_look(town):
    trial = town.driven()
    town.shop.now += 48 * HOUR
    town.shop.bring_back(trial)
    town.sweep()
    assert town.states() == ("authorised", "paid")
    town.shop.now += 2 * HOUR
    town.sweep()
    town.sweep()
    assert town.states() == ("released", "paid")
    assert letters() >= {"returned", "deposit_released"}
    assert [event.kind for event in trial.events.filter(kind__startswith="deposit")] == [
        "deposit_held",
        "deposit_released",
    ]


def late(town, hours=5):
    trial = town.driven()
    town.shop.now = trial.due_at + timedelta(minutes=1)
    town.sweep()
    town.shop.now = trial.due_at + hours * HOUR - timedelta(minutes=1)
    return town.shop.bring_back(trial)


def test_a_late_car_waits_for_a_person_and_then_no_longer(town):
    trial = late(town)
    incident = Incident.objects.get(kind="deposit_to_decide")
    assert incident.detail["proposed"] == "¥250"
    town.shop.now += 2 * HOUR
    town.sweep()
    assert town.states() == ("authorised", "paid")
    town.shop.now += dues.DECIDE_WITHIN
    town.sweep()
    town.sweep()
    assert town.states() == ("released", "paid")
    assert not Incident.objects.filter(kind="deposit_to_decide", closed_at=None).exists()
    assert queries.proposed_minor(fresh(trial)) == 25_000


def test_late_because_the_tower_did_not_take_it_is_not_late(town):
    trial = town.driven()
    town.shop.now = trial.due_at - timedelta(minutes=5)
    town.shop.say(bus.VisitorIdentified, trial, method="pass", purpose="return")
    town.shop.say(bus.IntakeRefused, trial, reason="too_heavy")
    town.shop.now = trial.due_at + 5 * HOUR
    town.shop.bring_back(trial)
    assert not Incident.objects.filter(kind="deposit_to_decide").exists()
    town.shop.now += 2 * HOUR
    town.sweep()
    town.sweep()
    assert town.states() == ("released", "paid")


def test_a_person_keeps_a_part_and_says_why(town, fakes):
    trial = late(town)
    staff = town.shop.add_person(is_staff=True)
    due = dues.decide_deposit(trial=trial, keep_minor=25_000, words="Five hours late.", by=staff, now=town.shop.now)
    with pytest.raises(CannotDecide):
        dues.decide_deposit(trial=trial, keep_minor=0, words="No.", by=staff, now=town.shop.now)
    town.shop.now += dues.DECIDE_WITHIN
    town.sweep()
    town.sweep()
    assert town.states() == ("paid", "paid")
    due.payment.refresh_from_db()
    assert (due.payment.taken_minor, due.payment.receipt_number) == (25_000, "R2026-000002")
    assert fakes.gateway.retrieve(due.payment.intent_id).taken_minor == 25_000
    body = Notice.objects.get(kind="deposit_kept").body
    for words in ("¥250", "R2026-000002", "Five hours late."):
        assert words in body
    assert not Incident.objects.filter(closed_at=None).exists()


@pytest.mark.parametrize(("keep", "reason"), [(DEPOSIT + 1, "too_much")])
def test_no_more_than_the_deposit_is_kept(town, keep, reason):
    trial = late(town)
    with pytest.raises(CannotDecide) as caught:
        dues.decide_deposit(trial=trial, keep_minor=keep, words="x", by=town.person, now=town.shop.now)
    assert caught.value.reason == reason


def test_nothing_is_kept_of_a_trial_that_was_not_driven(town):
    with pytest.raises(CannotDecide):
        dues.decide_deposit(trial=town.booked(), keep_minor=1, words="x", by=town.person, now=town.shop.now)


def test_a_person_gives_back_a_fee_that_was_earned(town):
    trial = town.driven()
    town.shop.bring_back(trial)
    town.sweep()
    staff = town.shop.add_person(is_staff=True)
    due = dues.refund_fee(trial=trial, words="The car broke down.", by=staff, now=town.shop.now)
    with pytest.raises(CannotDecide):
        dues.refund_fee(trial=trial, words="Twice.", by=staff, now=town.shop.now)
    town.sweep()
    due.refresh_from_db()
    assert (due.payment.state, due.done_at) == ("refunded", town.shop.now)
    assert "fee_refunded" in letters()


def test_a_fee_that_is_not_paid_is_not_given_back(town):
    with pytest.raises(CannotDecide):
        dues.refund_fee(trial=town.agreed(), words="x", by=town.person, now=town.shop.now)


def test_where_only_a_deposit_is_asked(town):
    """Europe."""
    town.shop.site.market = "eu"
    town.shop.site.save()
    trial = town.agreed()
    assert town.pay(trial)
    (payment,) = Payment.objects.all()
    assert (payment.state, str(payment.amount)) == ("authorised", "€500")
    assert fresh(trial).state == TrialState.BOOKED


def test_who_buys_the_car_pays_nothing_for_the_trial(town):
    trial = town.driven()
    bought = purchase.accept(trial=trial, contract_version=contract.VERSION, language="en", now=town.shop.now)
    purchase.pay(purchase=bought, card_token="tok_visa", now=town.shop.now)
    town.sweep()
    states = {due.kind: due.payment.state for due in queries.dues_of(trial)}
    assert states == {"deposit": "released", "fee": "refunded"}
    assert fresh(trial).state == TrialState.PURCHASED


def test_a_bank_that_is_away_is_asked_until_it_does_it_and_a_person_hears(town, fakes, monkeypatch):
    trial = town.booked()
    booking.cancel(trial=trial, by=town.person, now=town.shop.now)
    with monkeypatch.context() as patch:
        for method in ("cancel", "refund"):
            patch.setattr(fakes.gateway, method, lambda *_a, **_k: (_ for _ in ()).throw(unavailable()))
        town.sweep()
        assert not Incident.objects.exists()
        town.shop.now += dues.STUCK_AFTER
        town.sweep()
        assert Incident.objects.filter(kind="money_stuck", closed_at=None).count() == 2
    town.shop.now += payments.TURN
    town.sweep()
    assert town.states() == ("released", "refunded")
    assert not Incident.objects.filter(closed_at=None).exists()


def test_who_has_money_with_us_is_not_forgotten(town):
    trial = town.driven()
    town.shop.bring_back(trial)
    town.person.set_password("a long password")
    town.person.save()
    with pytest.raises(erasure.CannotErase) as caught:
        erasure.erase(person=town.person, password="a long password", now=town.shop.now)
    assert caught.value.reason == "money_held"
    town.shop.now += 2 * HOUR
    town.sweep()
    town.sweep()
    erasure.erase(person=town.person, password="a long password", now=town.shop.now)


def test_paying_twice_at_once_is_one_booking(transactional_shop, fakes):
    town = Guangzhou(transactional_shop)
    trial = town.agreed()

    def pay(_n):
        try:
            return town.pay(trial)
        except CannotPay:
            return False
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(pay, range(4)))
    assert town.pay(trial)
    assert town.states() == ("authorised", "paid")
    live = [one for one in fakes.gateway.intents.values() if one.status is IntentStatus.REQUIRES_CAPTURE]
    assert len(live) == 1
    assert sum(one.taken_minor for one in fakes.gateway.intents.values()) == FEE


def test_paying_against_a_hold_that_runs_out_ends_one_way(transactional_shop):
    """Booked with the money here, or expired with the money back: never between."""
    town = Guangzhou(transactional_shop)
    trial = town.agreed()

    def act(which):
        try:
            if which:
                town.pay(trial)
            else:
                booking.expire(trial=trial.pk, now=town.shop.now + claim.HOLD)
        except (CannotPay, CannotSettle):
            pass
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(act, (True, False)))
    for _time in range(3):
        town.shop.now += payments.TURN
        town.sweep()
    booked = fresh(trial).state == TrialState.BOOKED
    assert town.states() in ([("authorised", "paid")] if booked else BACK)


BACK = [("released", "refunded"), ("released", "failed"), ("failed", "failed")]


# --- a booked car that fails ---


def failing(town, *, paint=True, price_minor=20_880_000):
    """Its car fails; another model of the class is there, and with ``paint`` another colour of the booked one."""
    shop = town.shop
    if paint:
        shop.add_cars(1, code="red")
    other = shop.add_model("nio-et5")
    other.price_minor = price_minor
    other.save()
    shop.add_cars(1, model=other)
    trial = town.booked()
    take_out_of_service(vin=trial.car_id)
    find_other_cars(trial.car, kind="car_failed", now=shop.now)
    return fresh(trial), Offer.objects.filter(trial=trial).first()


@pytest.mark.parametrize("answer", ["cancel", "none"])
def test_without_a_car_all_goes_back_by_our_fault(town, answer):
    trial, offer = failing(town, paint=False)
    if answer == "cancel":
        booking.cancel(trial=trial, by=trial.person, now=town.shop.now)
    else:
        town.shop.now = offer.until
        town.sweep()
    town.sweep()
    assert town.states() == ("released", "refunded")
    assert set(Due.objects.values_list("why", flat=True)) == {"our_fault"}


def test_who_did_not_ask_for_the_kept_car_and_does_not_come_pays_nothing(town):
    trial, offer = failing(town)
    assert offer.kept
    town.shop.now = trial.collect_until
    for _time in range(2):
        town.sweep()
    assert fresh(trial).state == TrialState.NO_SHOW
    assert town.states() == ("released", "refunded")


def test_who_chose_it_and_does_not_come_is_as_everybody(town):
    trial, offer = failing(town)
    offering.take(trial=trial, alternative=offer.alternatives.first().pk, now=town.shop.now)
    town.shop.now = trial.collect_until
    for _time in range(2):
        town.sweep()
    assert town.states() == ("released", "paid")


def test_another_model_is_taken_at_the_agreed_price(town):
    trial, offer = failing(town)
    offering.take(trial=trial, alternative=offer.alternatives.get(way="model").pk, now=town.shop.now)
    trial = fresh(trial)
    assert (trial.car_model_id, trial.fee_minor, trial.deposit_minor) == ("nio-et5", FEE, DEPOSIT)
    assert town.states() == ("authorised", "paid")


@pytest.mark.parametrize("price_minor", [5_000_000, 90_000_000])
def test_a_model_whose_trial_costs_otherwise_is_not_offered(town, price_minor):
    _trial, offer = failing(town, price_minor=price_minor)
    assert [one.way for one in offer.alternatives.all()] == ["paint"]
