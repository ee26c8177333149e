"""Vehicle classes: which bays take which car, smallest first. For simulator and site controller alike."""

from collections.abc import Sequence

from autosilo.tower.config import VehicleClass


def size(one: VehicleClass) -> int:
    """For ordering classes, smallest first."""
    return one.length_mm * one.width_mm * one.height_mm + one.mass_kg


def covers(classes: Sequence[VehicleClass], bay: int, needed: int) -> bool:
    """Does a bay of class ``bay`` take every car of class ``needed`` (0: taken on trust)? Classes count from 1."""
    if not needed:
        return True
    have, need = classes[bay - 1], classes[needed - 1]
    return have.carries(need.mass_kg) and have.fits(
        length_mm=need.length_mm, width_mm=need.width_mm, height_mm=need.height_mm
    )


def kinds_for(classes: Sequence[VehicleClass], needed: int) -> tuple[int, ...]:
    """Classes of bays that take a car of class ``needed`` (0: of any), the smallest first: a large bay is given to a
    small car only when no other is free. Empty where there is one class only: every bay will do."""
    if len(classes) == 1:
        return ()
    fitting = [number for number in range(1, len(classes) + 1) if covers(classes, number, needed)]
    return tuple(sorted(fitting, key=lambda number: (size(classes[number - 1]), number)))
