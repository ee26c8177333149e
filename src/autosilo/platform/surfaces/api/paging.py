"""Cursor pagination: a page names the last row of the page before, so that new rows shift nothing."""

import base64
import binascii
import json
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from ninja.errors import HttpError

MOST, USUAL = 100, 50
"""Rows of a page."""

MOST_DIGITS = 18
"""What a number of a row can have."""

Place = tuple[datetime, UUID]


def cursor(at: datetime, pk: UUID) -> str:
    return base64.urlsafe_b64encode(json.dumps([at.isoformat(), str(pk)]).encode()).decode()


def place(text: str) -> Place | None:
    """Raises 422 for what is no cursor of ours."""
    if not text:
        return None
    try:
        at, pk = json.loads(base64.urlsafe_b64decode(text.encode("ascii")))
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None:
            raise ValueError("no zone")
        return moment, UUID(pk)
    except (ValueError, TypeError, AttributeError, binascii.Error, RecursionError) as error:
        raise HttpError(422, "This cursor is none of ours.") from error


def number(text: str) -> int | None:
    """Of rows in the order of their numbers. Raises 422 for what is no cursor of ours."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        raise HttpError(422, "This cursor is none of ours.")
    return int(text)


def following(rows: Sequence[object], limit: int, last: Place | None) -> str | None:
    """The next page's cursor, when one more row was read than ``limit``."""
    return cursor(*last) if last is not None and len(rows) > limit else None
