"""Text messages that the demo's sender has taken."""

from collections.abc import Sequence

import httpx
from django.conf import settings
from pydantic import BaseModel, ConfigDict, ValidationError

NEWEST = 10
PATIENCE_S = 1.0


class Text(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    to: str
    body: str
    date_created: str


class _Page(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    messages: tuple[Text, ...]


def texts() -> Sequence[Text]:
    """The newest first; none where there is no sender, or it does not answer."""
    if not settings.SMS_URL:
        return ()
    path = f"{settings.SMS_URL}/2010-04-01/Accounts/{settings.SMS_ACCOUNT}/Messages.json"
    try:
        reply = httpx.get(path, auth=(settings.SMS_ACCOUNT, settings.SMS_TOKEN), timeout=PATIENCE_S)
        return _Page.model_validate_json(reply.content).messages[:NEWEST]
    except (httpx.HTTPError, ValidationError):
        return ()
