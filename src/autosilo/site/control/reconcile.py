"""Does what the journal believes agree with what the sensors see? Pure."""

from collections.abc import Collection, Mapping


def disagreements(
    *,
    places: Collection[str],
    inventory: Mapping[str, str],
    occupied: Collection[str],
    load_present: bool,
    in_use: Collection[str] = (),
) -> list[tuple[str, str]]:
    """(place, what is wrong) for every place of a lift where journal and sensors differ, in the order of ``places``.

    Asked while no job runs. ``in_use`` are places that are not compared, since their change may not be journalled yet:
    stations where a driver may come or go at this moment, and what another lift is moving from or to.
    """
    found = []
    for place in places:
        if place in in_use:
            continue
        if place in inventory and place not in occupied:
            found.append((place, f"{inventory[place]} should be here, but the sensor sees no car"))
        if place not in inventory and place in occupied:
            found.append((place, "should be empty, but the sensor sees a car"))
    if load_present:
        found.append(("carriage", "a car is on the carriage, but no job runs"))
    return found
