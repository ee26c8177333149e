"""What is held about a person can be taken home, and a person can be forgotten."""

import json
from datetime import timedelta
from types import SimpleNamespace

import numpy as np
import pytest
from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from django.apps import apps

from autosilo.platform.journey.booking import actions as booking
from autosilo.platform.journey.booking import line, waiting
from autosilo.platform.journey.eligibility import actions as eligibility
from autosilo.platform.journey.eligibility import reviewing
from autosilo.platform.journey.flow import erasure
from autosilo.platform.journey.flow.erasure import CannotErase
from autosilo.platform.journey.flow.holdings import HOLDINGS, Fate, held_about
from autosilo.platform.journey.identity import actions as identity
from autosilo.platform.journey.identity import consent_text
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.resources.incidents.actions import open_incident
from autosilo.platform.resources.licences import actions as licences
from autosilo.platform.resources.licences import reviewing as licence_photos
from autosilo.platform.resources.licences.consent_text import VERSION as LICENCE_CONSENT
from autosilo.platform.resources.people import actions as people
from autosilo.platform.resources.people import audit
from autosilo.platform.resources.people.models import AuditEntry, Mark, MarkKind, Membership, Person
from autosilo.platform.resources.programs import actions as programs
from autosilo.platform.resources.signin.models import Identity, PhoneCode, PhoneLogin
from autosilo.vision.images import as_jpeg

from ..conftest import NOON

PASSWORD = "a long and odd one"
OURS = ("autosilo.", "allauth.")


@pytest.fixture
def person(shop) -> Person:
    shop.add_cars(1)
    one = shop.add_person(first_name="Aurelia", last_name="Quispe")
    one.set_password(PASSWORD)
    one.phone = "+86 138 1234 5678"
    one.save()
    return one


def forget(person, shop, password=PASSWORD):
    erasure.erase(person=person, password=password, now=shop.now)


def everything_in_the_database() -> str:
    """As text, of all our tables."""
    rows = [
        {field.name: str(getattr(row, field.attname)) for field in row._meta.concrete_fields}
        for model in apps.get_models()
        if model.__module__.startswith(OURS)
        for row in model._default_manager.all()
    ]
    return json.dumps(rows, ensure_ascii=False)


def test_every_table_that_refers_to_a_person_or_a_trial_is_thought_of(db):
    known = {(one.model.lower(), one.path.split("__")[0]) for one in HOLDINGS}
    found = set()
    for model in apps.get_models():
        if not model.__module__.startswith(OURS):
            continue
        for field in model._meta.concrete_fields:
            if field.related_model in (Person, Trial):
                found.add((model._meta.label_lower, field.name))
    missing = found - known - {("booking.waitentry", "trial"), ("identity.biometricconsent", "trial")}
    assert not missing, "say in flow/holdings.py what happens to these when a person is forgotten"
    assert all(one.table and one.rows(Person(pk=0)).count() == 0 for one in HOLDINGS), "each path leads to a person"


def test_what_is_held_is_all_there_and_no_secret(shop, person):
    trial = shop.book(person)
    identity.enrol(
        trial=trial, template=b"a good face", consent_version=consent_text.VERSION, language="en", now=shop.now
    )
    held = held_about(person)
    text = json.dumps(held, ensure_ascii=False)
    assert person.email in text
    assert person.licence.number in text
    assert consent_text.text("en").splitlines()[0] in text.replace("\\\\n", "\n").replace("\\n", "\n")
    assert held["held"]["trial.Trial"][0]["id"] == str(trial.pk)
    assert held["held"]["identity.FaceTemplate"][0]["sealed"] == "(not shown)"
    for secret in (person.password, trial.visit_pass.salt, trial.face.sealed["content"]):
        assert secret not in text
    assert [one["action"] for one in held["done_with_it"]] == ["face_enrolled", "face_sent"]
    another = held_about(shop.add_person())
    assert person.email not in json.dumps(another)
    assert not another["held"]["trial.Trial"]


def test_what_went_wrong_is_told_and_what_staff_did_without_their_names(shop, person):
    trial = shop.book(person)
    operator = shop.add_person()
    audit.record(actor=operator, action="refunded", target=audit.target_of(trial), detail={"why": "rain"}, now=shop.now)
    open_incident(key="k", kind="car_stuck", site=trial.site, trial=trial.pk, detail={}, now=shop.now)
    held = held_about(person)
    assert held["done_with_it"][-1]["detail"] == {"why": "rain"}
    assert held["done_with_it"][-1]["by_staff"] is True
    assert operator.email not in json.dumps(held)
    assert [(one["kind"], one["closed_at"]) for one in held["incidents"]] == [("car_stuck", None)]
    another = held_about(operator)
    assert (another["done_with_it"], another["incidents"]) == ([], [])


def test_who_is_forgotten_is_nowhere_any_more_and_the_books_stay(shop, person):
    trial = shop.book(person)
    shop.bring_back(shop.drive_off(trial))
    words = [person.email, person.phone, person.licence.number, person.first_name, person.last_name]
    before = everything_in_the_database()
    assert all(word in before for word in words)
    forget(person, shop)
    after = everything_in_the_database()
    assert [word for word in words if word in after] == []
    trial.refresh_from_db()
    assert (trial.state, trial.person_id) == ("returned", person.pk)
    assert AuditEntry.objects.filter(action="person_erased", target=f"person {person.pk}").exists()


def test_what_was_asked_waited_for_and_linked_goes_too_and_nobody_elses(shop, person):
    bystander = shop.add_person()
    for one in (person, bystander):
        with_everything(shop, one)
    words = ("Aurelia has paid", "subject-of-Aurelia", person.licence.number)
    held = json.dumps(held_about(person), ensure_ascii=False)
    assert all(word in held for word in words)
    assert [one["action"] for one in held_about(person)["done_with_it"]] == ["review_decided", "licence_decided"]
    forget(person, shop)
    after = everything_in_the_database()
    assert [word for word in words if word in after] == []
    deleted = [one for one in HOLDINGS if one.fate is Fate.DELETED]
    assert [one.model for one in deleted if one.model != "people.Mark" and one.rows(person).exists()] == []
    assert {one.model for one in deleted if not one.rows(bystander).exists()} == set()


def ways_in(person):
    Authenticator.objects.create(user=person, type="webauthn", data={"credential": {"id": str(person.pk)}})
    Identity.objects.create(person=person, issuer="https://market.example", subject=str(person.pk), since=NOON)
    PhoneLogin.objects.create(person=person, number=f"+86139{person.pk:08d}", since=NOON)
    PhoneCode.objects.create(person=person, number="+8613900000000", enrols=True, asked_at=NOON, ends_at=NOON)
    address = EmailAddress.objects.create(user=person, email=person.email)
    EmailConfirmation.objects.create(email_address=address, key=str(person.pk))


def with_everything(shop, person):
    """At least one row of all that goes when somebody is forgotten."""
    name = person.first_name
    ways_in(person)
    eligibility.withdraw_consent(person=person, now=shop.now)  # the answer that was there had no consent
    eligibility.ask_credit(person=person, site=shop.site, now=shop.now)
    Membership.objects.filter(person=person).update(tier="basic")
    person.refresh_from_db()
    decision = eligibility.decide(person=person, car_model=shop.model, site=shop.site, now=shop.now)
    review = reviewing.ask(person=person, decision=decision, site=shop.site, words=f"{name} has paid", now=shop.now)
    operator = shop.add_person(is_staff=True)
    reviewing.decide(review=review, overturn=False, reason="no receipt was sent", by=operator, now=shop.now)
    window = {"not_before": shop.now + timedelta(hours=1), "not_after": shop.now + timedelta(hours=5)}
    waiting.wait(person=person, car_model=shop.model, paint=None, site=shop.site, **window, now=shop.now)
    line.stand(person=person.pk, model=shop.model.pk, site=shop.site.pk, now=shop.now)
    program, _secret = programs.register(
        slug=f"p{person.pk}", name="A program", scopes=frozenset(), per_minute=1, now=shop.now
    )
    programs.link(program=program, person=person, subject=f"subject-of-{name}", now=shop.now)
    people.save_details(
        person=person,
        given_name=name,
        family_name=person.last_name,
        birth_date=person.birth_date,
        phone=person.phone,
        licence_number=person.licence.number,
        licence_expires_on=person.licence.expires_on,
        now=shop.now,
    )
    with licences.reader.replaced(SimpleNamespace(ready=lambda: True)):
        licences.ask(person=person, now=shop.now)
    photo = as_jpeg(np.full((64, 64, 3), 200, np.uint8))
    licence_photos.ask(person=person, photo=photo, consent=LICENCE_CONSENT, now=shop.now)
    sent = licence_photos.LicenceReview.objects.get(person=person)
    licence_photos.refuse(review=sent, reason="It is all grey.", by=operator, now=shop.now)


def test_the_licences_digest_stays_and_is_all_that_stays_of_it(shop, person):
    kinds = set(Mark.objects.filter(person=person).values_list("kind", flat=True))
    forget(person, shop)
    left = Mark.objects.filter(person=person)
    assert {mark.kind for mark in left} == kinds & {MarkKind.LICENCE}


@pytest.mark.parametrize("state", ["held or booked", "driving"])
def test_not_while_a_booking_or_a_car_is_out(shop, person, state):
    trial = shop.book(person)
    if state == "driving":
        shop.drive_off(trial)
    with pytest.raises(CannotErase) as caught:
        forget(person, shop)
    assert caught.value.reason == "trial_active"
    person.refresh_from_db()
    assert person.is_active


def test_neither_with_a_wrong_password_nor_staff(shop, person):
    with pytest.raises(CannotErase) as caught:
        forget(person, shop, "guessed")
    assert caught.value.reason == "password_wrong"
    Person.objects.filter(pk=person.pk).update(is_staff=True)
    with pytest.raises(CannotErase) as caught:
        forget(person, shop)
    assert caught.value.reason == "staff"


def test_after_a_cancelled_booking_it_goes(shop, person):
    trial = shop.book(person)
    booking.cancel(trial=trial, by=person, now=shop.now)
    forget(person, shop)
    person.refresh_from_db()
    assert not person.is_active
    assert not person.has_usable_password()
