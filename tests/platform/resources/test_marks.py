"""The same licence, device or card on several accounts: noticed, shown to an operator, and never a refusal."""

import json
from datetime import date, timedelta

import pytest
from django.apps import apps
from django.core import serializers

from autosilo.platform.resources.people import marks, queries
from autosilo.platform.resources.people.actions import save_details
from autosilo.platform.resources.people.marks import CannotCloseFlag, digest_of, mark, mark_new
from autosilo.platform.resources.people.models import AuditEntry, Flag, Mark, MarkKind, Person


def details(shop, person, number):
    return save_details(
        person=person,
        given_name="Lin",
        family_name="Chen",
        birth_date=date(1990, 1, 1),
        phone="+86 138 0000 0000",
        licence_number=number,
        licence_expires_on=date(2099, 1, 1),
        now=shop.now,
    )


def people(shop, number):
    return [shop.add_person() for _ in range(number)]


def test_the_second_account_on_one_licence_opens_a_flag_and_saves_all_the_same(shop):
    first, second = people(shop, 2)
    details(shop, first, "3101 0119-9005")
    assert not Flag.objects.exists()
    details(shop, second, "310101199005")
    second.refresh_from_db()
    assert second.licence.number == "310101199005"
    flag = queries.open_flags().get()
    assert (flag.kind, flag.accounts) == ("licence", 2)
    assert queries.accounts_of([flag]) == {flag.pk: [first, second]}


def test_saving_again_opens_nothing(shop):
    (person,) = people(shop, 1)
    for _ in range(3):
        details(shop, person, "310101199005")
    assert Mark.objects.count() == 1
    assert not Flag.objects.exists()


@pytest.mark.parametrize(("kind", "allowed"), [(MarkKind.LICENCE, 1), (MarkKind.CARD, 2), (MarkKind.DEVICE, 3)])
def test_a_couple_shares_a_card_and_a_family_a_device(shop, kind, allowed):
    crowd = people(shop, allowed + 2)
    opened = [mark(person=person, kind=kind, value="the same", now=shop.now) for person in crowd]
    assert [bool(flag) for flag in opened] == [False] * allowed + [True] * 2
    assert opened[-1] == opened[-2]


@pytest.mark.parametrize("number", ["ab 12-34", "AB1234", "ａｂ１２３４", " ab\t1234 "])
def test_one_number_written_in_many_ways_is_one(number):
    assert digest_of(MarkKind.LICENCE, number) == digest_of(MarkKind.LICENCE, "AB1234")


def test_kinds_do_not_mix_and_the_key_matters(settings):
    before = digest_of(MarkKind.LICENCE, "1")
    assert digest_of(MarkKind.CARD, "1") != before
    settings.SECRET_KEY = "another"
    assert digest_of(MarkKind.LICENCE, "1") != before


def test_nothing_is_marked_by_nothing(shop):
    (person,) = people(shop, 1)
    assert mark(person=person, kind=MarkKind.CARD, value=" - ", now=shop.now) is None
    assert not Mark.objects.exists()


def test_the_value_is_kept_nowhere(shop):
    (person,) = people(shop, 1)
    mark(person=person, kind=MarkKind.DEVICE, value="VERYSPECIALDEVICE", now=shop.now)
    mine = [model for model in apps.get_models() if model.__module__.startswith("autosilo.")]
    kept = "".join(serializers.serialize("json", model.objects.all()) for model in mine)
    assert "VERYSPECIALDEVICE" not in kept.upper()
    assert len(json.loads(serializers.serialize("json", Mark.objects.all()))[0]["fields"]["digest"]) == 64


def test_a_flag_refuses_nothing(shop):
    shop.add_cars(1)
    first, second = people(shop, 2)
    for person in (first, second):
        mark(person=person, kind=MarkKind.LICENCE, value="1", now=shop.now)
    assert Flag.objects.exists()
    assert shop.book(second).pk


def test_an_operator_closes_it_with_a_note_once(shop):
    operator = Person.objects.create_user("operator@example.org", None, is_staff=True)
    for person in people(shop, 2):
        flag = mark(person=person, kind=MarkKind.LICENCE, value="1", now=shop.now)
    with pytest.raises(CannotCloseFlag, match="what was found"):
        marks.close(flag=flag, is_abuse=True, note=" x ", by=operator, now=shop.now)
    stale = Flag.objects.get()
    marks.close(flag=flag, is_abuse=False, note="Twins", by=operator, now=shop.now)
    assert (flag.state, flag.closed_by, flag.note) == ("harmless", operator, "Twins")
    with pytest.raises(CannotCloseFlag, match="already"):
        marks.close(flag=stale, is_abuse=True, note="Late", by=operator, now=shop.now)
    assert AuditEntry.objects.get().detail == {"kind": "licence", "outcome": "harmless", "note": "Twins"}
    (third,) = people(shop, 1)
    again = mark(person=third, kind=MarkKind.LICENCE, value="1", now=shop.now + timedelta(days=1))
    assert again is not None
    assert again.pk != flag.pk


def test_a_card_that_pays_is_marked(shop):
    from autosilo.platform.journey.purchase import actions as purchase
    from autosilo.platform.journey.purchase import contract

    shop.add_cars(1)
    person = shop.add_person()
    trial = shop.drive_off(shop.book(person))
    bought = purchase.accept(trial=trial, contract_version=contract.VERSION, language="en", now=shop.now)
    purchase.pay(purchase=bought, card_token="tok_visa", now=shop.now)
    row = Mark.objects.get(kind="card")
    assert (row.person, row.digest) == (person, digest_of(MarkKind.CARD, "card of tok_visa"))


def test_a_device_whose_name_was_drawn_just_now_is_known_when_it_comes_again(shop):
    (first, second), now = people(shop, 2), shop.now
    mark_new(person=first, kind=MarkKind.DEVICE, value="drawn-just-now", now=now)
    mark(person=first, kind=MarkKind.DEVICE, value="drawn-just-now", now=now)
    mark(person=second, kind=MarkKind.DEVICE, value="drawn-just-now", now=now)
    assert Mark.objects.values_list("digest").distinct().count() == 1
    assert list(Mark.objects.order_by("pk").values_list("person", flat=True)) == [first.pk, second.pk]
