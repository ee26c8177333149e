"""What survives a power cut: one JSON file, replaced atomically and flushed to the disk.

A second, small file holds the positions of the axes and gates while they move. It is replaced without a flush, because
it is rewritten every scan; it counts only while its ``serial`` is that of the main file. In a real machine absolute
encoders do its work.
"""

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from autosilo.wire.mailbox import RETAINED_JOBS, Command, Fault, JobState, Mode, Phase, RetainedJob


class MemoryUnreadable(Exception):
    """The retained file is damaged; the message names it. A person decides, the PLC does not guess."""


@dataclass(slots=True)
class Car:
    """A physical car, as a tape measure and a scale would see it."""

    vin: str
    length_mm: int
    width_mm: int
    height_mm: int
    mass_kg: int
    plate: str
    plugged: bool = False


@dataclass(slots=True)
class Job:
    """The job that runs or is interrupted."""

    command: Command
    phase: Phase
    state: JobState
    fault: Fault = Fault.NONE


@dataclass(slots=True)
class Visit:
    """A driver at work in a station: driving ``vin`` in or out, with ``remaining_s`` to go of ``total_s``."""

    vin: str
    leaving: bool
    remaining_s: float
    total_s: float
    car: Car | None = None
    """The arriving car, until it stands in the station."""


@dataclass(slots=True)
class LiftMemory:
    """Of one lift. ``x`` and ``y`` in metres; ``load`` is the VIN on the carriage."""

    x: float
    y: float
    load: str | None = None
    epoch: int = 0
    seq: int = 0
    job: Job | None = None
    log: list[RetainedJob] = field(default_factory=list)
    mode: Mode = Mode.AUTO

    def remember(self, job: Job) -> None:
        """Put the job's present state into the retained log, newest first, one line a (epoch, seq)."""
        line = RetainedJob(
            job.command.epoch,
            job.command.seq,
            job.command.job_id,
            job.command.kind,
            job.command.src,
            job.command.dst,
            job.state,
            job.fault,
        )
        others = [one for one in self.log if (one.epoch, one.seq) != (line.epoch, line.seq)]
        self.log = [line, *others][:RETAINED_JOBS]


@dataclass(slots=True)
class Memory:
    """All of it. ``gates``: fraction open, 0 to 1, by station; ``faults``: those set by a person at the machine."""

    lifts: dict[str, LiftMemory]
    cars: dict[str, Car] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    gates: dict[str, float] = field(default_factory=dict)
    gate_goals: dict[str, float] = field(default_factory=dict)
    visits: dict[str, Visit] = field(default_factory=dict)
    persons: list[str] = field(default_factory=list)
    emergency: list[str] = field(default_factory=list)
    drive_faults: list[str] = field(default_factory=list)
    gate_obstacles: list[str] = field(default_factory=list)
    violations: dict[str, int] = field(default_factory=dict)
    moves_done: int = 0
    serial: int = 0


class Store:
    """Reads and writes ``Memory`` in a folder."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / "retained.json"
        self._positions = folder / "positions.json"
        self._folder = folder

    def load(self) -> Memory | None:
        """The retained memory, None at the very first start. Raises ``MemoryUnreadable``."""
        try:
            raw = json.loads(self.path.read_text(encoding="utf-8"))
            memory = _decode(raw)
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise MemoryUnreadable(f"{self.path}: {error}") from error
        self._overlay_positions(memory)
        return memory

    def save(self, memory: Memory) -> None:
        """Replace the file atomically; when this returns it is on the disk."""
        memory.serial += 1
        self._replace(self.path, _encode(memory), flush=True)

    def save_positions(self, memory: Memory) -> None:
        """Cheap note of where axes and gates are, valid until the next ``save``."""
        raw = {
            "serial": memory.serial,
            "lifts": {name: [lift.x, lift.y] for name, lift in memory.lifts.items()},
            "gates": memory.gates,
            "visits": {name: visit.remaining_s for name, visit in memory.visits.items()},
        }
        self._replace(self._positions, raw, flush=False)

    def _overlay_positions(self, memory: Memory) -> None:
        try:
            raw = json.loads(self._positions.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return
        if raw.get("serial") != memory.serial:
            return
        for name, (x, y) in raw["lifts"].items():
            memory.lifts[name].x, memory.lifts[name].y = x, y
        memory.gates.update(raw["gates"])
        for name, remaining in raw["visits"].items():
            if name in memory.visits:
                memory.visits[name].remaining_s = remaining

    def _replace(self, path: Path, raw: dict[str, Any], *, flush: bool) -> None:
        temporary = path.with_suffix(".tmp")
        with temporary.open("w", encoding="utf-8") as file:
            json.dump(raw, file, separators=(",", ":"))
            if flush:
                file.flush()
                os.fsync(file.fileno())
        temporary.replace(path)
        if flush:
            folder = os.open(self._folder, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)


def read_inventory(path: Path) -> dict[str, Car]:
    """The commissioning inventory: place -> car. An absent file is an empty tower. Raises ``MemoryUnreadable``."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        return {place: Car(**{"plugged": False, **car}) for place, car in raw.items()}
    except FileNotFoundError:
        return {}
    except (ValueError, TypeError, AttributeError) as error:
        raise MemoryUnreadable(f"{path}: {error}") from error


def _encode(memory: Memory) -> dict[str, Any]:
    raw = asdict(memory)
    for name, lift in memory.lifts.items():
        raw["lifts"][name]["log"] = [line.text() for line in lift.log]
    return raw


def _decode(raw: dict[str, Any]) -> Memory:
    lifts = {}
    for name, one in raw.pop("lifts").items():
        job = one.pop("job")
        log = [line for text in one.pop("log") if (line := RetainedJob.parse(text))]
        lifts[name] = LiftMemory(**{**one, "mode": Mode(one["mode"])}, job=_decode_job(job), log=log)
    cars = {vin: Car(**car) for vin, car in raw.pop("cars").items()}
    visits = {place: _decode_visit(visit) for place, visit in raw.pop("visits").items()}
    return Memory(lifts=lifts, cars=cars, visits=visits, **raw)


def _decode_job(raw: dict[str, Any] | None) -> Job | None:
    if raw is None:
        return None
    return Job(Command(**raw["command"]), Phase(raw["phase"]), JobState(raw["state"]), Fault(raw["fault"]))


def _decode_visit(raw: dict[str, Any]) -> Visit:
    car = raw.pop("car")
    return Visit(**raw, car=Car(**car) if car else None)
