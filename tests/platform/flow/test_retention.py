"""Faces do not outlive their purpose, and operators know how many are held."""

from collections import defaultdict
from datetime import timedelta

import pytest

from autosilo.platform.journey.eligibility import actions as eligibility
from autosilo.platform.journey.eligibility.models import CreditCheck
from autosilo.platform.journey.flow import retention, sweeper
from autosilo.platform.journey.identity import actions as identity
from autosilo.platform.journey.identity import consent_text
from autosilo.platform.journey.identity.models import FaceTemplate
from autosilo.platform.journey.identity.queries import faces_held
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.resources.incidents.models import Incident
from autosilo.platform.resources.notices import actions as notices
from autosilo.platform.resources.notices.models import Notice

CONTEXT = defaultdict(str)


@pytest.fixture
def trial(shop):
    shop.add_cars(1)
    one = shop.book()
    identity.enrol(
        trial=one, template=b"a good face", consent_version=consent_text.VERSION, language="en", now=shop.now
    )
    return one


def test_what_was_left_behind_is_destroyed(shop, trial):
    assert sweeper.sweep(now=shop.now)["faces"] == 0
    Trial.objects.filter(pk=trial.pk).update(state="returned")  # as by a hand in the database
    assert sweeper.sweep(now=shop.now)["faces"] == 1
    assert FaceTemplate.objects.get().sealed is None
    assert sweeper.sweep(now=shop.now)["faces"] == 0


def test_operators_hear_of_a_filing_before_it_is_due(shop, trial, monkeypatch):
    assert faces_held() == 1
    monkeypatch.setattr(retention, "WARN_FROM", 1)
    for _ in range(2):
        retention.look_after_faces(now=shop.now)
    (incident,) = Incident.objects.all()
    assert (incident.kind, incident.detail["held"], incident.closed_at) == ("faces_filing", 1, None)
    identity.withdraw_face(trial=trial, now=shop.now)
    retention.look_after_faces(now=shop.now)
    incident.refresh_from_db()
    assert incident.closed_at is not None


def test_the_name_in_a_sites_orders_goes_with_the_visit(shop, trial):
    assert {order["greeting"] for order in shop.orders(trial)} == {trial.person.first_name}
    shop.bring_back(shop.drive_off(trial))
    left = [order for order in shop.orders(trial) if order["kind"] == "expect_visitor"]
    assert {order["greeting"] for order in left} == {""}
    assert {order["face"] for order in left} == {None}


def test_letters_are_emptied_and_never_sent_again(shop, trial):
    letter = Notice.objects.get(kind="booked")
    assert trial.person.first_name in letter.body
    sent = letter.created_at + timedelta(seconds=1)
    Notice.objects.update(sent_at=sent)
    assert notices.forget_letters(now=sent + notices.LETTERS_KEPT) == 0
    later = sent + notices.LETTERS_KEPT + timedelta(seconds=1)
    assert notices.forget_letters(now=later) == 1
    assert notices.forget_letters(now=later) == 0
    letter.refresh_from_db()
    assert (letter.subject, letter.body) == ("", "")
    notices.notify(person=trial.person, kind="booked", about=trial.pk, context=CONTEXT, now=later)
    assert Notice.objects.get(kind="booked").body == ""


def test_the_bureaus_answer_goes_a_month_after_it_is_out_of_date(shop, trial):
    until = shop.now + timedelta(days=1)
    check = CreditCheck.objects.create(
        person=trial.person, consent_text="v", threshold=650, meets=True, asked_at=shop.now, valid_until=until
    )
    CreditCheck.objects.exclude(pk=check.pk).delete()
    assert eligibility.forget_answers(now=until + eligibility.ANSWERS_KEPT) == 0
    assert eligibility.forget_answers(now=until + eligibility.ANSWERS_KEPT + timedelta(seconds=1)) == 1
