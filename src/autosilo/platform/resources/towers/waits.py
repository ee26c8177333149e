"""Reads of the waits that a site tells."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from autosilo.platform.kit.prepared import Given, Prepared
from autosilo.platform.resources.sites.models import Site
from autosilo.platform.resources.towers.models import TowerWaits
from autosilo.wire.wait import VisitWait, WaitEstimate, WaitsMeasured, WaitsReported

FRESH = timedelta(minutes=3)
"""A site reports each minute at least; what is older says nothing of the lifts any more."""

_SAID = Prepared(lambda: TowerWaits.objects.order_by().filter(site=Given("site")))


@dataclass(frozen=True, slots=True)
class Wait:
    """Seconds from now. ``kind``: ``waiting`` for who waits at present, ``now`` if they came now, ``usual`` as people
    waited lately."""

    kind: str
    low_s: float
    likely_s: float
    high_s: float


@dataclass(frozen=True, slots=True)
class Measured:
    """How true the told intervals were, in all and by situation. ``target``: the share that they are meant to hold."""

    said_at: datetime
    target: float
    groups: tuple[WaitsMeasured, ...]
    usual: WaitEstimate | None

    @property
    def all(self) -> WaitsMeasured:
        sooner, within, later = (
            sum(getattr(one, name) for one in self.groups) for name in ("sooner", "within", "later")
        )
        return WaitsMeasured(group="", sooner=sooner, within=within, later=later)


def wait_for(*, site: Site, trial: UUID, now: datetime) -> Wait | None:
    """What is known of the wait for this trial's car; None when nothing is."""
    row = _SAID.one(site=site.pk)
    if row is None:
        return None
    report, age = WaitsReported.model_validate(row.body), now - row.said_at
    one = next((visit for visit in report.visits if visit.trial == trial), None)
    if one is not None and age <= FRESH:
        return _present(one, max(0.0, age.total_seconds()))
    if report.usual is None:
        return None
    return Wait("usual", report.usual.low_s, report.usual.likely_s, report.usual.high_s)


def measured_at(site: Site) -> Measured | None:
    """None until the site has reported."""
    row = _SAID.one(site=site.pk)
    if row is None:
        return None
    report = WaitsReported.model_validate(row.body)
    return Measured(said_at=row.said_at, target=report.coverage, groups=report.measured, usual=report.usual)


def _present(one: VisitWait, age_s: float) -> Wait:
    """Of a wait that has begun, the rest."""
    gone = age_s if one.waiting else 0.0
    low, likely, high = (max(0.0, s - gone) for s in (one.wait.low_s, one.wait.likely_s, one.wait.high_s))
    return Wait("waiting" if one.waiting else "now", low, likely, high)
