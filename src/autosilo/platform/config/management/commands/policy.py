"""``autosilo policy``: list, check, try and schedule market policies."""

import argparse
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from autosilo.platform.journey.eligibility import scheduling
from autosilo.platform.kit import clock
from autosilo.platform.policies import registry
from autosilo.platform.policies.files import MOST_BYTES
from autosilo.platform.policies.policy import Policy
from autosilo.platform.policies.trying import Comparison, Example
from autosilo.platform.resources.people.models import Person

LOOK_BACK = timedelta(days=60)
MOST = 200_000


class Command(BaseCommand):
    help = "Who may drive, by market: list the policies, check a file, try it on past facts, schedule it."

    def add_arguments(self, parser: CommandParser) -> None:
        parsers = parser.add_subparsers(dest="verb", required=True, parser_class=argparse.ArgumentParser)
        parsers.add_parser("list", help="every policy and since when it holds")
        check = parsers.add_parser("check", help="is this file a policy? names the line of each mistake")
        tried = parsers.add_parser("try", help="what would have changed? judges past decisions again")
        tried.add_argument("--since", type=_day, metavar="YYYY-MM-DD", help="default: 60 days ago")
        tried.add_argument("--market", help="only decisions of this market (default: of every market)")
        tried.add_argument("--most", type=int, default=MOST, help="at most so many decisions, the newest")
        scheduled = parsers.add_parser("schedule", help="let it hold from its valid_from on")
        scheduled.add_argument("--by", required=True, metavar="E-MAIL", help="the operator who answers for it")
        scheduled.add_argument("--reason", required=True)
        for one in (check, tried, scheduled):
            one.add_argument("file", type=Path, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, f"_{options['verb']}")(options)
        except scheduling.CannotSchedule as refusal:
            raise CommandError("\n".join([str(refusal), *refusal.detail.get("mistakes", [])])) from refusal

    def _list(self, options: dict[str, Any]) -> None:
        for policy in sorted(registry.everything(), key=lambda one: (one.market, one.valid_from)):
            self.stdout.write(f"{policy.market:<12} {policy.full_name:<30} from {policy.valid_from:%Y-%m-%d %H:%M} UTC")

    def _check(self, options: dict[str, Any]) -> None:
        policy = _read(options["file"])
        self.stdout.write(f"{policy.full_name} for market {policy.market}: good")

    def _try(self, options: dict[str, Any]) -> None:
        policy = _read(options["file"])
        since = options["since"] or clock.now() - LOOK_BACK
        found = scheduling.try_on_the_past(
            policy=policy, since=since, market=options["market"], most=max(1, options["most"])
        )
        self.stdout.write("\n".join(_report(found)))

    def _schedule(self, options: dict[str, Any]) -> None:
        person = Person.objects.filter(email__iexact=options["by"], is_staff=True, is_active=True).first()
        if person is None:
            raise CommandError(f"nobody of staff has the address {options['by']}")
        row = scheduling.schedule(text=_text(options["file"]), reason=options["reason"], by=person, now=clock.now())
        self.stdout.write(f"{row} holds in market {row.market} from {row.valid_from:%Y-%m-%d %H:%M} UTC on")


def _day(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)


def _text(file: Path) -> str:
    try:
        raw = file.read_bytes()[: MOST_BYTES + 1]
        return raw.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{file}: {error}") from error


def _read(file: Path) -> Policy:
    return scheduling.parse(_text(file), name=str(file))


def _report(found: Comparison) -> list[str]:
    lines = [
        f"{found.policy}: {found.judged} past decisions judged again, {found.same} without a change",
        f"allowed before {found.was_allowed}, after {found.would_be_allowed}",
    ]
    names = {
        "newly_allowed": "would be allowed, was refused",
        "newly_refused": "would be refused, was allowed",
        "other_reasons": "refused for other reasons",
        "other_terms": "allowed on other terms",
    }
    for kind, words in names.items():
        lines.append(f"{getattr(found, kind):>7}  {words}")
        lines += [f"           {_example(one)}" for one in found.examples.get(kind, ())]
    rules = sorted(found.by_rule.keys() | found.by_rule_before.keys())
    lines += [
        f"rule {rule}: refuses {found.by_rule_before.get(rule, 0)} before, {found.by_rule.get(rule, 0)} after"
        for rule in rules
    ]
    return lines


def _example(one: Example) -> str:
    before = "yes" if one.was_allowed else ", ".join(one.was_unmet)
    after = "yes" if one.would_be_allowed else ", ".join(one.would_be_unmet)
    return f"{one.model}, {one.day}: {before} {one.was_to_pay}".rstrip() + f" -> {after} {one.would_pay}".rstrip()
