"""Where the sites' logs of accesses to biometric data end, kept in the platform's own audit trail."""

from collections.abc import Sequence
from datetime import datetime

from autosilo.chain import Checked, Entry, check
from autosilo.platform.resources.people import audit
from autosilo.platform.resources.people.models import AuditEntry
from autosilo.platform.resources.sites.models import Site
from autosilo.wire.accesses import AccessesLogged, LoggedAccess

ACTION = "site_log_told"


def note_head(*, site: Site, fact: AccessesLogged, now: datetime) -> dict[str, int | str] | None:
    """Keep where the log ends. Answers what that contradicts, None when it contradicts nothing: a log only grows, one
    entry has one digest for ever, and what is new follows from what was told last."""
    last = AuditEntry.objects.filter(action=ACTION, target=audit.target_of(site)).order_by("-id").first()
    if last is not None and (last.detail["number"], last.detail["digest"]) == (fact.number, fact.digest):
        return None
    detail = {"number": fact.number, "digest": fact.digest, "entries": len(fact.entries)}
    audit.record(actor=None, action=ACTION, target=audit.target_of(site), detail=detail, now=now)
    if last is None:
        return _broken(fact.entries, after=_before(fact.entries)) if fact.entries else None
    known: dict[str, int | str] = {"known_number": last.detail["number"], "known_digest": last.detail["digest"]}
    if fact.number <= last.detail["number"]:
        return known
    if not fact.entries:  # a site that has told entries once always knows what it told
        return known | {"why": "no_entries"} if last.detail.get("entries") else None
    end = Checked(count=0, head=last.detail["digest"], last=last.detail["number"])
    broken = _broken(fact.entries, after=end)
    return known | broken if broken else None


def _before(entries: Sequence[LoggedAccess]) -> Checked:
    """Nothing was told before, so the first is believed."""
    return Checked(count=0, head=entries[0].previous, last=entries[0].number - 1)


def _broken(entries: Sequence[LoggedAccess], *, after: Checked) -> dict[str, int | str] | None:
    found = check((Entry(who="", **one.model_dump()) for one in entries), after=after)
    return None if found.broken is None else {"broken_number": found.broken, "why": found.why}
