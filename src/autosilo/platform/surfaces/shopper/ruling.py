"""A decision's rules in words: what is asked, how it stands, and what would help."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from autosilo.platform.kit.money import Money
from autosilo.platform.policies.decision import Remedy, Rule
from autosilo.platform.policies.facts import Membership

Action = Literal["", "premium", "credit", "details", "licence", "trials", "cars"]

TITLES: dict[str, str | Promise] = {
    Rule.CREDIT: gettext_lazy("Credit"),
    Rule.MEMBERSHIP: gettext_lazy("Membership"),
    Rule.TRIAL_COUNT: gettext_lazy("Number of trials"),
    Rule.ONE_AT_A_TIME: gettext_lazy("One at a time"),
    Rule.MODEL_ONCE: gettext_lazy("Each model once"),
    Rule.LICENCE: gettext_lazy("Driving licence"),
    Rule.LICENCE_VERIFIED: gettext_lazy("Licence verified"),
    Rule.AGE: gettext_lazy("Age"),
}

# What a button under the rule can do about it.
ACTIONS: dict[str, Action] = {
    Remedy.ASK_CREDIT: "credit",
    Remedy.BECOME_PREMIUM: "premium",
    Remedy.FINISH_OPEN_TRIAL: "trials",
    Remedy.CHOOSE_OTHER_MODEL: "cars",
    Remedy.RENEW_LICENCE: "details",
    Remedy.GIVE_LICENCE: "details",
    Remedy.GIVE_BIRTH_DATE: "details",
    Remedy.VERIFY_LICENCE: "licence",
}


@dataclass(frozen=True, kw_only=True)
class RuleInWords:
    code: str
    title: str
    met: bool
    text: str
    help: str
    action: Action
    waived: bool = False


def in_words(rules: list[dict[str, Any]], *, zone: ZoneInfo) -> list[RuleInWords]:
    """Every rule of a recorded decision, in its order, in the active language."""
    return [_in_words(rule, zone) for rule in rules]


def _in_words(rule: Mapping[str, Any], zone: ZoneInfo) -> RuleInWords:
    code, met, detail = rule["rule"], bool(rule["met"]), rule.get("detail") or {}
    remedy = rule.get("remedy") or ""
    return RuleInWords(
        code=code,
        title=str(TITLES.get(code, code)),
        met=met,
        text=_("A person has looked at this and let it pass.") if rule.get("waived") else _text(code, detail, met=met),
        help="" if met else _help(remedy, rule.get("eligible_at"), zone),
        action="" if met else ACTIONS.get(remedy, ""),
        waived=bool(rule.get("waived")),
    )


def _text(code: str, detail: Mapping[str, Any], *, met: bool) -> str:
    match code:
        case Rule.CREDIT:
            return _credit(detail)
        case Rule.MEMBERSHIP:
            return _membership(detail, met=met)
        case Rule.TRIAL_COUNT:
            if detail.get("months") is None:
                return _("%(counted)s of at most %(most)s trials in all.") % detail
            return _("%(counted)s of at most %(most)s trials in %(months)s months.") % detail
        case Rule.ONE_AT_A_TIME:
            return _("You have no other trial open.") if met else _("You have a trial that is not finished yet.")
        case Rule.MODEL_ONCE:
            return _("You have not tried this model yet.") if met else _("You have tried this model before.")
        case Rule.LICENCE:
            return _licence(detail, met=met)
        case Rule.LICENCE_VERIFIED:
            return _verified(detail, met=met)
        case Rule.AGE:
            least = int(detail.get("least_years", 0))
            return ngettext("At least %(n)d year old.", "At least %(n)d years old.", least) % {"n": least}
    return ""


def _membership(detail: Mapping[str, Any], *, met: bool) -> str:
    if detail.get("needed") == Membership.BASIC:
        return _("You are a member.") if met else _("Trials are for members.")
    return _("You are a premium member.") if met else _("Trials are for premium members.")


def _credit(detail: Mapping[str, Any]) -> str:
    threshold = {"threshold": detail.get("threshold")}
    match detail.get("state"):
        case "meets":
            said = _("The bureau says that your score is over %(threshold)s. We do not know the score itself.")
            return said % threshold
        case "below":
            return _("The bureau says that your score is not over %(threshold)s.") % threshold
        case "expired":
            return _("The bureau's answer is no longer valid.")
    return _("The bureau has not been asked yet whether your score is over %(threshold)s.") % threshold


def _licence(detail: Mapping[str, Any], *, met: bool) -> str:
    if not detail.get("valid_until"):
        return _("We do not know your driving licence yet.")
    if met:
        return _("Valid until %(day)s, which covers the trial.") % {"day": _day(detail["valid_until"])}
    return _("Valid until %(until)s, but the trial would end on %(needed)s.") % {
        "until": _day(detail["valid_until"]),
        "needed": _day(detail["needed_until"]),
    }


def _verified(detail: Mapping[str, Any], *, met: bool) -> str:
    if not detail.get("proved_until"):
        return _("Nobody has verified your driving licence yet.")
    if met:
        return _("Your driving licence is verified.")
    return _("Verified until %(until)s, but the trial would end on %(needed)s.") % {
        "until": _day(detail["proved_until"]),
        "needed": _day(detail["needed_until"]),
    }


def _help(remedy: str, eligible_at: str | None, zone: ZoneInfo) -> str:
    if eligible_at:
        moment = datetime.fromisoformat(eligible_at).astimezone(zone)
        return _("You can try again from %(day)s.") % {"day": formats.date_format(moment, _("j F Y"))}
    match remedy:
        case Remedy.ASK_CREDIT:
            return _("Agree that we ask the bureau one question.")
        case Remedy.RAISE_CREDIT:
            return _("The bureau can tell you what counts. We may ask again after a day.")
        case Remedy.BECOME_PREMIUM:
            return _("Become a premium member.")
        case Remedy.FINISH_OPEN_TRIAL:
            return _("Bring that car back, buy it, or cancel the booking first.")
        case Remedy.CHOOSE_OTHER_MODEL:
            return _("Choose another model.")
        case Remedy.RENEW_LICENCE:
            return _("Enter your renewed licence.")
        case Remedy.VERIFY_LICENCE:
            return _("Show us your licence once; a wallet does it in a minute.")
        case Remedy.GIVE_LICENCE | Remedy.GIVE_BIRTH_DATE:
            return _("Complete your details.")
    return ""


def _day(text: str) -> str:
    return formats.date_format(date.fromisoformat(text[:10]), _("j F Y"))


@dataclass(frozen=True, kw_only=True)
class TermsInWords:
    """What a trial costs. ``lines`` is empty where nothing is to pay; ``free`` says why not, where that is of note."""

    lines: list[str]
    free: str
    can_ask_bureau: bool


def terms_in_words(terms: Mapping[str, Any] | None, *, bureau_helps: bool) -> TermsInWords:
    """``bureau_helps``: the market makes it free for a good answer of the bureau, and there is none yet."""
    terms = terms or {}
    amounts = [
        (_("Fee for the trial: %(amount)s."), terms.get("fee_minor")),
        (_("Deposit, given back when the car is: %(amount)s."), terms.get("deposit_minor")),
    ]
    lines = [text % {"amount": Money(minor, terms["currency"])} for text, minor in amounts if minor]
    free = {
        "membership": _("Free of charge and without a deposit, since you are a premium member."),
        "credit": _("Free of charge and without a deposit, by the bureau's answer."),
    }.get(terms.get("free_because") or "", "")
    return TermsInWords(lines=lines, free=free, can_ask_bureau=bool(lines) and bureau_helps)
