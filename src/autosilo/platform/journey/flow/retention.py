"""Faces are kept no longer than their purpose, and how many are held is known.

The end of a visit destroys its template; this finds what was left behind all the same. In China, who stores the facial
information of 100,000 people must file that with the cyberspace administration of the province within 30 working days
(Measures for the Security Management of the Application of Facial Recognition Technology, in force since 1 June 2025,
article 15): operators hear of it before.
"""

from datetime import datetime
from typing import Final

from autosilo.platform.journey.identity import actions as identity
from autosilo.platform.journey.identity import portraits
from autosilo.platform.journey.identity.models import FaceTemplate
from autosilo.platform.journey.identity.queries import faces_held
from autosilo.platform.journey.trial.states import CONFIRMED
from autosilo.platform.resources.incidents.actions import close_by_key, open_incident

FILING_FROM: Final = 100_000
WARN_FROM: Final = 80_000
PAGE: Final = 200
KEY: Final = "faces_filing"


def look_after_faces(*, now: datetime) -> int:
    """Destroy templates without a purpose; returns how many. Says so in time when a filing becomes due."""
    left = FaceTemplate.objects.filter(destroyed_at=None).exclude(trial__state__in=CONFIRMED).select_related("trial")
    done = sum(identity.destroy_face(trial=one.trial, now=now) for one in left[:PAGE])
    portraits.forget_old(now=now)
    held = faces_held()
    if held >= WARN_FROM:
        detail = {"held": held, "filing_from": FILING_FROM}
        open_incident(key=KEY, kind="faces_filing", site=None, trial=None, detail=detail, now=now)
    else:
        close_by_key(key=KEY, note="fewer faces are held again", now=now)
    return done
