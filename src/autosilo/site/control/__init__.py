"""Tower control of one site. Others use ``Tower`` and the types in ``types``; the rest is inside.

from autosilo.site.control import Tower, TowerEvent, CannotFetch
"""

from autosilo.site.control.tower import Tower
from autosilo.site.control.types import (
    AdmitResult,
    CannotAdmit,
    CannotFetch,
    CannotHandOver,
    CannotObey,
    CannotResolve,
    CannotTakeIn,
    EventKind,
    FetchResult,
    TakeInResult,
    TowerEvent,
)

__all__ = [
    "AdmitResult",
    "CannotAdmit",
    "CannotFetch",
    "CannotHandOver",
    "CannotObey",
    "CannotResolve",
    "CannotTakeIn",
    "EventKind",
    "FetchResult",
    "TakeInResult",
    "Tower",
    "TowerEvent",
]
