"""A face only with consent, only sealed, only as long as needed, and never as the only way in."""

import pytest

from autosilo.platform.journey.booking import actions as booking
from autosilo.platform.journey.identity import actions as identity
from autosilo.platform.journey.identity import consent_text, passes, queries
from autosilo.platform.journey.identity.actions import CannotEnrol, CannotWithdraw
from autosilo.platform.journey.identity.models import BiometricConsent, FaceTemplate
from autosilo.platform.journey.trial.states import TrialState
from autosilo.wire.identity import IdentityMode
from autosilo.wire.passes import normalise


@pytest.fixture
def trial(shop):
    shop.add_cars(1)
    return shop.book()


def enrol(shop, trial, template=b"a good face", version=consent_text.VERSION, language="en"):
    return identity.enrol(trial=trial, template=template, consent_version=version, language=language, now=shop.now)


def test_the_very_words_are_kept_with_the_consent(shop, trial):
    enrol(shop, trial, language="zh-hans")
    consent = queries.consent_of(trial)
    assert consent.text_version == consent_text.VERSION
    assert consent.text_digest == consent_text.digest("zh-hans") != consent_text.digest("en")


@pytest.mark.parametrize("word", ["目的", "保存期限", "撤回", "取车码"])
def test_the_chinese_words_name_purpose_retention_withdrawal_and_the_other_way(word):
    assert word in consent_text.text("zh-hans")


def test_old_words_are_no_consent(shop, trial):
    with pytest.raises(CannotEnrol) as caught:
        enrol(shop, trial, version="face-2019")
    assert caught.value.reason == "consent_outdated"


def test_a_site_without_a_key_takes_no_face(shop, trial):
    shop.site.sealing_public_key = None
    shop.site.save()
    trial.refresh_from_db()
    with pytest.raises(CannotEnrol) as caught:
        enrol(shop, trial)
    assert caught.value.reason == "site_without_key"


def test_a_market_without_faces_takes_none(shop, trial, offering):
    offering(IdentityMode.PASS_CODE)
    with pytest.raises(CannotEnrol) as caught:
        enrol(shop, trial)
    assert caught.value.reason == "mode_not_offered"
    assert not BiometricConsent.objects.exists()
    assert not queries.offers_face(trial)


def test_the_platform_keeps_nothing_that_it_can_read(shop, trial, caplog):
    enrol(shop, trial)
    row = FaceTemplate.objects.get()
    assert set(row.sealed) == {"ephemeral", "wrapped_key", "content"}
    assert row.sealed["content"] not in caplog.text


def test_a_second_capture_takes_the_place_of_the_first(shop, trial):
    enrol(shop, trial)
    first = FaceTemplate.objects.get().sealed
    enrol(shop, trial, b"another good face")
    second = FaceTemplate.objects.get().sealed
    assert first != second
    assert FaceTemplate.objects.count() == 1
    assert BiometricConsent.objects.filter(withdrawn_at=None).count() == 1
    assert [order["face"] for order in shop.orders(trial)] == [None, None, second]


def test_withdrawing_destroys_here_and_at_the_site_and_leaves_the_pass(shop, trial):
    enrol(shop, trial)
    identity.withdraw_face(trial=trial, now=shop.now)
    template = FaceTemplate.objects.get()
    assert (template.sealed, template.destroyed_at) == (None, shop.now)
    last = shop.orders(trial)[-1]
    assert (last["kind"], last["revision"], last["face"]) == ("expect_visitor", 3, None)
    assert last["pass_digest"] == shop.orders(trial)[0]["pass_digest"]
    assert not any(order["face"] for order in shop.orders(trial))
    assert queries.consent_of(trial) is None
    with pytest.raises(CannotWithdraw):
        identity.withdraw_face(trial=trial, now=shop.now)


@pytest.mark.parametrize("end", ["cancel", "no_show", "return", "purchase"])
def test_every_end_destroys_the_template(shop, trial, end):
    enrol(shop, trial)
    endings = {"cancel": cancel, "no_show": lapse, "return": come_back, "purchase": buy}
    endings[end](shop, trial)
    template = FaceTemplate.objects.get()
    assert template.sealed is None
    assert template.destroyed_at is not None
    assert shop.orders(trial)[-1]["kind"] == "forget_visitor"
    assert not any(order.get("face") for order in shop.orders(trial)), "no copy in what the site was told"


def cancel(shop, trial):
    booking.cancel(trial=trial, by=trial.person, now=shop.now)


def lapse(shop, trial):
    booking.lapse(trial=trial, now=trial.collect_until)


def come_back(shop, trial):
    shop.bring_back(shop.drive_off(trial))


def buy(shop, trial):
    from autosilo.platform.journey.purchase import actions as purchase
    from autosilo.platform.journey.purchase import contract

    shop.drive_off(trial)
    bought = purchase.accept(trial=trial, contract_version=contract.VERSION, language="en", now=shop.now)
    purchase.pay(purchase=bought, card_token="tok_visa", now=shop.now)


def test_no_face_after_the_end(shop, trial):
    cancel(shop, trial)
    trial.refresh_from_db()
    assert trial.state == TrialState.CANCELLED
    with pytest.raises(CannotEnrol) as caught:
        enrol(shop, trial)
    assert caught.value.reason == "trial_over"


def test_pass_and_code_have_their_form_and_come_again_the_same(shop, trial, settings):
    visit_pass = queries.pass_of(trial)
    token, code = passes.pass_token(visit_pass), passes.code(visit_pass)
    assert normalise(token) == token.replace("-", "")
    assert len(code) == 6
    assert code.isdigit()
    assert identity.issue_pass(trial=trial, now=shop.now) == visit_pass
    assert (passes.pass_token(visit_pass), passes.code(visit_pass)) == (token, code)
    settings.SECRET_KEY = "another"
    assert passes.pass_token(visit_pass) != token


def test_a_new_pass_makes_the_old_one_useless_at_the_site(shop, trial):
    before = shop.orders(trial)[-1]
    identity.renew_pass(trial=trial, now=shop.now)
    after = shop.orders(trial)[-1]
    assert after["revision"] == before["revision"] + 1
    assert after["pass_digest"] != before["pass_digest"]
    assert after["code_digest"] != before["code_digest"]
