"""Bring a booked car to a delivery station ahead of time; its gate stays shut. Undone by storing it."""

from dataclasses import dataclass
from typing import ClassVar

from autosilo.site.control.jobs.move import Move
from autosilo.tower.geometry import Role


@dataclass(frozen=True, slots=True)
class Stage(Move):
    """From a bay to a delivery station."""

    source_roles: ClassVar[tuple[Role, ...]] = (Role.BAY,)
    target_roles: ClassVar[tuple[Role, ...]] = (Role.DELIVERY,)
