"""Bring a car out of its bay to a delivery station, for a driver who waits."""

from dataclasses import dataclass
from typing import ClassVar

from autosilo.site.control.jobs.move import Move
from autosilo.tower.geometry import Role


@dataclass(frozen=True, slots=True)
class Retrieve(Move):
    """From a bay to a delivery station."""

    source_roles: ClassVar[tuple[Role, ...]] = (Role.BAY,)
    target_roles: ClassVar[tuple[Role, ...]] = (Role.DELIVERY,)
