"""What the PLC shows of itself at rest: states, places, sensors."""

from autosilo.site.conformance.machine import Machine
from autosilo.site.conformance.registry import Failed, Level, Skipped, check
from autosilo.site.conformance.stock import places_of, stations_of
from autosilo.wire import mailbox
from autosilo.wire.mailbox import (
    OPERATION_MODE,
    GateState,
    JobState,
    MachineryItemState,
    Mode,
    RetainedJob,
    UnitState,
)


@check(
    "mirror.places",
    "The rest",
    "Places names every place that the lift reaches, Occupancy has a 0 or 1 for each",
    level=Level.READ_ONLY,
)
async def places(m: Machine) -> str:
    seen = []
    for lift in m.lifts:
        text, flags = await m.get(lift, "Safety", "Places", "Occupancy")
        names, wanted = text.split(","), set(places_of(m, lift))
        if len(names) != len(set(names)) or set(names) != wanted:
            missing, more = sorted(wanted - set(names)), sorted(set(names) - wanted)
            raise Failed(f"{lift}: missing {missing[:5]}, not in the site file {more[:5]}, {len(names)} names")
        if len(flags) != len(names) or set(flags) - {"0", "1"}:
            raise Failed(f"{lift}: {len(names)} places, but Occupancy is {flags!r}")
        seen.append(f"{lift}: {len(names)} places, {flags.count('1')} occupied")
    return "; ".join(seen)


@check(
    "mirror.stations-agree", "The rest", "a station's Occupied is what its lifts' Occupancy says", level=Level.READ_ONLY
)
async def stations_agree(m: Machine) -> str:
    for lift in m.lifts:
        there = await m.occupancy(lift)
        for station in stations_of(m, lift):
            occupied = await m.one(station.name, "Sensors", "Occupied")
            if occupied != int(there.get(station.name, False)):
                raise Failed(
                    f"{station.name}.Sensors.Occupied is {occupied}, in Occupancy of {lift} {there.get(station.name)}"
                )
    return f"{len(m.stations)} stations"


@check(
    "mirror.states",
    "Status",
    "State, JobState, ItemState, OperationMode, Mode hold documented values that go together",
    level=Level.READ_ONLY,
)
async def states(m: Machine) -> str:
    for unit in m.units:
        status = await m.status(unit)
        try:
            state, mode = UnitState(status["State"]), Mode(status["Mode"])
            JobState(status["JobState"])
            item, operation = MachineryItemState(status["ItemState"]), status["OperationMode"]
        except ValueError as error:
            raise Failed(f"{unit}: {error}") from error
        if operation != OPERATION_MODE[mode]:
            raise Failed(f"{unit}: Mode is {mode.name}, but OperationMode {operation}")
        if (item is MachineryItemState.EXECUTING) != (state is UnitState.EXECUTE):
            raise Failed(f"{unit}: State is {state.name}, but ItemState {item.value}")
        if status["EmergencyStop"] not in (0, 1):
            raise Failed(f"{unit}: EmergencyStop is {status['EmergencyStop']}")
    return f"{len(m.units)} units"


@check(
    "mirror.at-rest",
    "Status",
    "a unit without a job in Auto is Idle and NotExecuting, has no current job and no fault",
    level=Level.READ_ONLY,
)
async def at_rest(m: Machine) -> str:
    for unit in m.units:
        status = await m.status(unit)
        if status["Mode"] != Mode.AUTO or status["EmergencyStop"]:
            raise Skipped(f"{unit} is not in Auto, or its emergency stop is pressed")
        wanted = {
            "State": UnitState.IDLE,
            "CurrentEpoch": 0,
            "CurrentSeq": 0,
            "FaultCode": 0,
            "ItemState": "NotExecuting",
        }
        wrong = {name: status[name] for name, value in wanted.items() if status[name] != value}
        if wrong:
            raise Failed(f"{unit} at rest shows {wrong}")
    return f"{len(m.units)} units"


@check(
    "mirror.doors",
    "The rest",
    "gates and shutters at rest are shut, and DoorsShut and ZoneClear say so",
    level=Level.READ_ONLY,
)
async def doors(m: Machine) -> str:
    for station in m.stations:
        gate, shutter = await m.get(station, "Sensors", "Gate", "Shutter")
        if (gate, shutter) != (GateState.SHUT, GateState.SHUT):
            raise Failed(f"{station}: gate {gate}, shutter {shutter}")
    for lift in m.lifts:
        shut, clear, person = await m.get(lift, "Safety", "DoorsShut", "ZoneClear", "PersonDetected")
        if (shut, clear, person) != (1, 1, 0):
            raise Failed(f"{lift}: DoorsShut {shut}, ZoneClear {clear}, PersonDetected {person}")
    return f"{len(m.stations)} stations shut"


@check(
    "mirror.intake-empty", "The rest", "an intake without a car measures 0 and reads no plate", level=Level.READ_ONLY
)
async def intake_empty(m: Machine) -> str:
    seen = []
    for station in m.stations:
        if not station.partition(".")[2].startswith("I") or await m.one(station, "Sensors", "Occupied"):
            continue
        values = await m.get(station, "Intake", *mailbox.INTAKE)
        if any(values):
            raise Failed(f"{station}: {dict(zip(mailbox.INTAKE, values, strict=True))}")
        seen.append(station)
    if not seen:
        raise Skipped("there is a car in every intake")
    return ", ".join(seen)


@check(
    "mirror.log-readable",
    "The rest",
    "every line of the retained log has the documented form, and its own epoch and seq",
    level=Level.READ_ONLY,
)
async def log_readable(m: Machine) -> str:
    count = 0
    for unit in m.units:
        lines = await m.log(unit)
        jobs = [RetainedJob.parse(line) for line in lines]
        if None in jobs:
            raise Failed(f"{unit}: {lines[jobs.index(None)]!r}")
        keys = [(job.epoch, job.seq) for job in jobs if job]
        if len(set(keys)) != len(keys) or keys != sorted(keys, reverse=True):
            raise Failed(f"{unit}: not newest first, or one job twice: {keys}")
        count += len(lines)
    return f"{count} lines"
