"""Pass and face: the platform keeps a template that it cannot open, with everything that it has."""

import json

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.core import serializers

from autosilo.platform.journey.identity import actions as identity
from autosilo.platform.journey.identity import consent_text, passes, queries
from autosilo.platform.journey.identity.actions import CannotEnrol
from autosilo.platform.journey.identity.faces import face_of
from autosilo.platform.journey.identity.models import FaceTemplate
from autosilo.vision.faces import template_bytes
from autosilo.wire import held
from autosilo.wire.identity import IdentityMode
from autosilo.wire.passes import normalise, read
from autosilo.wire.sealed import CannotUnseal, Sealed, unseal

TEMPLATE = template_bytes(face_of("Ming"))


@pytest.fixture
def trial(shop, offering):
    offering(*IdentityMode)
    shop.add_cars(1)
    return shop.book()


def enrol(shop, trial, template=TEMPLATE, version=consent_text.PASS_FACE_VERSION):
    return identity.enrol(trial=trial, template=template, consent_version=version, language="en", now=shop.now)


def everything_in_the_database():
    rows = [row for model in apps.get_models() if model._meta.managed for row in model._default_manager.all()]
    return serializers.serialize("json", rows)


def test_the_pass_in_the_hand_and_the_site_s_key_together_open_it(shop, trial):
    shown = read(enrol(shop, trial))
    assert shown.token == normalise(passes.pass_token(queries.pass_of(trial)))
    order = shop.orders(trial)[-1]
    assert order["mode"] == "pass_face"
    inside = unseal(
        Sealed.model_validate(order["face"]), private_key=shop.sealing_key.private_bytes_raw(), trial=trial.pk
    )
    assert held.unlock(inside, key=shown.key, trial=trial.pk) == TEMPLATE


def test_with_its_database_its_settings_and_its_keys_the_platform_opens_nothing(shop, trial, caplog):
    """Not even with the private key of the site, which it does not have."""
    text = enrol(shop, trial)
    key, letters = read(text).key, text.rsplit("-", 1)[1]
    held_by_it = everything_in_the_database() + caplog.text + json.dumps(shop.orders(trial), default=str)
    assert queries.face_of(trial).sealed["content"] in held_by_it, "what is sealed is there"
    for trace in (text, letters, key.hex(), str(int.from_bytes(key, "big")), TEMPLATE.hex()):
        assert trace not in held_by_it
    sealed = Sealed.model_validate(queries.face_of(trial).sealed)
    visit_pass = queries.pass_of(trial)
    own = [
        django_settings.SECRET_KEY.encode()[:32].ljust(32, b"\0"),
        passes._derive(visit_pass, b"pass"),
        passes._derive(visit_pass, b"code"),
        bytes.fromhex(visit_pass.salt).ljust(32, b"\0"),
        bytes.fromhex(passes.pass_digest(visit_pass)),
        bytes.fromhex(passes.code_digest(visit_pass)),
        bytes(trial.site.sealing_public_key),
    ]
    for one in own:
        with pytest.raises(CannotUnseal):
            unseal(sealed, private_key=one, trial=trial.pk)
    inside = unseal(sealed, private_key=shop.sealing_key.private_bytes_raw(), trial=trial.pk)
    assert TEMPLATE not in inside
    for one in own:
        with pytest.raises(held.CannotOpen):
            held.unlock(inside, key=one, trial=trial.pk)


def test_a_second_enrolment_has_another_key_and_makes_the_first_pass_s_key_useless(shop, trial):
    first, second = read(enrol(shop, trial)), read(enrol(shop, trial))
    assert first.key != second.key
    assert first.token == second.token
    inside = unseal(
        Sealed.model_validate(queries.face_of(trial).sealed),
        private_key=shop.sealing_key.private_bytes_raw(),
        trial=trial.pk,
    )
    held.unlock(inside, key=second.key, trial=trial.pk)
    with pytest.raises(held.CannotOpen):
        held.unlock(inside, key=first.key, trial=trial.pk)


def test_a_new_pass_destroys_the_template_that_only_the_old_one_opened(shop, trial):
    enrol(shop, trial)
    identity.renew_pass(trial=trial, now=shop.now)
    assert FaceTemplate.objects.get().sealed is None
    last = shop.orders(trial)[-1]
    assert (last["face"], last["mode"]) == (None, "pass_code")
    assert queries.face_mode(trial) is None


def test_a_new_pass_leaves_a_face_alone_as_it_is(shop, trial):
    identity.enrol(trial=trial, template=TEMPLATE, consent_version=consent_text.VERSION, language="en", now=shop.now)
    identity.renew_pass(trial=trial, now=shop.now)
    assert queries.face_mode(trial) is IdentityMode.FACE_EXPECTED
    assert shop.orders(trial)[-1]["mode"] == "face_expected"


def test_the_words_that_were_ticked_say_which_way_it_is(shop, trial):
    assert enrol(shop, trial, version=consent_text.VERSION) is None
    assert queries.face_mode(trial) is IdentityMode.FACE_EXPECTED
    assert enrol(shop, trial, version=consent_text.PASS_FACE_VERSION)
    assert queries.face_mode(trial) is IdentityMode.PASS_FACE


@pytest.mark.parametrize("version", ["face-2026-01", "pass-face-2026-11", "licence-2026-11", ""])
def test_the_words_of_a_photo_are_no_consent_to_a_live_capture(shop, trial, version):
    with pytest.raises(CannotEnrol) as caught:
        enrol(shop, trial, version=version)
    assert caught.value.reason == "consent_outdated"
    assert not FaceTemplate.objects.exists()


def test_where_it_is_not_offered_there_is_none(shop, trial, offering):
    offering(IdentityMode.FACE_EXPECTED, IdentityMode.PASS_CODE)
    with pytest.raises(CannotEnrol) as caught:
        enrol(shop, trial)
    assert caught.value.reason == "mode_not_offered"


def test_choosing_the_other_way_takes_the_first_consent_back(shop, trial):
    identity.enrol(trial=trial, template=TEMPLATE, consent_version=consent_text.VERSION, language="en", now=shop.now)
    enrol(shop, trial)
    assert queries.face_mode(trial) is IdentityMode.PASS_FACE
    assert queries.consent_of(trial).text_version == consent_text.PASS_FACE_VERSION


@pytest.mark.parametrize(
    ("language", "words"), [("en", ("my pass alone", "How long:", "voluntary")), ("zh-hans", ("密钥", "撤回", "遗失"))]
)
def test_the_words_say_where_the_key_is_how_long_and_that_nobody_must(language, words):
    text = consent_text.text(language, consent_text.PASS_FACE_VERSION)
    assert all(word in text for word in words)
