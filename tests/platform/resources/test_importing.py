"""Memberships from somebody else's list."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from autosilo.platform.resources.people import importing
from autosilo.platform.resources.people.importing import CannotImport, Mistake, Outcome
from autosilo.platform.resources.people.models import AuditEntry, Membership, Person

HEAD = "email,tier,until\n"


@pytest.fixture
def operator(shop):
    return Person.objects.create_user("operator@example.org", None, is_staff=True)


@pytest.fixture
def lin(shop):
    """A basic member by the platform's own doing."""
    person = shop.add_person()
    Membership.objects.filter(person=person).update(tier="basic", source="platform")
    return person


def plan(shop, text, source="taobao"):
    return importing.plan(text=text, source=source, now=shop.now)


def apply(shop, operator, text, source="taobao"):
    return importing.apply(text=text, source=source, by=operator, now=shop.now)


def test_looking_changes_nothing(shop, lin):
    found = plan(shop, f"{HEAD}{lin.email},premium,2026-12-31\n")
    assert found.counts == {"new": 0, "changed": 1, "same": 0, "kept": 0, "mistake": 0}
    assert Membership.objects.get(person=lin).tier == "basic"
    assert not AuditEntry.objects.exists()


def test_applying_sets_tier_end_and_source_and_is_written_down(shop, operator, lin):
    apply(shop, operator, f"{HEAD}{lin.email.upper()},Premium,2026-12-31\n")
    row = Membership.objects.get(person=lin)
    assert (row.tier, row.source) == ("premium", "taobao")
    assert row.until == datetime(2027, 1, 1, tzinfo=UTC) - timedelta(microseconds=1)
    entry = AuditEntry.objects.get(action="memberships_imported")
    assert (entry.actor, entry.target, entry.detail["changed"]) == (operator, "list taobao", 1)


def test_the_same_list_again_changes_nothing(shop, operator, lin):
    text = f"{HEAD}{lin.email},premium,\n"
    apply(shop, operator, text)
    assert plan(shop, text).count(Outcome.SAME) == 1


def test_the_list_may_lower_what_it_raised(shop, operator, lin):
    apply(shop, operator, f"{HEAD}{lin.email},premium,\n")
    apply(shop, operator, f"{HEAD}{lin.email},basic,\n")
    assert Membership.objects.get(person=lin).tier == "basic"


def test_a_standing_premium_membership_from_elsewhere_stays(shop, operator):
    person = shop.add_person()
    found = apply(shop, operator, f"{HEAD}{person.email},basic,\n")
    assert found.count(Outcome.KEPT) == 1
    assert Membership.objects.get(person=person).tier == "premium"
    Membership.objects.update(until=shop.now)
    assert plan(shop, f"{HEAD}{person.email},basic,\n").count(Outcome.CHANGED) == 1


def test_who_has_no_membership_gets_one(shop, operator, lin):
    Membership.objects.all().delete()
    assert apply(shop, operator, f"tier,until,email\npremium,,{lin.email}\n").count(Outcome.NEW) == 1
    assert Membership.objects.get(person=lin).tier == "premium"


@pytest.mark.parametrize(
    ("line", "mistake"),
    [
        ("{email},premium", Mistake.COLUMNS),
        ("{email},premium,,more", Mistake.COLUMNS),
        ("nobody,premium,", Mistake.EMAIL),
        ("stranger@example.org,premium,", Mistake.UNKNOWN),
        ("{email},gold,", Mistake.TIER),
        ("{email},premium,31.12.2026", Mistake.UNTIL),
        ("{email},premium,2026-03-09", Mistake.UNTIL),
        ('{email},"premium,', Mistake.COLUMNS),
    ],
)
def test_each_mistake_is_told_with_its_line_and_stops_all(shop, operator, lin, line, mistake):
    other = shop.add_person()
    Membership.objects.filter(person=other).update(tier="basic", source="platform")
    text = f"{HEAD}{other.email},premium,\n\n{line.format(email=lin.email)}\n"
    (found,) = plan(shop, text).mistakes
    assert found.mistake is mistake
    assert found.number >= 4
    assert importing.MISTAKES[mistake]
    with pytest.raises(CannotImport) as caught:
        apply(shop, operator, text)
    assert caught.value.reason == "mistakes"
    assert Membership.objects.get(person=other).tier == "basic"
    assert not AuditEntry.objects.exists()


def test_an_address_is_there_once(shop, lin):
    found = plan(shop, f"{HEAD}{lin.email},premium,\n{lin.email.upper()},basic,\n")
    assert [line.mistake for line in found.lines] == [None, Mistake.TWICE]


@pytest.mark.parametrize(
    ("text", "source", "reason"),
    [
        ("", "taobao", "header"),
        ("email,tier\n", "taobao", "header"),
        (HEAD + "\n" * 50_001, "taobao", "too_long"),
        (HEAD, "platform", "source"),
        (HEAD, "", "source"),
        (HEAD, "<b>", "source"),
        (HEAD, "x" * 41, "source"),
    ],
)
def test_what_is_no_list(shop, text, source, reason):
    with pytest.raises(CannotImport) as caught:
        plan(shop, text, source)
    assert caught.value.reason == reason


def test_bytes_are_read_as_text():
    assert importing.decode("\ufeffemail".encode()) == "email"
    with pytest.raises(CannotImport, match="UTF-8"):
        importing.decode(b"\xff\xfe")
    with pytest.raises(CannotImport, match="too long"):
        importing.decode(b" " * (importing.MOST_BYTES + 1))


def test_a_hundred_lines_cost_as_many_questions_as_one(shop, lin, django_assert_num_queries):
    people = [shop.add_person().email for _ in range(99)]
    with django_assert_num_queries(2):
        plan(shop, f"{HEAD}{lin.email},premium,\n")
    with django_assert_num_queries(2):
        assert len(plan(shop, HEAD + "".join(f"{one},premium,\n" for one in (lin.email, *people))).lines) == 100


def test_the_command_looks_first_and_applies_when_told(shop, operator, lin, tmp_path):
    def run(*words):
        out = StringIO()
        call_command("membership_import", *words, stdout=out)
        return out.getvalue()

    file = tmp_path / "list.csv"
    file.write_text(f"{HEAD}{lin.email},premium,2099-01-01\nstranger@example.org,basic,\n", encoding="utf-8")
    said = run(str(file), "--source", "taobao")
    assert f"{file}:3: stranger@example.org: nobody has this e-mail address here" in said
    assert "would do: 0 new, 1 changed" in said
    with pytest.raises(CommandError, match="some lines have mistakes"):
        run(str(file), "--source", "taobao", "--apply", "--by", operator.email)
    file.write_text(f"{HEAD}{lin.email},premium,2099-01-01\n", encoding="utf-8")
    with pytest.raises(CommandError, match="nobody of staff"):
        run(str(file), "--source", "taobao", "--apply", "--by", lin.email)
    assert "applied: 0 new, 1 changed" in run(str(file), "--source", "taobao", "--apply", "--by", operator.email)
    with pytest.raises(CommandError, match="No such file"):
        run(str(tmp_path / "none"), "--source", "taobao")
