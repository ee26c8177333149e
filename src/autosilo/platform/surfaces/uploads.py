"""A photo out of a form. It stays in memory and is never written anywhere."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _


class NoPhoto(Exception):
    """Nothing usable was sent; the text is safe to show."""


def photo_of(request: HttpRequest, name: str = "photo") -> bytes:
    """The bytes that were sent, whatever they are: what they show is for the domain to say. Raises ``NoPhoto``."""
    upload = request.FILES.get(name)
    if upload is None:
        # A file beyond the limit is dropped by Django before the view sees it.
        sent = int(request.META.get("CONTENT_LENGTH") or 0)
        if sent > settings.MAX_UPLOAD_BYTES:
            most = settings.MAX_UPLOAD_BYTES // 2**20
            raise NoPhoto(_("This file is larger than %(most)s MB. Please choose a smaller photo.") % {"most": most})
        raise NoPhoto(_("Please choose a photo first."))
    if not upload.size:
        raise NoPhoto(_("This file is empty."))
    return bytes(upload.read())
