"""Faces do not outlive their purpose, and operators know how many are held."""

import pytest

from autosilo.platform.journey.flow import retention, sweeper
from autosilo.platform.journey.identity import actions as identity
from autosilo.platform.journey.identity import consent_text
from autosilo.platform.journey.identity.models import FaceTemplate
from autosilo.platform.journey.identity.queries import faces_held
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.resources.incidents.models import Incident


@pytest.fixture
def trial(shop):
    shop.add_cars(1)
    one = shop.book()
    identity.enrol_face(
        trial=one, photo=b"a good face", consent_version=consent_text.VERSION, language="en", now=shop.now
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
