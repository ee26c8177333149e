"""Sources, destinations, and what stands in the way."""

from autosilo.site.conformance.hands import happening
from autosilo.site.conformance.machine import Machine
from autosilo.site.conformance.registry import Failed, Skipped, check
from autosilo.site.conformance.stock import a_move, longest_move_s, moves, places_of, run_move
from autosilo.tower.geometry import Role
from autosilo.wire.mailbox import Kind, Reject


@check("places.unknown", "Command", "a place that there is not, or that the unit does not reach: UNKNOWN_PLACE")
async def unknown(m: Machine) -> str:
    lift, src, dst = await a_move(m)
    code = Reject.UNKNOWN_PLACE
    seen = [
        await m.refused(lift, Kind.MOVE, src, f"{lift}.B9999", code),
        await m.refused(lift, Kind.MOVE, f"{lift}.B9999", dst, code),
        await m.refused(lift, Kind.PARK, "", "nowhere", code),
    ]
    others = [station for station in m.stations if station != m.stations[0]]
    if others:
        seen.append(await m.refused(m.stations[0], Kind.OPEN_GATE, others[0], "", code))
    reach = set(places_of(m, lift))
    foreign = [name for other in m.lifts for name in places_of(m, other) if name not in reach]
    if foreign:
        seen.append(await m.refused(lift, Kind.MOVE, src, foreign[0], code))
    return "; ".join(seen)


@check("places.source-empty", "Command", "a MOVE from where no car stands: SOURCE_EMPTY")
async def source_empty(m: Machine) -> str:
    for lift in m.lifts:
        free = await _free(m, lift)
        if len(free) > 1:
            return await m.refused(lift, Kind.MOVE, free[0], free[1], Reject.SOURCE_EMPTY)
    raise Skipped("no lift has two empty bays")


@check("places.destination-taken", "Command", "a MOVE to where a car stands: DESTINATION_TAKEN")
async def destination_taken(m: Machine) -> str:
    for lift in m.lifts:
        there, places = await m.occupancy(lift), places_of(m, lift)
        cars = [
            name
            for name, car in there.items()
            if car and places[name].role is Role.BAY and _open(places[name].front, there)
        ]
        if len(cars) > 1:
            return await m.refused(lift, Kind.MOVE, cars[0], cars[1], Reject.DESTINATION_TAKEN)
    raise Skipped("no lift has two cars")


@check("places.busy", "Command", "while a job runs another is refused with BUSY; SYNC is accepted and disturbs nothing")
async def busy(m: Machine) -> str:
    lift, src, dst = await a_move(m)
    key = await m.accepted(lift, Kind.MOVE, src, dst)
    seen = [await m.refused(lift, Kind.PARK, "", src, Reject.BUSY)]
    epoch = m.numbers.last(lift)[0] + 1
    reject = await m.send(lift, m.command(lift, Kind.SYNC, epoch=epoch, seq=1))
    current = tuple(await m.get(lift, "Status", "CurrentEpoch", "CurrentSeq"))
    if reject is not Reject.NONE or current != key:
        raise Failed(f"SYNC during the job: {reject.name}; the current job is {current}, was {key}")
    await m.ended(lift, key, longest_move_s(m, lift))
    await run_move(m, lift, dst, src)
    return "; ".join([*seen, "SYNC accepted, the job ended"])


@check(
    "places.class",
    "What the PLC guards",
    "a car that needs a larger class than the bay's is refused: TOO_LARGE or TOO_HEAVY",
)
async def vehicle_class(m: Machine) -> str:
    classes = m.site.tower.classes
    for lift in m.lifts:
        for src, dst in await moves(m, lift):
            bay = classes[places_of(m, lift)[dst].class_number - 1]
            for number, one in enumerate(classes, start=1):
                size = {"length_mm": one.length_mm, "width_mm": one.width_mm, "height_mm": one.height_mm}
                if not (bay.fits(**size) and bay.carries(one.mass_kg)):
                    codes = (Reject.TOO_LARGE, Reject.TOO_HEAVY)
                    return f"class {number}: " + await m.refused(
                        lift, Kind.MOVE, src, dst, *codes, vehicle_class=number
                    )
    raise Skipped("there is no car with an empty bay of a smaller class than another")


@check(
    "places.carriage-loaded",
    "Command",
    "with a car on the carriage and no job: CARRIAGE_LOADED",
    hands=("sensor_stuck",),
)
async def carriage_loaded(m: Machine) -> str:
    lift, src, dst = await a_move(m)
    async with happening(m.hands, "sensor_stuck", lift):
        await m.reaches(lift, "Status", "LoadPresent", [1], 2)
        return await m.refused(lift, Kind.MOVE, src, dst, Reject.CARRIAGE_LOADED)


@check("places.rear", "What the PLC guards", "a rear bay is served while its front bay is empty, both ways")
async def rear(m: Machine) -> str:
    for lift in m.lifts:
        places = places_of(m, lift)
        for src, dst in await moves(m, lift):
            if places[dst].rear and not places[src].rear:
                await run_move(m, lift, src, dst)
                await run_move(m, lift, dst, src)
                return f"{src} to {dst} and back"
    raise Skipped("there is no rear bay to which a car could go")


@check("places.path-blocked", "What the PLC guards", "a rear bay behind an occupied front bay: PATH_BLOCKED, both ways")
async def path_blocked(m: Machine) -> str:
    seen: list[str] = []
    for lift in m.lifts:
        there, places = await m.occupancy(lift), places_of(m, lift)
        hidden = [name for name, place in places.items() if place.front and there.get(place.front)]
        free = await _free(m, lift)
        for name in hidden:
            if there[name] and free and len(seen) < 2:
                seen.append(await m.refused(lift, Kind.MOVE, name, free[0], Reject.PATH_BLOCKED))
            others = [src for src, _ in await moves(m, lift) if src != places[name].front]
            if not there[name] and others and len(seen) < 2:
                seen.append(await m.refused(lift, Kind.MOVE, others[0], name, Reject.PATH_BLOCKED))
    if not seen:
        raise Skipped("there is no rear bay behind a car")
    return "; ".join(seen)


def _open(front: str | None, there: dict[str, bool]) -> bool:
    return front is None or not there.get(front, True)


async def _free(m: Machine, lift: str) -> list[str]:
    """Empty bays to which the way is free."""
    there, places = await m.occupancy(lift), places_of(m, lift)
    return [
        name
        for name, car in there.items()
        if not car and places[name].role is Role.BAY and _open(places[name].front, there)
    ]
