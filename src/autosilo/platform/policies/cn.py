"""China, version 2026-01: the founding rules of the shop.

A credit score over 700 and premium membership; at most five trials in two calendar months, rolling; one at a time; each
model once; a licence valid for the whole trial; 18 years of age. A trial lasts 72 hours.
"""

from datetime import UTC, datetime, timedelta

from autosilo.platform.policies.calendar import full_years, leaves_window, plus_months, start_of, turns
from autosilo.platform.policies.decision import Policy, Remedy, Rule, RuleOutcome
from autosilo.platform.policies.facts import Membership, Standing, TrialFacts

TRIAL_LENGTH = timedelta(hours=72)
CREDIT_THRESHOLD = 700  # the score must be over it, not at it
MOST_TRIALS = 5
WINDOW_MONTHS = 2
LEAST_AGE_YEARS = 18  # also the least age for a class C1 licence in China (Ministry of Public Security, Order 162)


def credit(facts: TrialFacts) -> RuleOutcome:
    """Met by an answer to exactly our question that is still valid now."""
    answer = facts.credit
    if answer is None or answer.threshold != CREDIT_THRESHOLD:
        return _credit_outcome("unknown", None, Remedy.ASK_CREDIT)
    if answer.valid_until <= facts.now:
        return _credit_outcome("expired", answer.valid_until, Remedy.ASK_CREDIT)
    if not answer.meets:
        return _credit_outcome("below", answer.valid_until, Remedy.RAISE_CREDIT)
    return _credit_outcome("meets", answer.valid_until, None)


def _credit_outcome(state: str, valid_until: datetime | None, remedy: Remedy | None) -> RuleOutcome:
    return RuleOutcome(
        rule=Rule.CREDIT,
        met=state == "meets",
        detail={
            "state": state,
            "threshold": CREDIT_THRESHOLD,
            "valid_until": valid_until.isoformat() if valid_until else None,
        },
        remedy=remedy,
    )


def membership(facts: TrialFacts) -> RuleOutcome:
    """Premium on the day of the hand-over."""
    until = facts.membership_until
    premium = facts.membership is Membership.PREMIUM
    met = premium and (until is None or facts.local_date(facts.starts_at) <= until)
    return RuleOutcome(
        rule=Rule.MEMBERSHIP,
        met=met,
        detail={
            "needed": Membership.PREMIUM.value,
            "held": facts.membership.value if facts.membership else None,
            "until": until.isoformat() if until else None,
        },
        remedy=None if met else Remedy.BECOME_PREMIUM,
    )


def trial_count(facts: TrialFacts) -> RuleOutcome:
    """With this one, at most five trials whose start lies less than two calendar months back.

    By dates at the site. A trial that starts two months before to the day has left the window.
    """
    start = facts.local_date(facts.starts_at)
    opens_after = plus_months(start, -WINDOW_MONTHS)
    days = sorted(
        (facts.local_date(trial.starts_at) for trial in facts.earlier if trial.standing is not Standing.NOT_DRIVEN),
        reverse=True,
    )
    counted = [day for day in days if day > opens_after]
    met = len(counted) < MOST_TRIALS
    eligible_at = None
    if not met:
        must_leave = days[MOST_TRIALS - 1]
        eligible_at = start_of(leaves_window(must_leave, months=WINDOW_MONTHS), facts.zone)
    return RuleOutcome(
        rule=Rule.TRIAL_COUNT,
        met=met,
        detail={"counted": len(counted), "most": MOST_TRIALS, "months": WINDOW_MONTHS},
        remedy=None if met else Remedy.WAIT,
        eligible_at=eligible_at,
    )


def one_at_a_time(facts: TrialFacts) -> RuleOutcome:
    open_trials = sum(trial.standing is Standing.OPEN for trial in facts.earlier)
    return RuleOutcome(
        rule=Rule.ONE_AT_A_TIME,
        met=open_trials == 0,
        detail={"open": open_trials},
        remedy=Remedy.FINISH_OPEN_TRIAL if open_trials else None,
    )


def model_once(facts: TrialFacts) -> RuleOutcome:
    """A booking that ended before the car left does not use the model up."""
    tried = any(trial.model == facts.model and trial.standing is not Standing.NOT_DRIVEN for trial in facts.earlier)
    return RuleOutcome(
        rule=Rule.MODEL_ONCE,
        met=not tried,
        detail={"model": facts.model},
        remedy=Remedy.CHOOSE_OTHER_MODEL if tried else None,
    )


def licence(facts: TrialFacts) -> RuleOutcome:
    """Valid through the day on which the trial ends, at the site."""
    ends = facts.local_date(facts.starts_at + TRIAL_LENGTH)
    until = facts.licence_valid_until
    met = until is not None and until >= ends
    remedy = None
    if not met:
        remedy = Remedy.GIVE_LICENCE if until is None else Remedy.RENEW_LICENCE
    return RuleOutcome(
        rule=Rule.LICENCE,
        met=met,
        detail={"valid_until": until.isoformat() if until else None, "needed_until": ends.isoformat()},
        remedy=remedy,
    )


def age(facts: TrialFacts) -> RuleOutcome:
    """In completed years on the day of the hand-over. The birth date itself is not repeated in the outcome."""
    detail = {"least_years": LEAST_AGE_YEARS}
    if facts.birth_date is None:
        return RuleOutcome(rule=Rule.AGE, met=False, detail=detail, remedy=Remedy.GIVE_BIRTH_DATE)
    met = full_years(facts.birth_date, facts.local_date(facts.starts_at)) >= LEAST_AGE_YEARS
    return RuleOutcome(
        rule=Rule.AGE,
        met=met,
        detail=detail,
        remedy=None if met else Remedy.WAIT,
        eligible_at=None if met else start_of(turns(facts.birth_date, years=LEAST_AGE_YEARS), facts.zone),
    )


CN_2026_01 = Policy(
    market="cn",
    name="cn",
    version="2026-01",
    valid_from=datetime(2026, 1, 1, tzinfo=UTC),
    trial_length=TRIAL_LENGTH,
    credit_threshold=CREDIT_THRESHOLD,
    rules=(credit, membership, trial_count, one_at_a_time, model_once, licence, age),
)
