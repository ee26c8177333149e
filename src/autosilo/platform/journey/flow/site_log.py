"""Where the sites' logs of accesses to biometric data end, kept in the platform's own audit trail."""

from datetime import datetime

from autosilo.platform.resources.people import audit
from autosilo.platform.resources.people.models import AuditEntry
from autosilo.platform.resources.sites.models import Site

ACTION = "site_log_told"


def note_head(*, site: Site, number: int, digest: str, now: datetime) -> dict[str, int | str] | None:
    """Keep it. Answers what it contradicts, None when it contradicts nothing: a log only grows, and one entry has one
    digest for ever."""
    last = AuditEntry.objects.filter(action=ACTION, target=audit.target_of(site)).order_by("-id").first()
    if last is not None and (last.detail["number"], last.detail["digest"]) == (number, digest):
        return None
    detail = {"number": number, "digest": digest}
    audit.record(actor=None, action=ACTION, target=audit.target_of(site), detail=detail, now=now)
    if last is None or number > last.detail["number"]:
        return None
    return {"known_number": last.detail["number"], "known_digest": last.detail["digest"]}
