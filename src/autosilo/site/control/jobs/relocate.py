"""Bring a car from one bay to another: it stands before a rear bay that is to be served."""

from dataclasses import dataclass
from typing import ClassVar

from autosilo.site.control.jobs.move import Move
from autosilo.tower.geometry import Role


@dataclass(frozen=True, slots=True)
class Relocate(Move):
    """Between bays of one lift."""

    source_roles: ClassVar[tuple[Role, ...]] = (Role.BAY,)
    target_roles: ClassVar[tuple[Role, ...]] = (Role.BAY,)
