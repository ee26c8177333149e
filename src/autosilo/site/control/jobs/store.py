"""Bring a car from a station into a bay."""

from dataclasses import dataclass
from typing import ClassVar

from autosilo.site.control.jobs.move import Move
from autosilo.tower.geometry import Role


@dataclass(frozen=True, slots=True)
class Store(Move):
    """From an intake, or from a delivery station where nobody took it."""

    source_roles: ClassVar[tuple[Role, ...]] = (Role.INTAKE, Role.DELIVERY)
    target_roles: ClassVar[tuple[Role, ...]] = (Role.BAY,)
