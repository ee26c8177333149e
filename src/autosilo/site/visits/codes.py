"""The pass and its six digits: who may try, how often, and what they are told.

Five wrong codes lock a pass for a quarter of an hour: at twenty tries an hour a million codes take years of guessing,
and each lock calls a person. A kiosk as a whole is limited as well (``kiosk.limits``), so that one cannot walk through
many passes.
"""

import asyncio
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from autosilo.meter import Part, spent
from autosilo.site.visits.store import Visit, VisitStore
from autosilo.wire import passes

TRIES = 5
LOCK = timedelta(minutes=15)


@dataclass(frozen=True, kw_only=True)
class WrongCode:
    left: int


@dataclass(frozen=True, kw_only=True)
class Locked:
    until: datetime
    just_now: bool
    """True for the try that locked it: a person is called once."""


CodeAnswer = Literal["right"] | WrongCode | Locked


async def check_code(store: VisitStore, visit: Visit, code: str, *, now: datetime) -> CodeAnswer:
    """Check six digits of an identified pass. Counted before the slow digest, so parallel guesses gain nothing."""
    fresh = store.find(visit.trial) or visit
    if fresh.locked_until and now < fresh.locked_until:
        return Locked(until=fresh.locked_until, just_now=False)
    if fresh.locked_until:
        store.clear_codes(visit.trial)
        fresh = store.find(visit.trial) or visit
    last = fresh.wrong_codes + 1 >= TRIES
    until = now + LOCK if last else None
    wrong = store.count_code(visit.trial, locked_until=until)
    with spent(Part.DIGESTS):
        digest = await asyncio.to_thread(passes.code_digest, code, salt_hex=visit.code_salt)
    if hmac.compare_digest(digest, visit.code_digest.lower()):
        store.clear_codes(visit.trial)
        return "right"
    return Locked(until=until, just_now=True) if until else WrongCode(left=TRIES - wrong)
