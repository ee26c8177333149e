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
    if where.free_again:
        back = moment_at(datetime.fromtimestamp(where.free_again[0], UTC), site)
        return _("Out on a trial; the next one is free again %(at)s") % {"at": back}
    if where.kept:
        return _("In the tower, and kept for somebody just now")
    return _("Not at its tower just now") if where.elsewhere else ""
