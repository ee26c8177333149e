"""A picture of a tower that is not heard: where its cars stood by the last report, nothing moving."""

from autosilo.platform.resources.sites.models import Site
from autosilo.wire.live import TowerLive


def last_known(site: Site) -> TowerLive:
    """``connected`` is false and no lift or gate is shown, since nobody knows where they are now."""
    return TowerLive(
        site=site.slug,
        at=site.last_heard_at.timestamp() if site.last_heard_at else 0.0,
        lifts=(),
        stations=(),
        bays=dict(site.inventory),
        held=site.held_reason or None,
        connected=False,
    )
