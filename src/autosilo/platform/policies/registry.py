"""Which rules hold in which market, and since when: the shipped ones, and those that an operator has scheduled."""

from collections.abc import Callable, Iterable
from datetime import datetime
from importlib.resources import files as package_files

from autosilo.platform.policies import files
from autosilo.platform.policies.decision import Decision
from autosilo.platform.policies.facts import TrialFacts
from autosilo.platform.policies.policy import Policy

_FOLDER = package_files("autosilo.platform.policies") / "shipped"
Source = Callable[[], Iterable[Policy]]


class NoPolicy(LookupError):
    """No rules are known for this market at this time: a fault of a site's configuration."""


def _shipped() -> tuple[Policy, ...]:
    """Part of the package, so a mistake in one is a bug and stops the program."""
    found = sorted((one for one in _FOLDER.iterdir() if one.name.endswith(".toml")), key=lambda one: one.name)
    return tuple(files.read(one.read_text(encoding="utf-8"), name=one.name) for one in found)


POLICIES: tuple[Policy, ...] = _shipped()
_sources: list[Source] = []


def plug(source: Source) -> None:
    """Where scheduled policies come from (one source; called once, by the composition)."""
    _sources[:] = [source]


def everything() -> tuple[Policy, ...]:
    """Shipped and scheduled."""
    return (*POLICIES, *(policy for source in _sources for policy in source()))


def markets() -> frozenset[str]:
    """Every market that has rules, or will have."""
    return frozenset(policy.market for policy in everything())


def open_markets(at: datetime) -> frozenset[str]:
    """The markets that a site may name: their rules have begun by ``at``."""
    return frozenset(policy.market for policy in everything() if policy.valid_from <= at)


def policy_for(market: str, at: datetime) -> Policy:
    """The version that holds at ``at`` (aware): of those that do, the one that began last.

    A market that once had rules is never without: where the last one has run out and nothing followed, it goes on.
    Raises ``NoPolicy``.
    """
    begun = [policy for policy in everything() if policy.market == market and policy.valid_from <= at]
    if not begun:
        raise NoPolicy(f"no rules for market {market!r} at {at.isoformat()}; known: {sorted(markets())}")
    return max([one for one in begun if one.holds_at(at)] or begun, key=lambda policy: policy.valid_from)


def named(full_name: str) -> Policy | None:
    """The version that a trial was made under ("cn 2026-01"); None when it is not known any more."""
    shipped = next((policy for policy in POLICIES if policy.full_name == full_name), None)
    return shipped or next((policy for policy in everything() if policy.full_name == full_name), None)


def shipped_text(full_name: str) -> str | None:
    """The file of a policy that comes with the release, to start another one from."""
    policy = next((one for one in POLICIES if one.full_name == full_name), None)
    if policy is None:
        return None
    return (_FOLDER / f"{policy.name}-{policy.version}.toml").read_text(encoding="utf-8")


def decide(facts: TrialFacts, *, market: str) -> Decision:
    """Judge by the rules that hold when the question is put."""
    return policy_for(market, facts.now).decide(facts)
