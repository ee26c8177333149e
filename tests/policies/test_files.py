"""A policy as a file: what may be written, and what is said of mistakes."""

from datetime import UTC, datetime, timedelta

import pytest

from autosilo.platform.policies.files import PolicyFileError, read
from autosilo.platform.policies.overbooking import OverBooking
from autosilo.platform.policies.policy import Review
from autosilo.wire.identity import IdentityMode

GOOD = """\
market = "hk"
name = "hk"
version = "2027-01"
valid_from = 2027-01-01T00:00:00+08:00
currency = "HKD"
trial_hours = 48
review = "on_request"

[[rule]]
kind = "trial_count"
most = 3
months = 1

[[rule]]
kind = "one_at_a_time"
[[rule]]
kind = "model_once"
[[rule]]
kind = "licence"
[[rule]]
kind = "age"
least_years = 21

[terms]
deposit_minor = 100
"""


def test_a_good_file_is_a_policy() -> None:
    policy = read(GOOD)
    assert policy.full_name == "hk 2027-01"
    assert policy.valid_from == datetime(2026, 12, 31, 16, tzinfo=UTC)
    assert policy.trial_length == timedelta(hours=48)
    assert policy.review is Review.ON_REQUEST
    assert policy.credit_threshold is None
    assert len(policy.rules) == 6, "a licence is verified unless the file says otherwise"
    assert len(read(GOOD.replace('kind = "licence"', 'kind = "licence"\nverified = false')).rules) == 5


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("most = 3", "most = 0", 11, "rule.0.most: Input should be greater than or equal to 1"),
        ("most = 3", "most = 3\nmore = 3", 12, "rule.0.more: Extra inputs"),
        ('kind = "licence"', 'kind = "luck"', 18, "rule.3: Input tag 'luck'"),
        ("2027-01-01T00:00:00+08:00", "2027-01-01T00:00:00", 4, "valid_from: Input should have timezone"),
        ("deposit_minor = 100", "deposit_minor = -1", 25, "terms.deposit_minor"),
        ('review = "on_request"', 'review = "never"', 7, "review: Input should be"),
        ('[[rule]]\nkind = "licence"\n', "", None, "every market needs the rule licence"),
        ('kind = "model_once"', 'kind = "one_at_a_time"', None, "a kind of rule is there twice"),
        ('version = "2027-01"', 'version = "2027-01-and-very-much-longer"', None, "longer than 29 letters"),
        (
            'review = "on_request"',
            'review = "on_request"\nidentity = ["face_expected"]',
            8,
            "pass_code must be among them",
        ),
        (
            'review = "on_request"',
            'review = "on_request"\nidentity = ["pass_code", "pass_code"]',
            8,
            "a mode is there twice",
        ),
        (
            'review = "on_request"',
            'review = "on_request"\nidentity = ["pass_code", "eye"]',
            8,
            "identity.1: Input should be",
        ),
        ("trial_hours = 48", "trial_hours = 48\nvalid_until = 2026-01-01T00:00:00Z", None, "must be after"),
    ],
)
def test_a_mistake_is_told_with_its_line(old: str, new: str, line: int | None, words: str) -> None:
    assert old in GOOD
    with pytest.raises(PolicyFileError) as caught:
        read(GOOD.replace(old, new, 1), name="hk.toml")
    first = str(caught.value)
    assert words in first
    assert first.startswith(f"hk.toml:{line}: " if line else "hk.toml: ")


def test_a_market_chooses_how_a_kiosk_may_know_a_shopper() -> None:
    assert read(GOOD).identity == (IdentityMode.FACE_EXPECTED, IdentityMode.PASS_CODE)
    without = GOOD.replace("[[rule]]", 'identity = ["pass_code"]\n[[rule]]', 1)
    assert read(without).identity == (IdentityMode.PASS_CODE,)


TIGHT = "\n[over_booking]\nturn_round_minutes = 60\nmost = 3\nmost_risk = 0.02\n"


def test_a_market_may_let_cars_be_booked_that_are_due_back_shortly_before() -> None:
    assert read(GOOD).over_booking is None, "off unless it is said"
    limit = read(GOOD + TIGHT).over_booking
    assert limit == OverBooking(turn_round=timedelta(hours=1), most=3, most_risk=0.02)
    assert limit.relief == timedelta(hours=1)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("= 60", "= 120", "over_booking.turn_round_minutes: Input should be less than 120"),
        ("= 60", "= 10", "over_booking.turn_round_minutes: Input should be greater than or equal to 15"),
        ("most = 3\n", "", "over_booking.most: Field required"),
        ("0.02", "0", "over_booking.most_risk: Input should be greater than 0"),
        ("0.02", "0.6", "over_booking.most_risk: Input should be less than or equal to 0.5"),
    ],
)
def test_what_over_booking_may_not_say(old: str, new: str, words: str) -> None:
    with pytest.raises(PolicyFileError, match=words):
        read(GOOD + TIGHT.replace(old, new))


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file() -> None:
    text = GOOD.replace("most = 3", "most = 0").replace("HKD", "dollars").replace("least_years = 21", "least_years = 2")
    with pytest.raises(PolicyFileError) as caught:
        read(text)
    lines = [int(line.split(":")[1]) for line in str(caught.value).splitlines()]
    assert lines == sorted(lines)
    assert len(lines) == 3


@pytest.mark.parametrize(
    ("fees", "words"),
    [
        ("[[terms.fee]]\nprice_up_to_minor = 5\nfee_minor = 1", "the last fee must be for every dearer model"),
        (
            "[[terms.fee]]\nprice_up_to_minor = 5\nfee_minor = 1\n[[terms.fee]]\nprice_up_to_minor = 5\nfee_minor = 2\n"
            "[[terms.fee]]\nfee_minor = 3",
            "higher than that of the one before",
        ),
        ("[terms.free_for]\ncredit_over = 1001", "less than or equal to 1000"),
    ],
)
def test_fees_must_rise_to_an_open_end(fees: str, words: str) -> None:
    with pytest.raises(PolicyFileError, match=words):
        read(f"{GOOD}\n{fees}\n")


def test_the_bureau_is_asked_one_question_only() -> None:
    text = GOOD.replace("[terms]", '[[rule]]\nkind = "credit"\nover = 700\n[terms]')
    assert read(text).credit_required
    with pytest.raises(PolicyFileError, match="one question"):
        read(f"{text}\n[terms.free_for]\ncredit_over = 650\n")


@pytest.mark.parametrize("text", ["market = ", "", "x" * 70_000, "\x00"])
def test_what_is_no_policy_at_all_is_refused(text: str) -> None:
    with pytest.raises(PolicyFileError):
        read(text)
