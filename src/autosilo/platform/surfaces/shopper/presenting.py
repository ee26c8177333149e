"""What a wallet posts to us: OpenID for Verifiable Presentations 1.0, 8.2, ``direct_post``."""

import base64
import binascii
import json
from typing import Any

from django.http import HttpRequest

from autosilo.platform.resources.licences.transcript import QUERY_ID

MOST_BODY_BYTES = 512 * 1024
"""A licence of the greatest size that is read, in base64, with room."""


def presentation(request: HttpRequest) -> bytes:
    """The one ``DeviceResponse`` in ``vp_token``. Raises ``ValueError``."""
    if int(request.headers.get("Content-Length") or MOST_BODY_BYTES + 1) > MOST_BODY_BYTES:
        raise ValueError("too long")
    token: Any = json.loads(request.POST.get("vp_token", ""))
    given = token.get(QUERY_ID) if isinstance(token, dict) else None
    if not isinstance(given, list) or len(given) != 1 or not isinstance(given[0], str):
        raise ValueError("not one presentation")
    try:
        return base64.b64decode(given[0] + "=" * (-len(given[0]) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("not base64url") from error
