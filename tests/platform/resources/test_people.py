"""Accounts and details: each wrong input has its own clear word, and nothing half-done stays."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext

from autosilo.platform.resources.people import actions
from autosilo.platform.resources.people.actions import CannotRegister, CannotSaveDetails
from autosilo.platform.resources.people.models import Person
from autosilo.platform.resources.people.queries import details_complete, missing_details, tier_of

NOW = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
GOOD = {
    "given_name": "Lin",
    "family_name": "Chen",
    "birth_date": date(1990, 5, 17),
    "phone": "+86 138 0000 0000",
    "licence_number": "310101199005170019",
    "licence_expires_on": date(2030, 1, 1),
}
pytestmark = pytest.mark.django_db


def register(**changes):
    wish = {"email": "Lin@Example.org", "password": "a long and odd one", "given_name": "Lin", "language": "zh-hans"}
    return actions.register(**(wish | changes), now=NOW)


def test_an_account():
    person = register()
    assert (person.email, person.language) == ("lin@example.org", "zh-hans")
    assert person.check_password("a long and odd one")
    assert tier_of(person=person, now=NOW) == "basic"
    assert not details_complete(person=person)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"email": "nobody"}, "email_invalid"),
        ({"email": "LIN@example.org"}, "email_taken"),
        ({"password": "password"}, "password_weak"),
        ({"given_name": "  "}, "name_missing"),
    ],
)
def test_no_account(changes, reason):
    register()
    with pytest.raises(CannotRegister) as caught:
        register(**({"email": "other@example.org"} | changes))
    assert caught.value.reason == reason
    assert Person.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("family_name", "", "name_missing"),
        ("birth_date", NOW.date(), "birth_date_invalid"),
        ("birth_date", date(1850, 1, 1), "birth_date_invalid"),
        ("phone", "call me", "phone_invalid"),
        ("licence_number", "?", "licence_number_invalid"),
        ("licence_expires_on", date(2026, 3, 9), "licence_expired"),
    ],
)
def test_wrong_details(field, value, reason):
    person = register()
    with pytest.raises(CannotSaveDetails) as caught:
        actions.save_details(person=person, **(GOOD | {field: value}), now=NOW)
    assert (caught.value.reason, caught.value.detail["field"]) == (reason, field)
    assert "phone" in missing_details(person=Person.objects.get())


def test_details_and_membership():
    person = actions.save_details(person=register(), **GOOD, now=NOW)
    assert details_complete(person=person)
    membership = actions.become_premium(person=person, now=NOW)
    assert actions.become_premium(person=person, now=NOW).since == membership.since
    membership.until = NOW + timedelta(days=1)
    membership.save()
    assert tier_of(person=person, now=NOW) == "premium"
    assert tier_of(person=person, now=NOW + timedelta(days=1)) == "basic"


def test_an_unknown_language_is_english():
    assert register(language="tlh").language == "en"


def test_an_address_is_found_whatever_its_case_by_the_index_that_keeps_it_once():
    person = Person.objects.create_user("lin@example.org", "a long and odd one")
    Person.objects.bulk_create(Person(email=f"p{n}@example.org") for n in range(2000))
    with connection.cursor() as cursor, CaptureQueriesContext(connection) as seen:
        assert Person.objects.get_by_natural_key("LIN@Example.org") == person
        cursor.execute("ANALYZE people_person")
        cursor.execute("EXPLAIN " + seen[0]["sql"], {"email": "lin@example.org"})
        plan = " ".join(row[0] for row in cursor.fetchall())
    assert "email_once_whatever_its_case" in plan


def test_who_asks_is_read_by_number(django_assert_num_queries):
    person, other = (Person.objects.create_user(f"{name}@example.org") for name in ("lin", "chen"))
    group = Group.objects.create(name="some")
    group.user_set.add(person)
    with django_assert_num_queries(2):
        assert Person.objects.get(pk=person.pk).email == "lin@example.org"
        assert Person.objects.get(pk=other.pk).email == "chen@example.org"
    assert Person.objects.get(pk=str(other.pk)) == other
    assert group.user_set.get(pk=person.pk) == person
    for nobody in (Person.objects, group.user_set):
        with pytest.raises(Person.DoesNotExist):
            nobody.get(pk=max(person.pk, other.pk) + 1)
    with pytest.raises(Person.DoesNotExist):
        group.user_set.get(pk=other.pk)
