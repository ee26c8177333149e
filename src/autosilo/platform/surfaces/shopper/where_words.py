"""Where the cars of a wish are now, in a shopper's words: one line for each site."""

from datetime import UTC, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from autosilo.platform.journey.booking.whereabouts import Whereabouts
from autosilo.platform.resources.sites.models import Site
from autosilo.platform.surfaces.shopper.templatetags.shop import moment_at


def said(where: Whereabouts, site: Site) -> str:
    """What helps most: a car that is ready, else when the next is free again, else why there is none; "" without."""
    if where.ready:
        return ngettext("%(count)s ready in the tower now", "%(count)s ready in the tower now", where.ready) % {
            "count": where.ready
        }
    soonest = min((*where.charged, *where.free_again, *where.arriving), default=None)
    if soonest is not None:
        at = {"at": moment_at(datetime.fromtimestamp(soonest, UTC), site)}
        if soonest in where.charged:
            return _("In the tower and charging; ready %(at)s") % at
        if soonest in where.arriving:
            return _("On its way here from another place; free %(at)s") % at
        return _("Out on a trial; the next one is free again %(at)s") % at
    if where.kept:
        return _("In the tower, and kept for somebody just now")
    return _("Not at its tower just now") if where.elsewhere else ""
