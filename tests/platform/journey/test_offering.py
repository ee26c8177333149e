"""A booked car fails before its shopper leaves home: an equal one at once, else an offer with a deadline."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections, transaction

from autosilo.platform.journey.booking import actions as booking
from autosilo.platform.journey.booking import offering, readiness, waiting
from autosilo.platform.journey.booking.models import Offer, OfferState, Reservation, WaitEntry, WaitState, Way
from autosilo.platform.journey.dues.queries import is_our_fault
from autosilo.platform.journey.eligibility.queries import earlier_trials
from autosilo.platform.journey.flow import sweeper, tasks
from autosilo.platform.journey.flow.instead import find_other_cars
from autosilo.platform.journey.trial.models import Deadline
from autosilo.platform.journey.trial.queries import timeline
from autosilo.platform.journey.trial.states import TrialState
from autosilo.platform.kit import clock
from autosilo.platform.policies.facts import Standing
from autosilo.platform.resources.fleet.actions import return_to_service, take_out_of_service
from autosilo.platform.resources.fleet.models import Car
from autosilo.platform.resources.incidents.models import Incident
from autosilo.platform.resources.notices.models import Notice
from autosilo.wire import bus

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def fail(shop, trial):
    """The booked car is taken out of service."""
    take_out_of_service(vin=trial.car_id)
    find_other_cars(Car.objects.get(pk=trial.car_id), kind="car_failed", now=shop.now)
    trial.refresh_from_db()
    return Offer.objects.filter(trial=trial).first()


@pytest.fixture
def failed(shop):
    """Tomorrow's white car fails; a red one is free, another white one only later, and a model of the class."""
    shop.add_cars(1)
    shop.add_cars(1, code="red")
    shop.add_cars(1, model=shop.add_model("nio-et5"))
    trial = shop.book(start=shop.now + DAY)
    return trial, fail(shop, trial)


@pytest.fixture
def nothing_kept(shop):
    """No other car of the model is free at the time; one of the class is."""
    shop.add_cars(1)
    shop.add_cars(1, model=shop.add_model("nio-et5"))
    trial = shop.book(start=shop.now + DAY)
    return trial, fail(shop, trial)


def choice(offer, way, **more):
    return offer.alternatives.filter(way=way, **more).first()


def letters(trial):
    return list(Notice.objects.filter(person=trial.person).order_by("pk").values_list("kind", flat=True))


def kinds(trial):
    return [entry.kind for entry in timeline(trial)]


def test_a_car_of_the_same_kind_is_given_at_once(shop):
    shop.add_cars(2)
    shop.add_cars(1, code="red")
    trial = shop.book(start=shop.now + DAY)
    before = trial.car_id
    assert fail(shop, trial) is None
    assert trial.car_id != before
    assert trial.paint.code == "white"
    assert letters(trial)[-1] == "car_changed"
    assert shop.orders(trial)[-1]["vin"] == trial.car_id


def test_a_second_exchange_is_told_too(shop):
    shop.add_cars(3)
    trial = shop.book(start=shop.now + DAY)
    fail(shop, trial)
    shop.now += HOUR
    fail(shop, trial)
    assert letters(trial).count("car_changed") == 2


def test_otherwise_choices_are_offered_and_the_first_is_kept(shop, failed):
    trial, offer = failed
    assert offer.kept
    assert trial.paint.code == "red"
    assert trial.reservation.car_id == trial.car_id
    assert offer.until == shop.now + 12 * HOUR - timedelta(minutes=7, seconds=30)  # half of the time to collect_from
    assert [one.way for one in offer.alternatives.all()] == [Way.PAINT, Way.MODEL]
    letter = Notice.objects.get(kind="instead_kept")
    assert "- Red BYD byd-seal, 2026-03-11 12:00" in letter.body
    assert "- White BYD nio-et5" in letter.body
    assert shop.orders(trial)[-1]["vin"] == trial.car_id
    assert Deadline.objects.get(trial=trial, kind="offer").due_at == offer.until
    assert not Incident.objects.exists()


def test_the_letter_is_written_in_chinese(shop):
    shop.add_cars(1)
    shop.add_cars(1, code="red")
    fail(shop, shop.book(shop.add_person(language="zh-hans"), start=shop.now + DAY))
    letter = Notice.objects.get(kind="instead_kept")
    assert "- 红 BYD byd-seal" in letter.body
    assert "{" not in letter.subject + letter.body


def test_the_kept_car_is_taken(shop, failed):
    trial, offer = failed
    car = trial.car_id
    offering.take(trial=trial, alternative=choice(offer, Way.PAINT).pk, now=shop.now)
    offer.refresh_from_db()
    trial.refresh_from_db()
    assert (offer.state, trial.car_id, trial.state) == (OfferState.TAKEN, car, TrialState.BOOKED)
    assert letters(trial)[-1] == "car_settled"
    assert not trial.deadlines.filter(kind="offer", done_at=None).exists()
    assert not is_our_fault(trial)


def test_another_model_of_the_class_is_taken_under_the_same_terms(shop, failed):
    trial, offer = failed
    red = trial.car_id
    offering.take(trial=trial, alternative=choice(offer, Way.MODEL).pk, now=shop.now)
    trial.refresh_from_db()
    assert (trial.car_model_id, trial.car.model_id) == ("nio-et5", "nio-et5")
    assert Reservation.objects.get(trial=trial).car_id == trial.car_id
    assert shop.orders(trial)[-1]["model_name"] == "BYD nio-et5"
    assert letters(trial)[-1] == "car_settled"
    assert "model_chosen" in kinds(trial)
    assert shop.book(paint=shop.model.paints.get(code="red"), start=trial.slot_start).car_id == red, "free again"
    shop.now = trial.slot_start
    shop.drive_off(trial)
    assert trial.state == TrialState.DRIVING
    assert {one.model for one in earlier_trials(trial.person)} == {"nio-et5"}, "the other can still be tried"


def test_another_time_with_a_car_as_booked(shop):
    first, second = shop.add_cars(2)
    busy = shop.book(start=shop.now + DAY)
    trial = shop.book(start=shop.now + DAY)
    booking.move(trial=busy, slot_start=shop.now + 4 * HOUR, now=shop.now)
    offer = fail(shop, trial)
    ways = list(offer.alternatives.values_list("way", flat=True))
    assert not offer.kept
    assert set(ways) == {Way.TIME}
    one = choice(offer, Way.TIME)
    offering.take(trial=trial, alternative=one.pk, now=shop.now)
    trial.refresh_from_db()
    assert (trial.slot_start, trial.paint.code) == (one.slot_start, "white")
    assert trial.car_id in (first.vin, second.vin)
    assert letters(trial)[-1] == "moved"
    assert shop.orders(trial)[-1]["collect_until"] == trial.collect_until.isoformat().replace("+00:00", "Z")


def test_what_somebody_else_has_by_now_is_refused_clearly_and_the_rest_stands(shop, failed):
    trial, offer = failed
    one = choice(offer, Way.MODEL)
    shop.book(car_model=one.car_model, paint=one.paint, start=trial.slot_start)
    kept = trial.car_id
    with pytest.raises(offering.CannotTake) as refused:
        offering.take(trial=trial, alternative=one.pk, now=shop.now)
    assert refused.value.reason == "gone"
    one.refresh_from_db()
    offer.refresh_from_db()
    trial.refresh_from_db()
    assert one.gone_at == shop.now
    assert (offer.state, trial.car_id, trial.car_model_id) == (OfferState.OPEN, kept, "byd-seal")
    offering.take(trial=trial, alternative=choice(offer, Way.PAINT).pk, now=shop.now)


def test_nobody_takes_from_the_offer_of_another_nor_after_its_time(shop, failed):
    trial, offer = failed
    shop.add_cars(1)
    other = shop.book(start=shop.now + DAY)
    with pytest.raises(offering.CannotTake, match="over"):
        offering.take(trial=other, alternative=choice(offer, Way.PAINT).pk, now=shop.now)
    with pytest.raises(offering.CannotTake, match="not offered"):
        offering.take(trial=trial, alternative=0, now=shop.now)
    shop.now = offer.until
    with pytest.raises(offering.CannotTake, match="over"):
        offering.take(trial=trial, alternative=choice(offer, Way.PAINT).pk, now=shop.now)


def test_nobody_answers_and_the_kept_car_stays(shop, failed):
    trial, offer = failed
    car = trial.car_id
    shop.now = offer.until
    sweeper.sweep(now=shop.now)
    sweeper.sweep(now=shop.now)
    offer.refresh_from_db()
    trial.refresh_from_db()
    assert (offer.state, trial.state, trial.car_id) == (OfferState.LAPSED, TrialState.BOOKED, car)
    assert letters(trial).count("car_settled") == 1
    assert is_our_fault(trial), "who did not ask for this car pays nothing for not coming"
    shop.now = trial.slot_start
    shop.drive_off(trial)
    assert trial.state == TrialState.DRIVING


def test_nobody_answers_and_nothing_is_kept_so_it_is_called_off_and_a_person_called(shop, nothing_kept):
    trial, offer = nothing_kept
    assert not offer.kept
    assert letters(trial)[-1] == "instead_called_off"
    shop.now = offer.until
    sweeper.sweep(now=shop.now)
    offer.refresh_from_db()
    trial.refresh_from_db()
    assert (offer.state, trial.state) == (OfferState.LAPSED, TrialState.CANCELLED)
    assert letters(trial)[-1] == "called_off"
    assert Incident.objects.get(trial=trial.pk).kind == "offer_unanswered"
    assert not trial.reservation.active
    (earlier,) = earlier_trials(trial.person)
    assert earlier.standing == Standing.NOT_DRIVEN, "it counts neither as one of five nor as this model's one"
    shop.add_cars(1)
    assert shop.book(trial.person, start=trial.slot_start).state == TrialState.BOOKED


def test_the_booked_car_comes_back_in_time_and_the_booking_stands(shop, nothing_kept):
    trial, offer = nothing_kept
    return_to_service(vin=trial.car_id)
    shop.now = offer.until
    sweeper.sweep(now=shop.now)
    offer.refresh_from_db()
    trial.refresh_from_db()
    assert (offer.state, trial.state) == (OfferState.WITHDRAWN, TrialState.BOOKED)
    assert letters(trial)[-1] == "car_back"


def test_a_late_car_that_is_back_ends_the_offer_at_once(shop):
    shop.add_cars(1)
    shop.add_cars(1, model=shop.add_model("nio-et5"))
    earlier = shop.book()
    shop.drive_off(earlier)
    trial = shop.book(start=shop.now + 5 * DAY)
    shop.now = earlier.due_at
    sweeper.sweep(now=shop.now)
    offer = Offer.objects.get(trial=trial)
    assert (offer.why, offer.kept) == ("car_late", False)
    earlier.refresh_from_db()
    shop.bring_back(earlier)
    offer.refresh_from_db()
    assert offer.state == OfferState.WITHDRAWN
    assert letters(trial)[-1] == "car_back"


def test_cancelling_and_another_time_settle_the_offer(shop, failed):
    trial, offer = failed
    booking.cancel(trial=trial, by=trial.person, now=shop.now)
    offer.refresh_from_db()
    assert offer.state == OfferState.DECLINED
    assert not trial.deadlines.filter(done_at=None).exists()


def test_another_time_of_ones_own_choice_is_with_a_car_as_booked(shop, failed):
    trial, offer = failed
    shop.add_cars(1)  # a white one came; the offer stands, and the shopper asks for Friday
    booking.move(trial=trial, slot_start=shop.now + 3 * DAY, now=shop.now)
    offer.refresh_from_db()
    trial.refresh_from_db()
    assert (offer.state, trial.paint.code) == (OfferState.MOVED, "white")


def test_the_kept_car_fails_as_well(shop, failed):
    trial, offer = failed
    again = fail(shop, trial)
    offer.refresh_from_db()
    assert (offer.state, again.state, again.kept) == (OfferState.RENEWED, OfferState.OPEN, False)
    assert again.paint.code == "white"
    assert letters(trial)[-1] == "instead_called_off"


def test_an_equal_car_that_is_free_by_then_ends_the_offer(shop, failed):
    trial, offer = failed
    shop.add_cars(1)
    fail(shop, trial)
    offer.refresh_from_db()
    assert (offer.state, trial.paint.code) == (OfferState.WITHDRAWN, "white")


def test_a_car_as_booked_is_given_as_soon_as_one_can_be_had(shop, failed):
    trial, offer = failed
    red = trial.car_id
    (white,) = shop.add_cars(1)
    sweeper.sweep(now=shop.now)
    offer.refresh_from_db()
    trial.refresh_from_db()
    assert (offer.state, trial.car_id) == (OfferState.WITHDRAWN, white.vin)
    assert letters(trial)[-1] == "car_back"
    assert shop.orders(trial)[-1]["vin"] == white.vin
    assert shop.book(paint=shop.model.paints.get(code="red"), start=trial.slot_start).car_id == red, "free again"


def test_whose_car_failed_comes_before_who_waits_for_one(shop, nothing_kept, monkeypatch):
    trial, _offer = nothing_kept
    waiting.wait(
        person=shop.add_person(),
        car_model=shop.model,
        paint=None,
        site=shop.site,
        not_before=shop.now,
        not_after=shop.now + 2 * DAY,
        now=shop.now,
    )
    (white,) = shop.add_cars(1)
    monkeypatch.setattr(clock, "now", lambda: shop.now)
    tasks.offer_next(site=shop.site.pk, car_model=shop.model.pk)
    trial.refresh_from_db()
    assert trial.car_id == white.vin
    assert not WaitEntry.objects.filter(state=WaitState.OFFERED).exists()


def test_so_near_that_nobody_can_be_asked_another_paint_is_given(shop):
    shop.add_cars(1)
    shop.add_cars(1, code="red")
    trial = shop.book(start=shop.now + HOUR)
    assert fail(shop, trial) is None
    assert trial.paint.code == "red"
    assert "paint_changed" in kinds(trial)
    assert is_our_fault(trial)


def test_with_nothing_to_offer_a_person_is_called(shop):
    shop.add_cars(1)
    trial = shop.book(start=shop.now + DAY)
    assert fail(shop, trial) is None
    assert Incident.objects.get().kind == "car_failed"


def test_neither_what_was_tried_nor_what_costs_otherwise_is_offered(shop):
    shop.add_cars(1)
    tried, dearer = shop.add_model("nio-et5"), shop.add_model("nio-et7", body="suv")
    for model in (tried, dearer):
        shop.add_cars(1, model=model)
    person = shop.add_person()
    before = shop.book(person, car_model=tried, paint=tried.paints.get(code="white"))
    shop.drive_off(before)
    shop.now += 2 * HOUR
    shop.bring_back(before)
    shop.now += 3 * HOUR
    trial = shop.book(person, start=shop.now.replace(minute=0) + DAY)
    assert fail(shop, trial) is None
    assert Incident.objects.filter(kind="car_failed").exists()


def test_a_car_that_charges_longer_than_foreseen_is_still_a_car(shop):
    (car,) = shop.add_cars(1)
    shop.add_cars(1, model=shop.add_model("nio-et5"))
    trial = shop.book(start=shop.now + DAY)
    with transaction.atomic():
        readiness.keep(Car.objects.select_for_update().get(pk=car.pk), shop.now + DAY + HOUR, shop.now)
    offer = Offer.objects.get(trial=trial)
    assert (offer.why, offer.otherwise) == ("car_not_ready", "stands")
    assert set(offer.alternatives.values_list("way", flat=True)) == {Way.TIME, Way.MODEL}, "itself, later"
    assert letters(trial)[-1] == "instead_stands"
    shop.now = offer.until
    sweeper.sweep(now=shop.now)
    offer.refresh_from_db()
    trial.refresh_from_db()
    assert (offer.state, trial.state, trial.car_id) == (OfferState.LAPSED, TrialState.BOOKED, car.vin)
    assert Incident.objects.get().kind == "car_not_ready"


def test_it_is_ready_in_time_after_all(shop):
    (car,) = shop.add_cars(1)
    trial = shop.book(start=shop.now + DAY)
    for ready in (shop.now + DAY + HOUR, shop.now + HOUR):
        with transaction.atomic():
            readiness.keep(Car.objects.select_for_update().get(pk=car.pk), ready, shop.now)
    sweeper.sweep(now=shop.now)
    assert Offer.objects.get(trial=trial).state == OfferState.WITHDRAWN


def test_who_comes_while_the_offer_stands_gets_the_kept_car(shop, failed):
    trial, offer = failed
    assert shop.say(bus.CarHandedOver, trial, odometer_km=100, charge=0.9)
    shop.now = offer.until
    sweeper.sweep(now=shop.now)
    trial.refresh_from_db()
    offer.refresh_from_db()
    assert (trial.state, offer.state) == (TrialState.DRIVING, OfferState.LAPSED)


def test_two_who_choose_the_same_car_at_once_end_with_one_car_each(transactional_shop):
    """One has the model that both were offered; the other is told, and has what was kept."""
    shop = transactional_shop
    shop.add_cars(2)
    shop.add_cars(2, code="red")
    shop.add_cars(1, model=shop.add_model("nio-et5"))
    both = [shop.book(start=shop.now + DAY) for _time in range(2)]
    for trial in both:
        take_out_of_service(vin=trial.car_id)
    for trial in both:
        find_other_cars(Car.objects.get(pk=trial.car_id), kind="car_failed", now=shop.now)
    wished = [(trial, choice(Offer.objects.get(trial=trial), Way.MODEL).pk) for trial in both]

    def take(one):
        try:
            offering.take(trial=one[0], alternative=one[1], now=shop.now)
        except offering.CannotTake as refusal:
            return refusal.reason
        finally:
            connections.close_all()
        return "taken"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(take, wished)) == ["gone", "taken"]
    for trial in both:
        trial.refresh_from_db()
    assert len({trial.car_id for trial in both}) == 2
    assert {trial.car_model_id for trial in both} == {"byd-seal", "nio-et5"}
