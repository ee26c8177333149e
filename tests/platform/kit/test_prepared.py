"""A prepared read finds what the same queryset finds, and stays right when other values are given."""

from uuid import uuid4

import pytest
from django.contrib.sessions.backends.db import SessionStore as DjangosStore
from django.contrib.sessions.models import Session
from django.db import DataError
from django.db.models.functions import Length
from django.db.transaction import TransactionManagementError

from autosilo.platform.journey.trial import actions, queries
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.kit.prepared import Given, Prepared
from autosilo.platform.kit.sessions import SessionStore
from autosilo.platform.resources.people.models import Person


def columns(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_a_trial_and_its_relations_are_as_django_reads_them(shop, django_assert_num_queries):
    shop.add_cars(2)
    for _ in range(2):
        booked = shop.book(shop.add_person())
        with django_assert_num_queries(1):
            found = queries.of(booked.person, booked.pk)
            related = [found.car_model, found.paint, found.car, found.site, found.person]
        expected = Trial.objects.get(pk=booked.pk)
        assert columns(found) == columns(expected)
        assert [columns(one) for one in related] == [
            columns(one) for one in (expected.car_model, expected.paint, expected.car, expected.site, expected.person)
        ]


def test_what_is_not_there_is_none(shop):
    shop.add_cars(1)
    booked = shop.book(shop.add_person())
    assert queries.of(booked.person, uuid4()) is None
    assert queries.of(shop.add_person(), booked.pk) is None
    with pytest.raises(Trial.DoesNotExist):
        actions.lock(Trial(pk=uuid4()))


@pytest.mark.django_db(transaction=True)
def test_a_row_is_locked_in_a_transaction_only():
    with pytest.raises(TransactionManagementError):
        actions.lock(Trial(pk=uuid4()))


def test_a_value_that_is_always_the_same_is_kept_in_the_sql_and_quoted(db):
    odd = Person.objects.create_user("o'hara@example.org", first_name="It's")
    read = Prepared(lambda: Person.objects.order_by().filter(first_name="It's", email=Given("email")))
    assert read.one(email=odd.email) == odd
    assert read.one(email="other@example.org") is None


def test_a_mistake_in_the_sql_is_an_error_of_djangos(db):
    read = Prepared(lambda: Person.objects.order_by().annotate(n=Length("email")).filter(n=Given("n")))
    with pytest.raises(DataError):
        read.one(n=("a", 1))


def test_sessions_are_djangos_own(db):
    store = SessionStore()
    store["chosen"] = "red"
    store.save()
    assert DjangosStore(store.session_key)["chosen"] == "red"
    assert SessionStore(store.session_key)["chosen"] == "red"
    Session.objects.update(expire_date="2020-01-01T00:00Z")
    over = SessionStore(store.session_key)
    assert over.get("chosen") is None
    assert over.session_key is None
