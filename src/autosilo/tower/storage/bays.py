"""The bays of a lift as the storage policies count them, made of its places. For simulator and site controller."""

from collections.abc import Sequence

from autosilo.tower.config import Lift
from autosilo.tower.geometry import Place, Role
from autosilo.tower.kinematics import handling_s, travel_s
from autosilo.tower.storage.rack import NO_BAY, Bays


def bays_of(lift: Lift, places: Sequence[Place], *, chargers: int | None = None) -> Bays:
    """``places``: all that the lift reaches; bays keep their order. ``chargers``: so many bays have one, the nearest;
    those that the site file names where it is as many, or None.

    A bay's seconds are those of the way to the nearest delivery, both transfers included.
    """
    bays = [place for place in places if place.role is Role.BAY]
    deliveries = [place for place in places if place.role is Role.DELIVERY]
    index = {place.name: number for number, place in enumerate(bays)}
    seconds = [min(_carry_s(lift, bay, delivery) for delivery in deliveries) for bay in bays]
    rear, front = [NO_BAY] * len(bays), [NO_BAY] * len(bays)
    for number, place in enumerate(bays):
        if place.front is not None:
            front[number] = index[place.front]
            rear[index[place.front]] = number
    charges = [place.name.rpartition(".")[2] in lift.charging_bays for place in bays]
    if chargers is not None and chargers != sum(charges):
        nearest = sorted(range(len(bays)), key=lambda one: (seconds[one], one))[:chargers]
        charges = [number in nearest for number in range(len(bays))]
    return Bays(seconds=seconds, rear=rear, front=front, kind=[place.class_number for place in bays], charges=charges)


def _carry_s(lift: Lift, start: Place, end: Place) -> float:
    return handling_s(lift, start) + travel_s(lift, start.at, end.at) + handling_s(lift, end)
