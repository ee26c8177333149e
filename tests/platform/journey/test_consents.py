"""What was said of a face is signed, kept as it was said, and can be taken home."""

import contextlib
import itertools
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autosilo.platform.journey.booking import actions as booking
from autosilo.platform.journey.booking.refusals import CannotCancel
from autosilo.platform.journey.flow import retention
from autosilo.platform.journey.flow.erasure import CannotErase, erase
from autosilo.platform.journey.identity import actions as identity
from autosilo.platform.journey.identity import consent_text, consents, queries
from autosilo.platform.journey.identity.models import Act, BiometricConsent, ConsentAct, FaceTemplate
from autosilo.platform.journey.trial.states import ACTIVE
from autosilo.platform.kit import signing
from autosilo.platform.resources.people.models import AuditEntry


@pytest.fixture
def trial(shop):
    shop.add_cars(1)
    return shop.book()


def enrol(shop, trial, template=b"a good face", language="en"):
    version = consent_text.VERSION
    identity.enrol(trial=trial, template=template, consent_version=version, language=language, now=shop.now)


def acts(trial) -> list[str]:
    return list(ConsentAct.objects.filter(consent__trial=trial).order_by("pk").values_list("act", flat=True))


def test_the_statement_has_the_words_the_visit_and_the_time_and_is_signed(shop, trial):
    enrol(shop, trial, language="zh-hans")
    (act,) = ConsentAct.objects.all()
    said = json.loads(act.statement)
    assert said["text"] == consent_text.text("zh-hans")
    assert (said["act"], said["trial"], said["person"]) == ("given", str(trial.pk), trial.person_id)
    assert said["at"] == shop.now.isoformat()
    assert trial.person.email not in act.statement
    assert consents.signed(act)


def test_a_second_selfie_stands_under_the_same_consent_and_other_words_need_another(shop, trial):
    enrol(shop, trial)
    enrol(shop, trial, b"another good face")
    assert acts(trial) == [Act.GIVEN]
    enrol(shop, trial, language="zh-hans")
    assert acts(trial) == [Act.GIVEN, Act.WITHDRAWN, Act.GIVEN]
    assert queries.consent_of(trial).language == "zh-hans"


def emptied(table):
    """As with a shop's own settings, which are not those of tests."""
    connection.check_constraints()  # what waits for the end of a transaction would forbid it by itself
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL autosilo.tables_may_be_emptied = 'off'")
        cursor.execute(f"TRUNCATE {table} CASCADE")


def test_a_statement_can_be_neither_changed_nor_deleted(shop, trial):
    enrol(shop, trial)
    for forbidden in (
        lambda: ConsentAct.objects.update(act=Act.WITHDRAWN),
        lambda: ConsentAct.objects.all().delete(),
        lambda: emptied("identity_consentact"),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            forbidden()
    assert acts(trial) == [Act.GIVEN]


@pytest.mark.parametrize("part", ["statement", "signature", "public_key"])
def test_what_was_tampered_with_does_not_hold(shop, trial, part, settings):
    enrol(shop, trial)
    act = ConsentAct.objects.get()
    other = signing.sign(act.statement.replace("given", "withdrawn"), kind="another v1")
    setattr(act, part, getattr(other, part))
    assert not consents.signed(act)
    setattr(act, part, "not base64!")
    assert not consents.signed(act)


def test_a_record_can_be_checked_outside_also_after_the_secret_was_changed(shop, trial, tmp_path, settings):
    enrol(shop, trial)
    identity.withdraw_face(trial=trial, now=shop.now)
    file = tmp_path / "consent.json"
    file.write_text(json.dumps(consents.record(trial)))
    out = StringIO()
    call_command("consent_verify", file, stdout=out)
    assert "this shop's present key" in out.getvalue()
    settings.SECRET_KEY = "another secret of the same shop"
    out = StringIO()
    call_command("consent_verify", file, stdout=out)
    assert "another key" in out.getvalue()
    assert "2 statements" in out.getvalue()
    file.write_text(file.read_text().replace("withdraws", "gives").replace("voluntary", "required"))
    with pytest.raises(CommandError, match="statement 1 is not what was signed"):
        call_command("consent_verify", file, stdout=StringIO())
    for rubbish in ("", "[]", '{"v": 1}'):
        file.write_text(rubbish)
        with pytest.raises(CommandError, match="no consent record"):
            call_command("consent_verify", file, stdout=StringIO())
    with pytest.raises(CommandError, match="No such file"):
        call_command("consent_verify", tmp_path / "none.json", stdout=StringIO())


def test_every_access_to_a_face_stands_in_the_audit_trail(shop, trial):
    enrol(shop, trial)
    identity.withdraw_face(trial=trial, now=shop.now)
    found = AuditEntry.objects.filter(target=f"trial {trial.pk}").order_by("id").values_list("action", flat=True)
    assert list(found) == ["face_enrolled", "face_sent", "face_destroyed"]


@pytest.mark.parametrize("how", ["the consent goes", "a template comes", "of another visit"])
def test_the_database_keeps_no_template_without_a_standing_consent(shop, trial, how):
    enrol(shop, trial)
    if how == "a template comes":
        identity.withdraw_face(trial=trial, now=shop.now)
    shop.add_cars(1)
    other = shop.book()
    with pytest.raises(DatabaseError, match="standing consent"), transaction.atomic():
        break_the_rule(how, other, shop.now)


def break_the_rule(how, other, now):
    if how == "the consent goes":
        BiometricConsent.objects.update(withdrawn_at=now)
    elif how == "a template comes":
        FaceTemplate.objects.update(sealed={}, destroyed_at=None)
    else:
        FaceTemplate.objects.update(trial=other)
    connection.check_constraints()  # as at the end of a transaction


@pytest.mark.parametrize("change", [{"withdrawn_at": None}, {"text_version": "another"}, {"language": "zh-hans"}])
def test_what_was_agreed_to_is_not_rewritten_and_a_withdrawal_not_undone(shop, trial, change):
    enrol(shop, trial)
    identity.withdraw_face(trial=trial, now=shop.now)
    with pytest.raises(DatabaseError, match="only be withdrawn"), transaction.atomic():
        BiometricConsent.objects.update(**change)


STEP = st.sampled_from(["selfie", "selfie in Chinese", "withdraw", "cancel", "collect", "return", "sweep", "forget"])
REFUSED = (identity.CannotEnrol, identity.CannotWithdraw, CannotCancel, CannotErase)
PASSWORD = "a long and odd one"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, max_size=7))
def test_no_template_without_a_standing_consent_whatever_happens(new_shop, steps):
    with transaction.atomic():
        shop = new_shop()
        shop.add_cars(1)
        person = shop.add_person()
        person.set_password(PASSWORD)
        person.save()
        trial = shop.book(person)
        for step in steps:
            with contextlib.suppress(*REFUSED):
                do(shop, trial, step)
            connection.check_constraints()
            standing, said = queries.consent_of(trial), acts(trial)
            assert standing is not None or not queries.has_face(trial)
            assert (said[-1:] == [Act.GIVEN]) == (standing is not None)
            assert trial.state in ACTIVE or not queries.has_face(trial)
            assert all(one != other for one, other in itertools.pairwise(said)), "given and withdrawn in turn"
        transaction.set_rollback(True)


def do(shop, trial, step):
    trial.refresh_from_db()
    if step.startswith("selfie"):
        enrol(shop, trial, language="zh-hans" if "Chinese" in step else "en")
    elif step == "withdraw":
        identity.withdraw_face(trial=trial, now=shop.now)
    elif step == "collect" and trial.state == "booked":
        shop.drive_off(trial)
    elif step == "return" and trial.state == "driving":
        shop.bring_back(trial)
    elif step == "sweep":
        retention.look_after_faces(now=shop.now)
    elif step == "forget":
        erase(person=trial.person, password=PASSWORD, now=shop.now)
    elif step == "cancel":
        booking.cancel(trial=trial, by=trial.person, now=shop.now)
    trial.refresh_from_db()
