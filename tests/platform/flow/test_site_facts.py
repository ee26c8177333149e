"""What sites say: once, in any order, never lost, never a crash."""

import json
from datetime import timedelta
from itertools import permutations
from uuid import uuid4

import pytest

from autosilo.platform.journey.booking import actions as booking
from autosilo.platform.journey.flow import site_facts
from autosilo.platform.journey.flow.site_facts import Outcome
from autosilo.platform.journey.trial.queries import timeline
from autosilo.platform.journey.trial.states import TrialState
from autosilo.platform.resources.fleet.models import CarState
from autosilo.platform.resources.incidents.models import Incident
from autosilo.platform.resources.notices.models import Notice
from autosilo.platform.resources.sites.models import SeenFact
from autosilo.wire import bus


@pytest.fixture
def trial(shop):
    shop.add_cars(1)
    return shop.book()


def story(shop, trial):
    """A whole visit as the site tells it."""
    moment = iter(shop.now + timedelta(minutes=10 * step) for step in range(9))
    return [
        shop.fact(bus.VisitorIdentified, trial, at=next(moment), method="face", purpose="collect"),
        shop.fact(bus.CarAtGate, trial, at=next(moment), station="L1.D1"),
        shop.fact(bus.CarHandedOver, trial, at=next(moment), odometer_km=100, charge=0.9),
        shop.fact(bus.VisitorIdentified, trial, at=next(moment), method="pass", purpose="return"),
        shop.fact(bus.CarTakenIn, trial, at=next(moment), bay="L1.B0302", odometer_km=150, charge=0.5),
    ]


def test_every_kind_has_its_handler():
    kinds = {fact.model_fields["kind"].default for fact in bus.Fact.__origin__.__args__}
    assert set(site_facts.HANDLERS) == kinds


def test_a_visit_in_its_order(shop, trial):
    facts = story(shop, trial)
    shop.now += timedelta(hours=2)
    assert [shop.arrive(fact) for fact in facts] == [Outcome.DONE] * 5
    trial.refresh_from_db()
    assert trial.state == TrialState.RETURNED
    assert (trial.handover.method, trial.handover.station) == ("face", "L1.D1")
    assert trial.handed_over_at == facts[2].at, "the clock runs from the hand-over, not from its news"
    assert trial.car_return.driven_km == 50


@pytest.mark.parametrize("order", list(permutations(range(5)))[::7])
def test_a_visit_in_any_order_and_twice_ends_alike(shop, trial, order):
    facts = story(shop, trial)
    shop.now += timedelta(hours=2)
    for index in order:
        shop.arrive(facts[index])
    for fact in facts:
        assert shop.arrive(fact) == Outcome.DUPLICATE
    trial.refresh_from_db()
    assert trial.state == TrialState.RETURNED
    assert trial.handover.odometer_km == 100
    assert trial.car_return.bay == "L1.B0302"
    assert not Incident.objects.exists()
    assert Notice.objects.filter(kind="returned").count() == 1


def test_a_site_that_was_cut_off_tells_it_all_at_the_end(shop, trial):
    shop.say(bus.CarHandedOver, trial, odometer_km=100, charge=0.9)
    assert trial.state == TrialState.DRIVING
    shop.say(bus.CarTakenIn, trial, bay="L1.B0302", odometer_km=130, charge=0.6)
    assert trial.state == TrialState.RETURNED


def test_a_site_whose_clock_runs_ahead_gives_no_time_away(shop, trial):
    shop.say(bus.CarHandedOver, trial, at=shop.now + timedelta(hours=5), odometer_km=1, charge=0.9)
    assert trial.handed_over_at == shop.now
    assert trial.due_at == shop.now + timedelta(hours=72)


def test_a_collection_that_failed_can_be_tried_again(shop, trial):
    shop.say(bus.VisitorIdentified, trial, method="face", purpose="collect")
    assert trial.state == TrialState.HANDING_OVER
    shop.say(bus.HelpWanted, trial, reason="collect_failed")
    assert trial.state == TrialState.BOOKED
    assert Incident.objects.get().detail == {"reason": "collect_failed"}
    assert trial.deadlines.get(kind="no_show").done_at is None
    shop.drive_off(trial)
    assert trial.state == TrialState.DRIVING


@pytest.mark.parametrize("reason", ["already_here", "not_admitted"])
def test_a_return_that_the_tower_cannot_begin_calls_a_person_and_the_trial_goes_on(shop, trial, reason):
    shop.drive_off(trial)
    shop.say(bus.VisitorIdentified, trial, method="pass", purpose="return")
    assert trial.state == TrialState.RETURNING
    shop.say(bus.HelpWanted, trial, reason=reason)
    assert trial.state == TrialState.DRIVING
    assert Incident.objects.get().detail == {"reason": reason}


def test_what_stays_before_a_gate_is_put_before_a_person_once(shop, trial):
    shop.drive_off(trial)
    for _ in range(2):
        shop.say(bus.HelpWanted, trial, reason="zone_not_clear", look_at="L1.D1")
    assert Incident.objects.get().detail == {"reason": "zone_not_clear", "look_at": "L1.D1"}
    assert trial.state == TrialState.DRIVING


def test_a_refused_intake_leaves_the_car_with_the_shopper(shop, trial):
    shop.drive_off(trial)
    shop.say(bus.VisitorIdentified, trial, method="pass", purpose="return")
    shop.say(bus.IntakeRefused, trial, reason="plugged_in")
    assert trial.state == TrialState.DRIVING
    assert trial.car_return.refused_reason == "plugged_in"
    shop.now += timedelta(hours=80)
    shop.say(bus.VisitorIdentified, trial, method="pass", purpose="return")
    shop.say(bus.IntakeRefused, trial, reason="too_large")
    assert trial.state == TrialState.OVERDUE
    assert Incident.objects.get().kind == "intake_refused"
    shop.bring_back(trial)
    assert trial.car_return.refused_reason == ""


def test_a_held_tower_waits_for_a_person_once(shop):
    for _ in range(2):
        shop.say(bus.TowerHeld, reason="the sensor disagrees", look_at="L1.B0312")
    shop.site.refresh_from_db()
    assert shop.site.held_reason == "L1.B0312: the sensor disagrees"
    assert Incident.objects.get().closed_at is None
    shop.say(bus.TowerReleased, by="person 7")
    shop.site.refresh_from_db()
    assert shop.site.held_reason == ""
    assert Incident.objects.get().closed_at == shop.now


def test_an_older_inventory_never_replaces_a_newer_one(shop):
    (car,) = shop.add_cars(1)
    here = [{"vin": car.vin, "place": "L1.B0101"}]
    shop.say(bus.InventoryReported, site="shanghai", cars=here, free_bays=9)
    earlier = shop.now - timedelta(minutes=1)
    shop.say(bus.InventoryReported, at=earlier, site="shanghai", cars=[], free_bays=10)
    shop.site.refresh_from_db()
    assert shop.site.inventory == {"L1.B0101": car.vin}
    assert (shop.site.free_bays, shop.site.last_heard_at) == (9, shop.now)
    assert not SeenFact.objects.exists(), "reports by the minute would fill the table"


def test_who_was_refused_is_part_of_the_story(shop, trial):
    shop.say(bus.VisitorRefused, trial, reason="wrong_code")
    shop.say(bus.VisitorRefused, reason="unknown_face")
    assert [entry.kind for entry in timeline(trial)][-1] == "refused_at_kiosk"
    assert not Incident.objects.exists()


@pytest.mark.parametrize("kind", [bus.CarHandedOver, bus.CarTakenIn])
def test_a_car_that_moves_after_the_booking_was_called_off(shop, trial, kind):
    booking.cancel(trial=trial, by=trial.person, now=shop.now)
    more = {"bay": "L1.B0302"} if kind is bus.CarTakenIn else {}
    assert shop.say(kind, trial, **more) == Outcome.PUT_BEFORE_A_PERSON
    assert trial.state == TrialState.CANCELLED
    incident = Incident.objects.get()
    assert (incident.kind, incident.trial) == ("fact_makes_no_sense", trial.pk)
    assert SeenFact.objects.count() == 1
    trial.car.refresh_from_db()
    out = CarState.OUT_OF_SERVICE if kind is bus.CarHandedOver else CarState.IN_SERVICE
    assert trial.car.state == out, "a car that is out against our books is booked by nobody"


def test_the_wrong_car_the_wrong_site_and_no_such_trial(shop, trial):
    other = shop.add_site("nanjing")
    assert shop.say(bus.CarHandedOver, trial, vin="LA9EV00A0SSASD999") == Outcome.PUT_BEFORE_A_PERSON
    foreign = shop.fact(bus.CarHandedOver, trial)
    assert shop.arrive(foreign, site=other.pk) == Outcome.PUT_BEFORE_A_PERSON
    lost = bus.VisitorIdentified(at=shop.now, trial=uuid4(), method="face", purpose="collect")
    assert shop.arrive(lost) == Outcome.PUT_BEFORE_A_PERSON
    trial.refresh_from_db()
    assert trial.state == TrialState.BOOKED
    assert Incident.objects.count() == 3


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"kind": "nothing"}', b"\xff\xfe", b'{"kind": "car_at_gate"}'])
def test_a_message_that_cannot_be_understood_blocks_nobody(shop, body):
    for _ in range(2):
        outcome = site_facts.receive(site_slug="shanghai", body=body, now=shop.now)
        assert outcome == Outcome.PUT_BEFORE_A_PERSON
    assert Incident.objects.get().kind == "unreadable_fact"


def test_the_content_of_a_poison_message_is_not_repeated(shop, trial):
    fact = json.loads(shop.fact(bus.CarHandedOver, trial).model_dump_json()) | {"face": "very private"}
    site_facts.receive(site_slug="shanghai", body=json.dumps(fact).encode(), now=shop.now)
    assert "private" not in str(Incident.objects.get().detail)


def test_an_unknown_site(shop):
    fact = bus.TowerReleased(at=shop.now, by="x")
    assert shop.arrive(fact, site="atlantis") == Outcome.PUT_BEFORE_A_PERSON
