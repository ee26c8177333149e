"""Whole visits, told through the domain alone: every step's facts lead to the next step."""

from datetime import timedelta

import pytest

from autosilo.platform.journey.flow import deadlines, sweeper
from autosilo.platform.journey.identity import actions as identity
from autosilo.platform.journey.identity import consent_text, passes
from autosilo.platform.journey.purchase import actions as purchase
from autosilo.platform.journey.purchase import contract
from autosilo.platform.journey.purchase.queries import receipt_of
from autosilo.platform.journey.trial.queries import timeline
from autosilo.platform.journey.trial.states import TrialState
from autosilo.platform.resources.fleet.models import CarState
from autosilo.platform.resources.incidents.models import Incident
from autosilo.platform.resources.notices.models import Notice
from autosilo.wire import bus
from autosilo.wire.passes import code_digest, token_digest
from autosilo.wire.sealed import Sealed, unseal


def kinds_of(trial):
    return [order["kind"] for order in trial_orders(trial)]


def trial_orders(trial):
    from autosilo.platform.resources.sites.models import OutgoingOrder

    return [p for p in OutgoingOrder.objects.values_list("payload", flat=True) if p.get("trial") == str(trial.pk)]


def notices_of(trial):
    return list(Notice.objects.filter(about=trial.pk).order_by("created_at", "id").values_list("kind", flat=True))


def test_a_visit_that_ends_in_a_purchase(shop, mailoutbox):
    shop.add_cars(2)
    trial = shop.book()
    assert trial.state == TrialState.BOOKED
    identity.enrol(
        trial=trial, template=b"a good face", consent_version=consent_text.VERSION, language="en", now=shop.now
    )
    first, second = trial_orders(trial)
    assert (first["revision"], first["face"]) == (1, None)
    assert second["revision"] == 2
    template = unseal(
        Sealed.model_validate(second["face"]), private_key=shop.sealing_key.private_bytes_raw(), trial=trial.pk
    )
    assert template == b"a good face"

    shop.drive_off(trial)
    assert trial.state == TrialState.DRIVING
    assert trial.due_at == shop.now + timedelta(hours=72)

    shop.now += timedelta(hours=50)
    assert sweeper.sweep(now=shop.now)["deadlines"] == 1
    bought = purchase.accept(trial=trial, contract_version=contract.VERSION, language="en", now=shop.now)
    purchase.pay(purchase=bought, card_token="tok_visa", now=shop.now)

    trial.refresh_from_db()
    trial.car.refresh_from_db()
    assert trial.state == TrialState.PURCHASED
    assert trial.car.state == CarState.SOLD
    assert trial.face.sealed is None
    assert receipt_of(trial).number == "R2026-000001"
    assert trial_orders(trial)[-1]["reason"] == "purchased"
    assert notices_of(trial) == ["booked", "handed_over", "remind_24h", "purchased"]
    assert [entry.kind for entry in timeline(trial)][-1] == "purchased"
    assert not Incident.objects.exists()

    shop.now += timedelta(minutes=1)
    sweeper.sweep(now=shop.now)
    assert [letter.subject for letter in mailoutbox][-1] == "The BYD byd-seal is yours: receipt R2026-000001"
    assert len(mailoutbox) == 4


def test_a_visit_that_ends_with_a_return_and_another_booking(shop):
    shop.add_cars(1)
    other = shop.add_model("nio-et5")
    shop.add_cars(1, model=other)
    trial = shop.drive_off(shop.book())
    shop.now += timedelta(hours=8)
    shop.bring_back(trial)

    assert trial.state == TrialState.RETURNED
    assert trial.car_return.driven_km == 87.5
    trial.car.refresh_from_db()
    assert (trial.car.odometer_km, trial.car.charge) == (187.5, 0.4)
    assert trial_orders(trial)[-1] | {"id": 0, "at": 0} == {
        "kind": "forget_visitor",
        "trial": str(trial.pk),
        "reason": "returned",
        "v": 1,
        "id": 0,
        "at": 0,
    }
    again = shop.book(trial.person, car_model=other, paint=other.paints.get(code="white"))
    assert again.state == TrialState.BOOKED


def test_pass_and_code_are_what_the_site_can_check(shop):
    shop.add_cars(1)
    trial = shop.book()
    token, code = passes.pass_token(trial.visit_pass), passes.code(trial.visit_pass)
    (order,) = trial_orders(trial)
    assert order["pass_digest"] == token_digest(token)
    assert order["code_digest"] == code_digest(code, salt_hex=order["code_salt"])
    assert token not in str(order)


def test_nobody_comes(shop):
    shop.add_cars(1)
    trial = shop.book()
    shop.now = trial.collect_until
    sweeper.sweep(now=shop.now)
    trial.refresh_from_db()
    assert trial.state == TrialState.NO_SHOW
    assert notices_of(trial) == ["booked", "no_show"]
    assert kinds_of(trial) == ["expect_visitor", "forget_visitor"]
    assert shop.book(trial.person).state == TrialState.BOOKED


def test_a_silent_site_lets_nobody_be_called_absent(shop):
    shop.add_cars(1)
    trial = shop.book()
    shop.say(bus.TowerReleased, by="test")
    shop.now = trial.collect_until + timedelta(minutes=5)
    sweeper.sweep(now=shop.now)
    trial.refresh_from_db()
    assert trial.state == TrialState.BOOKED

    gone_at = trial.collect_from + timedelta(minutes=20)
    shop.say(bus.CarHandedOver, trial, at=gone_at, odometer_km=100, charge=0.9)
    assert trial.state == TrialState.DRIVING
    assert trial.handed_over_at == gone_at


def test_time_runs_out(shop):
    shop.add_cars(1)
    trial = shop.drive_off(shop.book())
    shop.now += timedelta(hours=73)
    sweeper.sweep(now=shop.now)
    trial.refresh_from_db()
    assert trial.state == TrialState.OVERDUE
    assert notices_of(trial) == ["booked", "handed_over", "overdue"], "no reminder once it is too late"
    assert Incident.objects.get(closed_at=None).kind == "car_overdue"
    shop.bring_back(trial)
    assert trial.state == TrialState.RETURNED
    assert not Incident.objects.filter(closed_at=None).exists()


def test_a_deadline_runs_once(shop):
    shop.add_cars(1)
    trial = shop.drive_off(shop.book())
    shop.now += timedelta(hours=49)
    due = deadlines.due(now=shop.now)
    assert [deadlines.run(deadline=one, now=shop.now) for one in due + due] == [True, False]
    assert notices_of(trial).count("remind_24h") == 1


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_letter_reads_well(shop, language):
    from autosilo.platform.journey.flow import letters
    from autosilo.platform.resources.notices.render import kinds

    shop.add_cars(1)
    trial = shop.book(shop.add_person(language=language))
    Notice.objects.all().delete()
    about_trials = [kind for kind in kinds() if not kind.startswith(("review_", "licence_", "way_"))]
    assert len(about_trials) > 9
    for kind in about_trials:
        letters.write(trial=trial, kind=kind, now=shop.now)
    for notice in Notice.objects.all():
        assert "{" not in notice.subject + notice.body
        assert ("您" in notice.body) == (language == "zh-hans")
